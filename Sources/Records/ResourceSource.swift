import Words

/// A place from which the content of a resource can be fetched.
package enum ResourceSource: Hashable, Sendable {
    case web(WebAddress)
    /// A file in a repository of the Hugging Face Hub, such as `org/name` or `datasets/org/name`.
    case huggingFace(repository: String, commit: String, path: String)
    case doi(String)
    /// The git id of a file's content in the Software Heritage archive (ISO/IEC 18670).
    case softwareHeritage(String)
    /// An artefact in a container registry.
    case oci(String)

    package init(_ text: String) throws(SourceProblem) {
        let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        let rest = String(text[colon...].dropFirst())
        switch text[..<colon] {
        case "https", "http":
            let address = try WebAddress(text)
            try checkPublic(address)
            self = .web(address)
        case "hf": self = try readHuggingFace(rest)
        case "doi": self = .doi(try readDOI(rest))
        case "swh":
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "1", parts[1] == "cnt", isHexadecimal(parts[2], digits: 40) else {
                throw SourceProblem(
                    "the SWHID does not name the content of a file", fix: "write swh:1:cnt: and 40 digits")
            }
            self = .softwareHeritage(String(parts[2]))
        case "oci": self = .oci(try readOCI(rest))
        default:
            throw SourceProblem(
                "the source begins with no known scheme",
                fix: "write https://…, hf:org/name@COMMIT/path, doi:…, swh:1:cnt:… or oci:registry/name@sha256:…")
        }
    }

    /// The address from which the content is fetched; nil for an artefact of a registry.
    package var address: WebAddress? {
        switch self {
        case .web(let address): address
        case .huggingFace(let repository, let commit, let path):
            WebAddress(host: "huggingface.co", target: "/\(repository)/resolve/\(commit)/\(path)")
        case .doi(let name): WebAddress(host: "doi.org", target: "/\(name)")
        case .softwareHeritage(let id):
            WebAddress(host: "archive.softwareheritage.org", target: "/api/1/content/sha1_git:\(id)/raw/")
        case .oci: nil
        }
    }

    /// Whether the source names one version of its content.
    var isImmutable: Bool {
        switch self {
        case .web(let address):
            address.pathParts.contains(where: namesVersion) || address.host == "doi.org"
                || address.host == "zenodo.org" && address.pathParts.contains { Int($0) != nil }
        case .huggingFace, .doi, .softwareHeritage, .oci: true
        }
    }
}

// MARK: Schemes

/// Refuses passwords in a query, and branches of the Hugging Face Hub.
private func checkPublic(_ address: WebAddress) throws(SourceProblem) {
    if let name = address.queryNames.first(where: secretNames.contains) {
        throw SourceProblem(
            "the address contains a password or a signature, \"\(name)\"", fix: "remove it; records are public")
    }
    guard ["huggingface.co", "hf.co", "www.huggingface.co"].contains(address.host) else { return }
    let parts = address.pathParts
    let verb = parts.firstIndex { ["resolve", "blob", "raw", "tree"].contains($0) }
    guard let verb, parts.indices.contains(verb + 1), !isHexadecimal(parts[verb + 1][...], digits: 40) else { return }
    throw movingBranch(parts[verb + 1])
}

private func movingBranch(_ name: String) -> SourceProblem {
    SourceProblem(
        "\"\(firstPart(of: name))\" is a branch or tag, whose content can change",
        fix: "name the commit: the 40 digits in the address of the file's history")
}

/// The names of query parameters that authenticate a request.
private let secretNames: Set = [
    "access_token", "api_key", "apikey", "auth", "key", "password", "secret", "sig", "signature", "token",
    "x-amz-credential", "x-amz-signature", "x-goog-signature",
]

private func readHuggingFace(_ text: String) throws(SourceProblem) -> ResourceSource {
    let shape = "write hf:org/name@COMMIT/path, or hf:datasets/org/name@COMMIT/path"
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let repository = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    let names = repository.first == "datasets" ? repository.dropFirst() : repository[...]
    guard parts.count == 2, names.count == 2, names.allSatisfy(isRepositoryPart) else {
        throw SourceProblem("the source does not name a repository, a commit and a file", fix: shape)
    }
    var path = parts[1].split(separator: "/", omittingEmptySubsequences: false)
    let commit = path.removeFirst()
    guard isHexadecimal(commit, digits: 40) else { throw movingBranch(String(commit)) }
    guard !path.isEmpty, path.allSatisfy(isRepositoryPart) else {
        throw SourceProblem("the source has no plain path of a file", fix: shape)
    }
    return .huggingFace(
        repository: String(parts[0]), commit: String(commit), path: path.joined(separator: "/"))
}

/// Whether a text is a part of a path that needs no encoding and does not lead upwards.
private func isRepositoryPart(_ text: Substring) -> Bool {
    text != "." && text != ".." && !text.isEmpty && text.utf8.count <= 255 && text.utf8.allSatisfy(isUnreserved)
}

/// Whether a byte means itself in every part of an address (RFC 3986, section 2.3).
private func isUnreserved(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-._~+=".utf8.contains(byte)
}

private func readDOI(_ text: String) throws(SourceProblem) -> String {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let prefix = parts[0].utf8
    guard parts.count == 2, parts[0].hasPrefix("10."), (7...12).contains(prefix.count), !parts[1].isEmpty,
        !parts[1].utf8.contains(UInt8(ascii: "?")), (try? WebAddress("https://doi.org/\(text)")) != nil
    else { throw SourceProblem("the source is not a DOI", fix: "write doi:10.5281/zenodo.1234567") }
    return text
}

private func readOCI(_ text: String) throws(SourceProblem) -> String {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let name = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, name.count > 1, parts[1].hasPrefix("sha256:"),
        isHexadecimal(parts[1].dropFirst("sha256:".count), digits: 64),
        name.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { isUnreserved($0) || $0 == UInt8(ascii: ":") } })
    else {
        throw SourceProblem(
            "the source does not name an artefact by its digest", fix: "write oci:registry/name@sha256: and 64 digits")
    }
    return text
}

// MARK: Versions

/// Whether a part of a path names one version: a git commit, a digest, a release such as `v1.2.0`, a version of an
/// arXiv paper, or a moment in the Internet Archive.
private func namesVersion(_ part: String) -> Bool {
    let words = part.utf8.split { !isUnreserved($0) || "-_=+".utf8.contains($0) }
    return isRelease(part.utf8[...]) || isArXivVersion(part) || isMoment(part)
        || words.contains { word in word.count >= 40 && word.prefix(40).allSatisfy("0123456789abcdef".utf8.contains) }
}

private func isRelease(_ part: Substring.UTF8View) -> Bool {
    let numbers = (part.first == UInt8(ascii: "v") ? part.dropFirst() : part).split(
        separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return numbers.count > 1 && numbers.allSatisfy { isNumber($0) && $0.count <= 4 } && numbers[0].count < 4
}

private func isNumber(_ text: Substring.UTF8View) -> Bool {
    !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}

private func isArXivVersion(_ part: String) -> Bool {
    let name = part.withoutEnding(".pdf") ?? part
    let parts = name.utf8.split(separator: UInt8(ascii: "v"), omittingEmptySubsequences: false)
    guard parts.count == 2, isNumber(parts[1]) else { return false }
    let numbers = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return numbers.count == 2 && numbers[0].count == 4 && (4...5).contains(numbers[1].count)
        && numbers.allSatisfy(isNumber)
}

private func isMoment(_ part: String) -> Bool {
    let digits = part.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.count == 14
}
