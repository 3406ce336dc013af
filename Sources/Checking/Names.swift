import Records

/// How many files a folder may hold before git writes a new large tree with every commit.
package let crowdedFolderLimit = 500

/// Names that a reader would take for one another, and folders that are too full.
func checkNames(_ files: [DecodedFile]) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    // Told of both: which one is newer, the files do not say.
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
        // As texts: two spellings of one name are one file to some file systems, and stand beside each other.
        if index > 0, files[index - 1].path == file.path {
            diagnostics.append(
                Diagnostic(
                    .badName, path: file.path, mark: .fileStart, message: "the commit holds this path twice",
                    fix: "remove one of them; `git fsck --strict` tells of it"))
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
                message: "\(count) files in one folder; git slows down beyond \(crowdedFolderLimit)",
                fix: "sort them into folders"))
    }
    return diagnostics
}

/// Files that a reader could take for one another, each group in the order of the files; nearly all stand in none.
private func lookAlikes(_ files: [DecodedFile]) -> [[(path: String, slug: String)]] {
    groupsSharingKey(files, files.map { $0.place?.nameDigest }) { $0.place?.nameKey }.map { group in
        group.elements.compactMap { file in file.place.map { (file.path, $0.name) } }
    }
}

/// Elements that have a key in common with another one, in their order. Elements of one key have one digest, and nearly all
/// digests differ; what has none is like nothing.
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
    /// The same for names that a reader could take for one another, of the same kind only; nil where names do not matter.
    package var nameKey: String? { nameSpace(of: self).map { "\($0.space) \(skeleton($0.slug))" } }

    /// The same for one name key; nil where there is none.
    fileprivate var nameDigest: Int? {
        nameSpace(of: self).map { name in
            skeletonBytes(name.slug).reduce(name.space.utf8.count) { ($0 ^ Int($1)) &* 0x100_0000_01B3 }
        }
    }
}

/// Names are compared with those of the same kind only.
private func nameSpace(of place: RecordPlace) -> (space: String, slug: String)? {
    switch place {
    case .question(let id): ("question", id)
    case .quantity(let slug): ("quantity", slug)
    case .condition(let slug): ("condition", slug)
    case .conditionValue(let condition, let slug): ("value of \(condition)", slug)
    case .assumption(let slug): ("assumption", slug)
    case .finding(let slug): ("finding", slug)
    case .model(let slug): ("model", slug)
    case .measurement(let model, let slug): ("measurement of \(model)", slug)
    // Whose handle it is, the voter chooses: one vote is no mistake in another.
    case .vote, .receipt: nil
    }
}

/// What is left of a name when letters that look alike are made one (after Unicode TS 39, for the ASCII that names allow).
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
        "crowded-folder", .warning, "A folder holds so many files that git slows down.")

    package static let ofNames = [lookAlike, crowdedFolder]
}
