// swift-tools-version: 6.2
import PackageDescription

/// Every module of ours is held to the same rules; the compiler checks them, not the reviewer.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Tests are compiled without optimisation, as they are built sooner. FormatsTests is not, whose twins and properties run
/// for long.
let plain: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// A program finds the functions that it calls when it starts. If one is looked up at its first call, the dynamic linker saves
/// the registers to the stack, and they may hold a key.
let bound: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "now"])]

let package = Package(
  name: "dumpsieve",
  products: [
    .executable(name: "dumpsieve", targets: ["dumpsieve"]),
    .executable(name: "dumpsieve-worker", targets: ["dumpsieve-worker"]),
    // For Benchmarks, which is a package of its own.
    .library(name: "Reading", targets: ["Bytes", "Dumps", "Formats"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .target(name: "Bytes", swiftSettings: strict),
    .target(name: "Clock", swiftSettings: strict),
    .target(name: "Threads", swiftSettings: strict),
    .systemLibrary(name: "CBytes"),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CPublicSuffix", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
    .target(name: "CSandbox"),
    .target(
      name: "Formats", dependencies: ["Bytes", "CBytes", "Clock", "CSQLite"], swiftSettings: strict),
    .target(
      name: "Watchlists", dependencies: ["Bytes", "CBytes", "Clock", "COpenSSL", "Threads"],
      swiftSettings: strict),
    .target(
      name: "Dumps",
      dependencies: ["Bytes", "CArchive", "CBytes", "Clock", "COpenSSL", "CSandbox"],
      swiftSettings: strict),
    .target(
      name: "Worker",
      dependencies: ["Bytes", "CBytes", "CSandbox", "Dumps", "Formats", "Watchlists"],
      swiftSettings: strict),
    .target(
      name: "Findings",
      dependencies: ["Clock", .product(name: "Mustache", package: "swift-mustache")],
      resources: [
        .embedInCode("Resources/dossier.html.mustache"),
        .embedInCode("Resources/dossier.md.mustache"),
        .embedInCode("Resources/findings-1.schema.json"),
        .embedInCode("Resources/report.html.mustache"),
        .embedInCode("Resources/report.md.mustache"),
      ], swiftSettings: strict),
    .target(
      name: "YAML", dependencies: [.product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(
      name: "Rules", dependencies: ["Threads", "YAML"],
      resources: [.embedInCode("Resources/rules-1.schema.json")], swiftSettings: strict),
    .target(name: "Config", dependencies: ["YAML"], swiftSettings: strict),
    .target(
      name: "History",
      dependencies: ["Clock", "Findings", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "Scan",
      dependencies: [
        "Bytes", "Clock", "CPublicSuffix", "CSandbox", "Dumps", "Findings", "Formats", "History",
        "Rules",
        "Watchlists", "Worker", "YAML",
      ], swiftSettings: strict),
    .executableTarget(
      name: "dumpsieve",
      dependencies: [
        "Clock", "Config", "CSandbox", "Dumps", "Findings", "History", "Rules", "Scan",
        "Watchlists", "YAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict, linkerSettings: bound),
    .executableTarget(
      name: "dumpsieve-worker", dependencies: ["Worker"], swiftSettings: strict,
      linkerSettings: bound),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: plain),
    .testTarget(
      name: "CommandTests", dependencies: ["dumpsieve", "dumpsieve-worker", "TestSupport"],
      exclude: [
        "Scenarios", "archives.py", "catalogue.txt", "exports.py", "pages.py", "validate.py",
        "yaml_files.py",
      ], swiftSettings: plain),
    .testTarget(
      name: "ConfigTests", dependencies: ["Config", "YAML"], swiftSettings: plain),
    .testTarget(
      name: "DumpsTests", dependencies: ["Bytes", "CSandbox", "Dumps"], swiftSettings: plain),
    .testTarget(
      name: "FindingsTests", dependencies: ["Clock", "Findings"],
      exclude: ["Documents", "Goldens"], swiftSettings: plain),
    .testTarget(
      name: "FormatsTests",
      dependencies: [
        "Bytes", "Clock", "CSQLite", "Dumps", "Findings", "Formats", "Rules", "Scan", "TestSupport",
        "Watchlists", "Worker",
      ]),
    .testTarget(
      name: "HistoryTests",
      dependencies: [
        "Clock", "Findings", "History", .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: plain),
    .testTarget(
      name: "RulesTests", dependencies: ["Rules", "YAML"], swiftSettings: plain),
    .testTarget(
      name: "ScanTests",
      dependencies: [
        "Bytes", "Clock", "Dumps", "dumpsieve-worker", "Findings", "Formats", "History", "Scan",
        "TestSupport", "Watchlists", "Worker",
      ], swiftSettings: plain),
    .testTarget(
      name: "WatchlistsTests", dependencies: ["Bytes", "Clock", "TestSupport", "Watchlists"],
      exclude: ["normalisation-vectors.json"], swiftSettings: plain),
  ]
)
