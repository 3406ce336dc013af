/// The works that a finding's `source` names, in a normalised spelling. For example, `arXiv:2209.10652v2` and
/// `https://arxiv.org/abs/2209.10652` are the same work.
package struct SourceNames: Sendable {
    /// The works, sorted and in lower case: names such as `arxiv:2209.10652` and `doi:10.1/x`, addresses without a
    /// scheme, and other texts.
    package var works: [String] = []
    /// The arXiv versions that the source states. The keys are the cited papers.
    private var versions: [String: String] = [:]

    /// Reads the works in a source. Works are separated by semicolons.
    package init(_ source: String) {
        var works: [String] = []
        for part in smallLetters(source).split(separator: UInt8(ascii: ";")) {
            let papers = arXivPapers(in: part)
            for (paper, version) in papers {
                works.append(paper)
                if let version { versions[paper] = version }
            }
            guard papers.isEmpty else { continue }
            let words = String(decoding: part, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
            if !words.isEmpty { works.append(plainName(words)) }
        }
        self.works = works.count > 1 ? Set(works).sorted() : works
    }

    /// Returns whether both sources name the same paper in different versions.
    func isOtherVersion(of other: SourceNames) -> Bool {
        versions.contains { work, version in other.versions[work].map { $0 != version } ?? false }
    }
}

private func smallLetters(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    guard bytes.allSatisfy({ $0 < 0x80 }) else { return Array(text.lowercased().utf8) }
    for index in bytes.indices where UInt8(ascii: "A")...UInt8(ascii: "Z") ~= bytes[index] { bytes[index] += 32 }
    return bytes
}

/// Returns `doi:10.1/x` for `https://doi.org/10.1/x`. Removes the scheme, `www.`, final slashes and `.git` from other
/// addresses.
private func plainName(_ words: String) -> String {
    var name = Substring(words)
    for prefix in ["https://", "http://", "www."] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
    for prefix in ["doi.org/", "dx.doi.org/"] where name.hasPrefix(prefix) {
        return "doi:\(name.dropFirst(prefix.count))"
    }
    if name.hasPrefix("doi:") { return "doi:" + name.dropFirst(4).drop { $0 == " " } }
    while let last = name.last, "/.,".contains(last) { name.removeLast() }
    if name.hasSuffix(".git") { name.removeLast(4) }
    return String(name)
}

/// Finds arXiv papers and their versions in a lower-case text. Reads the identifiers used since April 2007
/// (https://info.arxiv.org/help/arxiv_identifier.html).
private func arXivPapers(in text: ArraySlice<UInt8>) -> [(paper: String, version: String?)] {
    let bytes = Array(text)
    let isNamed = bytes.indices.contains { place in
        bytes[place] == UInt8(ascii: "a") && bytes[place...].starts(with: "arxiv".utf8)
    }
    guard isNamed else { return [] }
    let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
    var papers: [(paper: String, version: String?)] = []
    var place = 0
    func digitCount(from start: Int) -> Int { bytes[min(start, bytes.count)...].prefix { digits.contains($0) }.count }
    while place < bytes.count {
        guard digits.contains(bytes[place]) else {
            place += 1
            continue
        }
        let year = digitCount(from: place)
        let dot = place + year
        place = dot
        guard year == 4, dot < bytes.count, bytes[dot] == UInt8(ascii: ".") else { continue }
        let number = digitCount(from: dot + 1)
        guard number == 4 || number == 5 else { continue }
        place = dot + 1 + number
        let paper = "arxiv:" + String(decoding: bytes[(dot - 4)..<place], as: UTF8.self)
        var version: String?
        if place < bytes.count, bytes[place] == UInt8(ascii: "v") {
            let end = place + 1 + digitCount(from: place + 1)
            if end > place + 1 { version = String(decoding: bytes[(place + 1)..<end], as: UTF8.self) }
        }
        papers.append((paper, version))
    }
    return papers
}
