import Records

/// How many files a folder may hold before git writes a new large tree with every commit.
package let crowdedFolderLimit = 500

/// Names that a reader would take for one another, and folders that are too full.
func checkNames(_ files: [DecodedFile]) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    // Told of both: which one is newer, the files do not say.
    for group in alike(files) {
        for (path, slug) in group {
            guard let other = group.first(where: { $0.slug != slug })?.slug else { continue }
            diagnostics.append(
                Diagnostic(
                    .lookAlike, path: path, mark: .fileStart, message: "the name \"\(slug)\" looks like \"\(other)\"",
                    fix: "choose a name that cannot be confused"))
        }
    }
    var fileCounts: [Substring: Int] = [:]
    var paths: Set<String> = []
    paths.reserveCapacity(files.count)
    for file in files {
        // As texts: two spellings of one name are one file to some file systems.
        if !paths.insert(file.path).inserted {
            diagnostics.append(
                Diagnostic(
                    .badName, path: file.path, mark: .fileStart, message: "the commit holds this path twice",
                    fix: "remove one of them; `git fsck --strict` tells of it"))
        }
        fileCounts[folder(of: file.path), default: 0] += 1
    }
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
private func alike(_ files: [DecodedFile]) -> [[(path: String, slug: String)]] {
    var last: [String: Int] = [:]
    last.reserveCapacity(files.count)
    /// By the last of them.
    var groups: [Int: [Int]] = [:]
    for (index, file) in files.enumerated() {
        guard let key = file.place?.nameKey, let earlier = last.updateValue(index, forKey: key) else { continue }
        var group = groups.removeValue(forKey: earlier) ?? [earlier]
        group.append(index)
        groups[index] = group
    }
    return groups.values.map { group in
        group.compactMap { index in files[index].place.map { (files[index].path, $0.name) } }
    }
}

private func folder(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? ""
}

extension RecordPlace {
    /// The same for names that a reader could take for one another, of the same kind only; nil where names do not matter.
    package var nameKey: String? { nameSpace(of: self).map { "\($0.space) \(skeleton($0.slug))" } }
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
package func skeleton(_ name: String) -> String {
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
    return String(decoding: bytes, as: UTF8.self)
}

extension Diagnostic.Code {
    package static let lookAlike = Self("look-alike", .error, "Two names look alike.")
    package static let crowdedFolder = Self(
        "crowded-folder", .warning, "A folder holds so many files that git slows down.")

    package static let ofNames = [lookAlike, crowdedFolder]
}
