import Foundation
import Records
import Testing

/// Compares the Markdown pages of the repository root and of `docs` with the tree and the code. `SiteTests` checks their
/// links.
@Suite struct DocumentationTests {
    @Test func namedPagesExist() throws {
        var texts = try markdownPages()
        texts += try swiftFiles(below: "Sources").map {
            ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
        }
        for (name, text) in texts {
            for page in text.matches(of: /\bdocs\/[\w-]+\.md\b/).map({ String($0.0) }) {
                #expect(exists(repository.appending(path: page)), "\(name) names \(page)")
            }
        }
    }

    @Test func namedSourcesExist() throws {
        for page in try markdownPages() {
            for path in page.text.matches(of: /\b(?:Sources|Tests|Benchmarks|Scripts|Fuzz)\/[\w.\/+-]*\w/).map({
                String($0.0)
            }) {
                #expect(exists(repository.appending(path: path)), "\(page.name) names \(path)")
            }
        }
    }

    @Test func architectureListsEveryTargetWithItsDependencies() throws {
        let manifest = try text(of: "Package.swift")
        var targets: [String: Set<String>] = [:]
        let starts = manifest.matches(of: /\.(systemLibrary|target|executableTarget|testTarget)\(\s*name: "([^"]+)"/)
        for (index, start) in starts.enumerated() where start.1 != "testTarget" {
            let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : manifest.endIndex
            let list = manifest[start.range.upperBound..<end].firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
            let names = list.replacing(/, package: "[^"]*"/, with: "").matches(of: /"([^"]+)"/).map { String($0.1) }
            targets[String(start.2)] = Set(names)
        }
        var listed: [String: Set<String>] = [:]
        for row in try text(of: "docs/architecture.md").matches(of: /\n\| `([^`]+)` \| ([^|]*)\|/) {
            listed[String(row.1)] = Set(row.2.matches(of: /`([^`]+)`/).map { String($0.1) })
        }
        #expect(listed.keys.sorted() == targets.keys.sorted())
        for (name, dependencies) in targets {
            #expect(listed[name]?.sorted() == dependencies.sorted(), "docs/architecture.md, target \(name)")
        }
    }

    /// Checks that the code, red team cases, fuzz targets and test suites named in the table of docs/threats.md exist.
    @Test func threatsNameCodeAndTestsThatExist() throws {
        let sources = try swiftFiles(below: "Sources").map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let cases = try FileManager.default.contentsOfDirectory(
            atPath: repository.appending(path: "Tests/RedTeam").path)
        let targets = try text(of: "Fuzz/Targets/FuzzTarget.swift")
        let workflowTests = try FileManager.default.contentsOfDirectory(
            atPath: repository.appending(path: "Tests/Workflows").path)
        let suites = try swiftFiles(below: "Tests").map { $0.deletingPathExtension().lastPathComponent }
        for row in try text(of: "docs/threats.md").matches(of: /\n\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|/) {
            for name in codeSpans(of: String(row.2)) where name.wholeMatch(of: /[\w-]+/) != nil && name != "-" {
                let isInSources = sources.contains(name)
                #expect(isInSources, "\(row.1): \(name)")
            }
            let tests = row.3.contains("`") ? row.3.split(separator: ";") : []
            for test in tests {
                let names = codeSpans(of: String(test))
                if test.contains("red team") {
                    #expect(names.allSatisfy { name in cases.contains { $0.hasPrefix("\(name)-") } }, "\(test)")
                } else if test.contains("fuzz") {
                    #expect(names.allSatisfy { targets.contains("name: \"\($0)\"") }, "\(test)")
                } else if test.contains("workflows") {
                    #expect(names.allSatisfy { workflowTests.contains("\($0).py") }, "\(test)")
                } else {
                    #expect(!names.isEmpty && names.allSatisfy(suites.contains), "\(test)")
                }
            }
        }
    }
}

/// Compares `docs/terms.md` with the shapes of records and with the core types.
@Suite struct TermsPageTests {
    @Test func everyKeyOfARecordIsExplained() throws {
        let explained = Set(try codeSpans(of: text(of: "docs/terms.md")))
        for kind in RecordKind.allCases {
            for key in kind.shape.map(keys) ?? [] {
                let isExplained = explained.contains(key)
                #expect(isExplained, "docs/terms.md does not explain the key \(key) of a \(kind.rawValue)")
            }
        }
    }

    /// If a code span is one capitalised word, it must name a Swift type.
    @Test func everyTypeIsDeclared() throws {
        let declared = Set(try swiftFiles(below: "Sources").flatMap { declaredTypes(in: try lines(of: $0)) })
        let named = try codeSpans(of: text(of: "docs/terms.md")).filter { $0.wholeMatch(of: /[A-Z]\w+/) != nil }
        #expect(named.count > 40)
        for type in named {
            let isDeclared = declared.contains(type)
            #expect(isDeclared, "docs/terms.md names the type \(type)")
        }
    }

    /// The page explains the core types that a report contains or that docs/architecture.md names.
    @Test func everyTypeOfAReportAndOfTheArchitectureIsExplained() throws {
        let terms = try codeSpans(of: text(of: "docs/terms.md"))
        let core = try ["Records", "Evidence", "Merging"].flatMap { try swiftFiles(below: "Sources/\($0)") }
            .flatMap { declaredTypes(in: try lines(of: $0).filter { $0.hasPrefix("package ") }) }
        let properties = try swiftFiles(below: "Sources/Reports").flatMap { try lines(of: $0) }
            .map { words(of: $0) }.filter { $0.first == "package" && ($0.contains("var") || $0.contains("let")) }
        let needed = Set(core).intersection(try properties.joined() + codeSpans(of: text(of: "docs/architecture.md")))
        #expect(needed.count > 20)
        for type in needed.sorted() {
            let isExplained = terms.contains(type)
            #expect(isExplained, "docs/terms.md does not explain the type \(type)")
        }
    }

    /// Returns the keys of a mapping and of its nested mappings.
    private func keys(of shape: Shape) -> [String] {
        shape.keys.flatMap { [$0.name] + ($0.value.inside.map(keys) ?? []) }
    }
}

let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

private func text(of path: String) throws -> String {
    try String(contentsOf: repository.appending(path: path), encoding: .utf8)
}

/// Returns the pages of the repository root, of `docs` and of its tutorial, sorted.
private func markdownPages() throws -> [(name: String, text: String)] {
    try ["", "docs", "docs/tutorial"].flatMap { folder in
        try FileManager.default.contentsOfDirectory(
            at: repository.appending(path: folder), includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "md" }.map {
            ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
        }
    }.sorted { $0.name < $1.name }
}

private func swiftFiles(below folder: String) throws -> [URL] {
    let files = FileManager.default.enumerator(at: repository.appending(path: folder), includingPropertiesForKeys: nil)
    return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
}

private func lines(of file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
}

/// Returns the words in a line of Swift before its comment.
private func words(of line: Substring) -> [String] {
    let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
    return code.utf8.split {
        !($0 == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
            || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0)
    }
    .map { String(Substring($0)) }
}

private func declaredTypes(in lines: [Substring]) -> [String] {
    lines.compactMap { line in
        let words = words(of: line)
        let keyword = words.firstIndex { ["struct", "class", "enum", "protocol", "actor"].contains($0) }
        return keyword.flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    }
}

private func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

private func codeSpans(of text: String) -> [String] { text.matches(of: /`([^`\n]+)`/).map { String($0.1) } }
