// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6, strict memory safety, no warnings.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Targets whose whole job is talking to C: pointers are their everyday business.
let bindingSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

/// Numerical code is optimised in debug builds too (tests train real networks), and for x86-64-v3:
/// without fused multiply-add each SIMD lane would be a library call. `CPU.requireSupport` checks at start.
#if arch(x86_64)
    let kernelFlags: [SwiftSetting] = [
        .unsafeFlags(["-O", "-wmo", "-disable-batch-mode", "-num-threads", "1", "-Xcc", "-march=x86-64-v3"])
    ]
#else
    let kernelFlags: [SwiftSetting] = [.unsafeFlags(["-O", "-wmo", "-disable-batch-mode", "-num-threads", "1"])]
#endif

/// In place of malloc: records are millions of small allocations.
let allocator: [LinkerSetting] = [.linkedLibrary("mimalloc")]

let package = Package(
    name: "arbor-ledger",
    products: [
        .executable(name: "arbor-ledger", targets: ["arbor-ledger"]),
        // For the package in Fuzz.
        .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    ],
    targets: [
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CVectors"),
        .target(name: "CNoCertificates"),
        .target(name: "COpenBLAS"),
        .target(name: "Git", dependencies: ["CLibgit2", "CNoCertificates"], swiftSettings: bindingSettings),
        .target(name: "YAML", dependencies: ["CLibyaml"], swiftSettings: bindingSettings),
        .target(
            name: "Ledger",
            dependencies: [
                "YAML", .product(name: "Crypto", package: "swift-crypto"), .product(name: "BigInt", package: "BigInt"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Kernels", dependencies: ["Ledger", "COpenBLAS", "CVectors"], swiftSettings: settings + kernelFlags),
        .executableTarget(
            name: "arbor-ledger",
            dependencies: [
                "Git", "Ledger", "Kernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings,
            linkerSettings: allocator
        ),
        .executableTarget(
            name: "arbor-ledger-bench", dependencies: ["Ledger", "Kernels", "COpenBLAS"],
            path: "Benchmarks/arbor-ledger-bench", swiftSettings: settings, linkerSettings: allocator
        ),
        .target(
            name: "FuzzTargets", dependencies: ["Git", "Ledger", "YAML"], path: "Fuzz/Targets",
            swiftSettings: bindingSettings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: bindingSettings),
        .testTarget(name: "GitTests", dependencies: ["Git"], swiftSettings: bindingSettings),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: bindingSettings),
        .testTarget(
            name: "LedgerTests", dependencies: ["Ledger"], resources: [.copy("Fixtures")],
            swiftSettings: bindingSettings),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels"], exclude: ["Recorded"],
            swiftSettings: bindingSettings + kernelFlags),
        .testTarget(name: "CommandTests", dependencies: ["arbor-ledger", "Ledger"], swiftSettings: bindingSettings),
    ]
)
