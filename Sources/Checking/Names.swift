import Records

/// The maximum number of files in a folder. In a larger folder, every commit writes a large tree object.
package let crowdedFolderLimit = 500

/// Reports names that look alike, and folders with too many files.
func checkNames(_ files: [DecodedFile]) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    // Both files are reported, because their contents do not show which one is newer.
    for group in lookAlikes(files) {
        for (path, slug) in group {
            guard let other = group.first(where: { $0.slug != slug })?.slug else { continue }
            diagnostics.append(
                Diagnostic(
                    .lookAlike, path: path, mark: .fileStart, message: "the name \"\(slug)\" looks like \"\(other)\"",
                    fix: "choose a name that cannot be confused"))
        }
    }
    var fileCounts: [Substring: Int] = [:]
    var here: (folder: Substring, count: Int) = ("", 0)
    for (index, file) in files.enumerated() {
        // Paths are compared as Swift strings, which are equal for two Unicode spellings of a name. Some file systems
        // treat such spellings as one file. Equal paths are adjacent in the sorted list.
        if index > 0, files[index - 1].path == file.path {
            diagnostics.append(
                Diagnostic(
                    .badName, path: file.path, mark: .fileStart, message: "the commit contains this path twice",
                    fix: "remove one of them; `git fsck --strict` finds such paths"))
        }
        let folder = folder(of: file.path)
        if folder != here.folder {
            fileCounts[here.folder, default: 0] += here.count
            here = (folder, 0)
        }
        here.count += 1
    }
    fileCounts[here.folder, default: 0] += here.count
    for (folder, count) in fileCounts where count > crowdedFolderLimit {
        diagnostics.append(
            Diagnostic(
                .crowdedFolder, path: String(folder), mark: .fileStart,
                message: "the folder has \(count) files, and git slows down beyond \(crowdedFolderLimit)",
                fix: "move them into subfolders"))
    }
    return diagnostics
}

/// Returns groups of files with similar names, in the order of the files.
private func lookAlikes(_ files: [DecodedFile]) -> [[(path: String, slug: String)]] {
    groupsSharingKey(files, files.map { $0.place?.nameDigest }) { $0.place?.nameKey }.map { group in
        group.elements.compactMap { file in file.place.map { (file.path, $0.name) } }
    }
}

/// Returns groups of at least two elements with the same key. The elements of a group keep their order. Elements with
/// equal keys must have equal digests. Elements without a digest are skipped. Keys are computed only for elements with
/// equal digests, which are rare.
func groupsSharingKey<Element, Key: Hashable>(
    _ elements: [Element], _ digests: [Int?], by key: (Element) -> Key
) -> [(key: Key, elements: [Element])] {
    let digests = digests.enumerated().compactMap { index, digest in digest.map { (digest: $0, index: index) } }
        .sorted { ($0.digest, $0.index) < ($1.digest, $1.index) }
    var groups: [(key: Key, elements: [Element])] = []
    var rest = digests[...]
    while let first = rest.first {
        let run = rest.prefix { $0.digest == first.digest }
        rest = rest.dropFirst(run.count)
        guard run.count > 1 else { continue }
        for (key, alike) in Dictionary(grouping: run.map { elements[$0.index] }, by: key) where alike.count > 1 {
            groups.append((key, alike))
        }
    }
    return groups
}

private func folder(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? ""
}

extension RecordPlace {
    /// A key that is equal if two records of one kind have similar names; nil if similar names are allowed.
    package var nameKey: String? { nameSpace(of: self).map { "\($0.space) \(skeleton($0.slug))" } }

    /// A digest of `nameKey`.
    fileprivate var nameDigest: Int? {
        nameSpace(of: self).map { name in
            skeletonBytes(name.slug).reduce(name.space.utf8.count) { ($0 ^ Int($1)) &* 0x100_0000_01B3 }
        }
    }
}

/// Returns the kind and the name of a record. Names are compared only within a kind.
private func nameSpace(of place: RecordPlace) -> (space: String, slug: String)? {
    switch place {
    case .question(let id): ("question", id)
    case .quantity(let slug): ("quantity", slug)
    case .condition(let slug): ("condition", slug)
    case .conditionValue(let condition, let slug): ("value of \(condition)", slug)
    case .assumption(let slug): ("assumption", slug)
    case .constraint(let slug): ("constraint", slug)
    case .finding(let slug): ("finding", slug)
    case .model(let slug): ("model", slug)
    case .measurement(let model, let slug): ("measurement of \(model)", slug)
    // Voters choose their handles, which may look alike. Receipts, signatures and annotations are named by
    // digests.
    case .vote, .receipt, .signature, .annotation, .traceText, .kernelFile: nil
    case .kernel(let slug): ("kernel", slug)
    case .trace(let slug): ("trace", slug)
    case .codebook(let slug): ("codebook", slug)
    case .resource(let slug): ("resource", slug)
    }
}

/// Replaces letters that look alike by one letter (as Unicode Technical Standard 39 does, but only for the ASCII
/// characters that names may contain).
package func skeleton(_ name: String) -> String { String(decoding: skeletonBytes(name), as: UTF8.self) }

private func skeletonBytes(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.utf8.count)
    for byte in name.utf8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte + 32)
        case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "o"))
        case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "l"))
        case UInt8(ascii: "_"), UInt8(ascii: "."): bytes.append(UInt8(ascii: "-"))
        case UInt8(ascii: "n") where bytes.last == UInt8(ascii: "r"): bytes[bytes.count - 1] = UInt8(ascii: "m")
        case UInt8(ascii: "v") where bytes.last == UInt8(ascii: "v"): bytes[bytes.count - 1] = UInt8(ascii: "w")
        default: bytes.append(byte)
        }
    }
    return bytes
}

extension Diagnostic.Code {
    package static let lookAlike = Self("look-alike", .error, "Two names look alike.")
    package static let crowdedFolder = Self(
        "crowded-folder", .warning, "A folder has so many files that git slows down.")

    package static let ofNames = [lookAlike, crowdedFolder]
}
