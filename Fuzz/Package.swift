// swift-tools-version: 6.2
import PackageDescription

/// libFuzzer provides the main function.
let fuzzing: [SwiftSetting] = [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])]

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "arbor-ledger", path: "..")],
    targets: [
        .executableTarget(
            name: "arbor-ledger-fuzz",
            dependencies: [.product(name: "FuzzTargets", package: "arbor-ledger")], swiftSettings: fuzzing)
    ]
)
