import Foundation
import Records
import Testing

/// A common mistake, put into a file of the shipped ledger, with the expected message and correction.
///
/// The files of `Mistakes` hold them, one kind in each: `from` and `to` are the texts before and after the mistake, or
/// `change` names a change of the whole file; `says` is a line, a code and a message, and `help` the remedy; `mend` is
/// the text in place of `to` after `fix`, or `original`. A mistake without `mend` needs a decision.
struct Mistake: Sendable, CustomTestStringConvertible {
    var row: String
    var path = ""
    var from = ""
    var to = ""
    var change: String?
    var says: [String] = []
    var mend: String?

    var testDescription: String { "\(row): \(path): \(change ?? to)" }

    /// Returns the file with the mistake.
    func broken(_ original: String) throws -> [UInt8] {
        switch change {
        case "crlf": Array(original.replacingOccurrences(of: "\n", with: "\r\n").utf8)
        case "bom": Array("\u{FEFF}\(original)".utf8)
        case "bom and crlf": Array("\u{FEFF}\(original.replacingOccurrences(of: "\n", with: "\r\n"))".utf8)
        case "notebook": Array(Self.notebook.utf8)
        default: Array(try replacing(in: original, with: to).utf8)
        }
    }

    /// Returns the file after `fix`; nil if it must not change.
    func mended(_ original: String) throws -> [UInt8]? {
        try mend.map { Array(($0 == "original" ? original : try replacing(in: original, with: $0)).utf8) }
    }

    private func replacing(in original: String, with text: String) throws -> String {
        guard let place = original.range(of: from, options: .literal) else { throw Missing(text: from, path: path) }
        return original.replacingCharacters(in: place, with: text)
    }

    struct Missing: Error {
        var text: String
        var path: String
    }

    private static let notebook = """
        {
         "cells": [
          {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["print(1)\\n"]}
         ],
         "metadata": {"kernelspec": {"display_name": "Python 3", "name": "python3"}},
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Mistakes")

    static let all: [Mistake] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted().flatMap { name in
            let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
            return text.components(separatedBy: "\n\n").map { Mistake($0, row: String(name.dropLast(4))) }
        }
    }()

    private init(_ text: String, row: String) {
        self.row = row
        for line in text.split(separator: "\n") {
            let rest = Self.unescaped(line.dropFirst(5))
            switch line.prefix(5) {
            case "file ": path = rest
            case "from ": from = rest
            case "to   ": to = rest
            case "chang": change = String(line.dropFirst(7))
            case "says ": says.append(rest)
            case "help ": says[says.count - 1] += "\n\(rest)"
            case "mend ": mend = rest
            default: preconditionFailure("\(row): \(line)")
            }
        }
    }

    /// Replaces `\n`, `\t`, `\r`, `\\` and `\u{…}`.
    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing(/\\(n|t|r|\\|u\{([0-9a-f]+)\})/) { match in
            switch match.1 {
            case "n": "\n"
            case "t": "\t"
            case "r": "\r"
            case "\\": "\\"
            default: match.2.flatMap { UInt32($0, radix: 16) }.flatMap(Unicode.Scalar.init).map { String($0) } ?? ""
            }
        }
    }
}
