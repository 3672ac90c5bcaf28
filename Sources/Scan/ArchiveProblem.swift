internal import Dumps

extension Problem.Code {
  /// `isNested` says whether the archive lies in another.
  init(_ fault: ArchiveFault, isNested: Bool) {
    self =
      switch fault {
      case .encrypted: .archiveEncrypted
      case .encryptedRAR: .archiveEncryptedRAR
      case .encrypted7z: isNested ? .archiveEncrypted7zNested : .archiveEncrypted7z
      case .truncated: .archiveTruncated
      case .damaged: .archiveDamaged
      case .checksum: .archiveChecksum
      case .sizeMismatch: .archiveSizeMismatch
      case .membersMissing: .archiveMembersMissing
      case .volumeMissing: .archiveVolumeMissing
      case .method: .archiveMethod
      case .nonRegular: .archiveNonRegular
      case .bytesBehind: .archiveBytesBehind
      case .memberLimit: .archiveLimitMember
      case .byteLimit: .archiveLimitBytes
      case .ratioLimit: .archiveLimitRatio
      case .countLimit: .archiveLimitMembers
      case .depthLimit: .archiveLimitDepth
      case .timeLimit: .archiveLimitTime
      case .nestedTooLarge: .archiveLimitNested
      case .memory: .archiveMemory
      case .ioError: .ioError
      }
  }
}
