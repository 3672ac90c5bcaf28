internal import CArchive

#if canImport(Glibc)
  internal import Glibc
#endif

/// A member of an archive, as its header tells: all of it is an attacker's word.
public struct ArchiveMember: Sendable {
  /// Its path within the archive, as it stands there; empty if it has none.
  public var name: [UInt8]
  /// The number of the member in its archive, from 1.
  public var number: Int
  /// When it was written, in seconds since 1970, by a clock that nobody knows.
  public var modified: Int64?
  /// In bytes, if the header tells.
  public var declared: Int?
  public var isDirectory = false
  /// Whether it is a link, whose data libarchive does not give.
  public var isLink = false
  /// Whether a link or folder has bytes, or may have.
  public var hidesBytes = false
  /// The member whose bytes are its own, too, if it is a further name of that.
  public var linked: [UInt8]?

  /// A member of which no more is known.
  init(name: [UInt8], number: Int) {
    self.name = name
    self.number = number
  }

  /// The member of libarchive's `entry`. In a zip, its name is that of the directory, `listedName`: its own header may say
  /// another, and reach into what it holds.
  init(_ entry: OpaquePointer, number: Int, kind: ArchiveKind, listedName: [UInt8]?) {
    self.init(name: unsafe listedName ?? Self.name(of: entry), number: number)
    let type = unsafe archive_entry_filetype(entry)
    isLink =
      unsafe type == 0o120000 || archive_entry_hardlink(entry) != nil
      || archive_entry_symlink(entry) != nil
    isDirectory = type == 0o040000
    // Of these, libarchive takes the bytes for the path to which the link leads, however many they are, and then says that
    // it has none.
    hidesBytes = isLink && (kind == .sevenZip || kind == .rar4)
    if let text = unsafe archive_entry_hardlink(entry) {
      linked = Array(unsafe String(cString: text).utf8)
    }
    if unsafe archive_entry_mtime_is_set(entry) != 0 {
      modified = Int64(unsafe archive_entry_mtime(entry))
    }
    if unsafe archive_entry_size_is_set(entry) != 0 {
      let bytes = Int(clamping: unsafe archive_entry_size(entry))
      declared = bytes
      if (isLink || isDirectory) && bytes > 0 { hidesBytes = true }
    }
  }

  /// The name as it stands there, or nothing: it is no text of this locale, or there is none.
  private static func name(of entry: OpaquePointer) -> [UInt8] {
    guard
      let text = unsafe archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry)
    else { return [] }
    return unsafe Array(UnsafeBufferPointer(start: text, count: strlen(text)))
      .map { UInt8(bitPattern: $0) }
  }
}
