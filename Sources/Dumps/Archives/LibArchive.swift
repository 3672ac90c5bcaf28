internal import CArchive

/// One reading of libarchive: of an archive, or of a member of a zip.
///
/// It is told the format and guesses nothing: a guess takes a gzip of text for an empty tar.
/// Safe although it holds pointers: `archive` is its own and freed once, it keeps the input, and what it lends is looked at only
/// before the next call.
@safe final class LibArchive {
  /// How a zip is read.
  enum ZipForm {
    /// By its directory, if libarchive finds one, or by its members' own headers.
    case any
    /// By its members' own headers. libarchive would look for a directory, and find nothing listed where none is, or a broken
    /// one.
    case withoutDirectory
    /// As a member alone (`ZipRecord.zip`).
    case member
  }

  private let archive: OpaquePointer
  private let input: ArchiveInput
  /// Whether it could be opened.
  private(set) var isOpen = true

  /// Nil if libarchive gives nothing to read with. `passwords` are tried for each encrypted member, in order.
  init?(
    _ input: ArchiveInput, kind: ArchiveKind, zip form: ZipForm, passwords: [[UInt8]]
  ) {
    guard let archive = unsafe archive_read_new() else { return nil }
    unsafe self.archive = archive
    self.input = input
    prepare(kind, form)
    for password in passwords {
      _ = unsafe archive_read_add_passphrase(archive, password.map { CChar(bitPattern: $0) } + [0])
    }
    unsafe archive_read_set_callback_data(archive, Unmanaged.passUnretained(input).toOpaque())
    unsafe archive_read_set_read_callback(archive) { _, input, block in
      guard let input = unsafe input, let block = unsafe block else { return -1 }
      return unsafe Unmanaged<ArchiveInput>.fromOpaque(input).takeUnretainedValue().read(block)
    }
    unsafe archive_read_set_skip_callback(archive) { _, input, count in
      guard let input = unsafe input else { return 0 }
      return unsafe Int64(
        Unmanaged<ArchiveInput>.fromOpaque(input).takeUnretainedValue().skip(Int(count)))
    }
    if input.size != nil {
      unsafe archive_read_set_seek_callback(archive) { _, input, offset, from in
        guard let input = unsafe input else { return -30 }
        return unsafe Int64(
          Unmanaged<ArchiveInput>.fromOpaque(input).takeUnretainedValue()
            .seek(Int(offset), from: from))
      }
    }
    isOpen = unsafe archive_read_open1(archive) == ARCHIVE_OK
  }

  deinit {
    _ = unsafe archive_read_free(archive)
  }

  private func prepare(_ kind: ArchiveKind, _ form: ZipForm) {
    switch kind {
    case .zip:
      switch form {
      case .any: _ = unsafe archive_read_support_format_zip(archive)
      case .withoutDirectory: _ = unsafe archive_read_support_format_zip_streamable(archive)
      case .member: _ = unsafe archive_read_support_format_zip_seekable(archive)
      }
    case .sevenZip: _ = unsafe archive_read_support_format_7zip(archive)
    case .rar4: _ = unsafe archive_read_support_format_rar(archive)
    case .rar5: _ = unsafe archive_read_support_format_rar5(archive)
    case .tar: _ = unsafe archive_read_support_format_tar(archive)
    // One layer alone: of those that it finds by itself, libarchive opens all within each other, and what stands behind an
    // inner one is lost.
    case .gzip: _ = unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_GZIP)
    case .bzip2: _ = unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_BZIP2)
    case .xz: _ = unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_XZ)
    case .zstd: _ = unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_ZSTD)
    case .lzma: _ = unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_LZMA)
    case .lzip: _ = unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_LZIP)
    case .lz4: _ = unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_LZ4)
    // This one reads before it is opened.
    case .compress: _ = unsafe archive_read_support_filter_compress(archive)
    }
    if kind.isLayer {
      // The first is the only format that takes nothing at all.
      _ = unsafe archive_read_support_format_empty(archive)
      _ = unsafe archive_read_support_format_raw(archive)
    }
  }

  /// Reads the next member's header, and passes over what was not read of the one before it.
  func nextHeader() -> (code: Int32, entry: OpaquePointer?) {
    var entry: OpaquePointer?
    let code = unsafe archive_read_next_header(archive, &entry)
    return unsafe (code, entry)
  }

  /// Unpacks a block of the member, which stands at `offset` in it.
  ///
  /// `archive_read_data` drops the last one if its checksum is wrong: for a small member that is all of it.
  func nextBlock() -> (code: Int32, bytes: UnsafeRawBufferPointer, offset: Int) {
    var start: UnsafeRawPointer?
    var count = 0
    var offset: Int64 = 0
    let code = unsafe archive_read_data_block(archive, &start, &count, &offset)
    if unsafe start == nil || (code != ARCHIVE_OK && code != ARCHIVE_WARN) { count = 0 }
    return unsafe (
      code, UnsafeRawBufferPointer(start: start, count: count), Int(clamping: offset)
    )
  }

  /// Bytes of the input up to where it stands.
  var position: Int { Int(unsafe archive_filter_bytes(archive, -1)) }

  /// What it said last.
  var message: String? {
    guard let text = unsafe archive_error_string(archive) else { return nil }
    return unsafe String(cString: text)
  }

  var hasFailed: Bool { unsafe archive_errno(archive) != 0 }

  /// compress(1) within compress(1): libarchive opens both by itself (`prepare`).
  var layers: Int { Swift.max(1, Int(unsafe archive_filter_count(archive)) - 1) }
}
