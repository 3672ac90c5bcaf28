// swift-tools-version: 6.2
import PackageDescription

/// The same rules as in the package itself.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

// Sources/fuzz is built by `./fuzz`: libFuzzer brings its own `main`.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "dumpsieve", path: "..")],
  targets: [
    .executableTarget(
      name: "tokenise", dependencies: [.product(name: "Reading", package: "dumpsieve")],
      swiftSettings: strict)
  ]
)
