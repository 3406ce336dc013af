import Records
import Words

extension ExportSource {
    /// CITATION.cff of the ledger, and a BibTeX entry for each finding.
    var citations: [ExportedFile] {
        [
            ExportedFile("CITATION.cff", Array(citationFile.utf8)),
            ExportedFile("findings.bib", Array(findings.map(bibEntry).joined(separator: "\n").utf8)),
        ]
    }

    private var citationFile: String {
        var lines = [
            "cff-version: 1.2.0",
            "message: Cite the finding that you use, and the work that it records. This file names the ledger.",
            "type: dataset", "title: \(quoted(title))", "abstract: \(quoted(summary))", "authors:",
        ]
        for person in contributors {
            let (name, address) = nameAndAddress(person)
            lines.append("  - name: \(quoted(name))")
            if let address, isMailAddress(address) { lines.append("    email: \(quoted(address))") }
        }
        if contributors.isEmpty { lines.append("  - name: \(quoted(name))") }
        lines += ["commit: \(commit)", "date-released: \(quoted(date))"]
        if let address { lines.append("repository-code: \(quoted(address))") }
        if let licence {
            let spdx = "https://spdx.org/licenses/"
            lines.append(
                licence.startsWithBytes(spdx)
                    ? "license: \(licence.dropFirst(spdx.count))" : "license-url: \(quoted(licence))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func quoted(_ text: String) -> String {
        let escaped = escapeHidden(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// The pattern of CITATION.cff for addresses of people.
    private func isMailAddress(_ text: String) -> Bool {
        text.wholeMatch(of: /[\w.+%-]+@[\w-]+(\.[\w-]+)+/) != nil
    }

    private func bibEntry(_ finding: Finding) -> String {
        var fields = [
            ("author", finding.authors.map { "{\(bibText($0))}" }.joined(separator: " and ")),
            ("title", "{\(bibText(finding.title))}"),
            ("year", String(finding.date.prefix(4))),
            ("howpublished", bibText(finding.source.value)),
            (
                "note",
                "recorded by \(bibText(finding.contributors.map { nameAndAddress($0).name }.joined(separator: ", "))) as \(finding.path) of \(bibText(name)), commit \(commit)"
            ),
        ]
        let words = finding.source.value.split { $0 == " " || $0 == ";" || $0 == "," }.map(String.init)
        if let address = words.lazy.compactMap(webAddress(ofReference:)).first {
            fields.append(
                ("url", address.replacing("{", with: "%7B").replacing("}", with: "%7D").replacing("\\", with: "%5C")))
        }
        let lines = fields.map { "  \($0.0) = {\($0.1)}" }.joined(separator: ",\n")
        return "@misc{\(bibKey(finding.slug)),\n\(lines)\n}\n"
    }
}

/// A key of BibTeX: letters, digits and `-`.
func bibKey(_ name: String) -> String {
    let plain = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return String(plain)
}

/// A text inside of braces of BibTeX.
func bibText(_ text: String) -> String {
    escapeHidden(text).unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "\\": result += "{\\textbackslash}"
        // BibTeX counts braces that are escaped, too.
        case "{": result += "{\\textbraceleft}"
        case "}": result += "{\\textbraceright}"
        case "%", "&", "#", "$", "_": result += "\\\(scalar)"
        case "~": result += "{\\textasciitilde}"
        case "^": result += "{\\textasciicircum}"
        default: result.unicodeScalars.append(scalar)
        }
    }
}
