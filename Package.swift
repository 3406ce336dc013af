// swift-tools-version: 6.2
import PackageDescription

/// Modules are separated for readers and for compile-time checks. A release is optimised as if they were one module.
let crossModule = SwiftSetting.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))

/// Settings of our targets: Swift 6, strict memory safety, no warnings.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    crossModule,
]

/// Optimises modules in debug builds too, because the tests and the commands that they run spend most of their time in
/// them. Their assertions stay.
let optimised = SwiftSetting.unsafeFlags(
    ["-O", "-wmo", "-disable-batch-mode", "-num-threads", "2", "-assert-config", "Debug"], .when(configuration: .debug))

/// Settings of targets that bind C libraries and use pointers throughout.
let bindingSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    crossModule,
]

/// Numerical code is optimised in debug builds too, because tests train real networks. It is compiled for x86-64-v3,
/// because without fused multiply-add each SIMD lane would be a library call. `CPU.requireSupport` is called before a
/// run.
#if arch(x86_64)
    let kernelFlags: [SwiftSetting] = [
        .unsafeFlags(["-O", "-wmo", "-disable-batch-mode", "-num-threads", "1", "-Xcc", "-march=x86-64-v3"])
    ]
#else
    let kernelFlags: [SwiftSetting] = [.unsafeFlags(["-O", "-wmo", "-disable-batch-mode", "-num-threads", "1"])]
#endif

/// Replaces malloc with mimalloc, because reading records makes millions of small allocations.
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
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CCmark", pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CVectors"),
        .target(name: "CNoNetwork"),
        .target(name: "COpenBLAS"),
        .target(name: "CPlatform"),
        .target(name: "Git", dependencies: ["CLibgit2", "CNoNetwork"], swiftSettings: bindingSettings),
        .target(name: "Words", swiftSettings: settings + [optimised]),
        .target(
            name: "Signatures",
            dependencies: [
                "Words", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(name: "YAML", dependencies: ["CLibyaml", "Words"], swiftSettings: bindingSettings + [optimised]),
        .target(name: "Markdown", dependencies: ["CCmark"], swiftSettings: bindingSettings),
        .target(name: "Annotations", dependencies: ["Words"], swiftSettings: settings),
        .target(name: "KernelInterface", swiftSettings: settings),
        .target(
            name: "Records",
            dependencies: [
                "Annotations", "KernelInterface", "Signatures", "Words", "YAML",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings + [optimised]),
        .target(
            name: "Checking", dependencies: ["Annotations", "KernelInterface", "Records", "Words", "YAML"],
            swiftSettings: settings + [optimised]),
        .target(
            name: "Evidence", dependencies: ["Annotations", "Checking", "KernelInterface", "Records", "Words"],
            swiftSettings: settings + [optimised]),
        .target(
            name: "Merging",
            dependencies: [
                "Checking", "Evidence", "KernelInterface", "Records", "Words",
                .product(name: "BigInt", package: "BigInt"),
            ],
            swiftSettings: settings + [optimised]),
        .target(
            name: "Reports",
            dependencies: [
                "Annotations", "Checking", "Evidence", "KernelInterface", "Merging", "Records", "Words", "YAML",
                .product(name: "BigInt", package: "BigInt"),
            ],
            swiftSettings: settings),
        .target(
            name: "Atlas",
            dependencies: [
                "Annotations", "Checking", "Evidence", "KernelInterface", "Merging", "Records", "Reports", "Words",
            ],
            swiftSettings: settings),
        .target(
            name: "Editing", dependencies: ["Annotations", "Checking", "KernelInterface", "Records", "Words", "YAML"],
            swiftSettings: settings),
        // The kernels are compiled twice. Their descriptions are read from this target, on every processor.
        .target(
            name: "Kernels", dependencies: ["Annotations", "KernelInterface", "COpenBLAS", "CVectors"],
            swiftSettings: settings + [.unsafeFlags(["-Onone"])]),
        // The same sources, through a symbolic link, with AVX2 code for runs. If several targets emit the same
        // function, the linker takes the function of the target whose name sorts first. The lower-case name sorts last,
        // so that no other target gets AVX2 code.
        .target(
            name: "vector-kernels", dependencies: ["Annotations", "KernelInterface", "COpenBLAS", "CVectors"],
            swiftSettings: settings + kernelFlags),
        .executableTarget(
            name: "arbor-ledger",
            dependencies: [
                "Annotations", "Atlas", "CPlatform", "Checking", "Editing", "Evidence", "Git", "KernelInterface",
                "Kernels", "Merging",
                "Records", "Reports", "Signatures", "Words", "YAML", "vector-kernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            // `new kernel` writes it.
            resources: [.embedInCode("Scaffold/arbor_kernel.py")],
            swiftSettings: settings,
            linkerSettings: allocator
        ),
        // Not a part of the tool, which does not need cmark.
        .executableTarget(
            name: "arbor-ledger-docs",
            dependencies: [
                "Atlas", "Markdown", "Words", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings, linkerSettings: allocator),
        .executableTarget(
            name: "arbor-ledger-bench",
            dependencies: [
                "COpenBLAS", "Checking", "Evidence", "KernelInterface", "Kernels", "Merging", "Records", "Signatures",
                "Words", "vector-kernels", .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Benchmarks/arbor-ledger-bench", swiftSettings: settings, linkerSettings: allocator
        ),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Annotations", "Checking", "Evidence", "Git", "KernelInterface", "Merging", "Records", "Reports",
                "Signatures",
                "Words", "YAML",
            ],
            path: "Fuzz/Targets",
            swiftSettings: bindingSettings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: bindingSettings),
        .testTarget(name: "GitTests", dependencies: ["Git"], swiftSettings: bindingSettings),
        .testTarget(
            name: "SignaturesTests",
            dependencies: [
                "Signatures", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: bindingSettings),
        .testTarget(
            name: "AnnotationsTests", dependencies: ["Annotations", "Words"], exclude: ["Recorded"],
            swiftSettings: settings),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: bindingSettings),
        .testTarget(
            name: "SiteTests", dependencies: ["Atlas", "Markdown", "arbor-ledger-docs"], swiftSettings: bindingSettings),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Annotations", "Atlas", "Checking", "Editing", "Evidence", "KernelInterface", "Kernels", "Merging",
                "Records", "Reports", "Signatures", "Words", "YAML", .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Mistakes"], resources: [.copy("Fixtures")],
            swiftSettings: bindingSettings),
        .testTarget(
            name: "KernelsTests", dependencies: ["Annotations", "Checking", "KernelInterface", "vector-kernels"],
            exclude: ["Recorded"],
            swiftSettings: bindingSettings + kernelFlags),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Annotations", "Atlas", "KernelInterface", "arbor-ledger", "Records", "Reports", "Signatures",
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: bindingSettings),
    ]
)
