import Checking
import Records
import YAML

package func packed(_ diagnostics: [Diagnostic]) -> [UInt8] {
    Packer.packed { packer in
        packer.add(diagnostics) { packer, diagnostic in
            packer.add(diagnostic.code.rawValue)
            packer.add(diagnostic.path)
            packer.add([diagnostic.mark.line, diagnostic.mark.column])
            packer.add(diagnostic.message)
            packer.add([diagnostic.fix].compactMap(\.self))
        }
    }
}

/// nil where the bytes are not those of diagnostics.
package func unpackedDiagnostics(_ bytes: [UInt8]) -> [Diagnostic]? {
    var unpacker = Unpacker(bytes[...])
    return try? unpacker.list { unpacker throws(UnpackingError) in
        let code = try unpacker.choice(Diagnostic.Code.self)
        let path = try unpacker.text()
        let place = try unpacker.numbers()
        guard place.count == 2 else { throw UnpackingError() }
        return Diagnostic(
            code, path: path, mark: Mark(line: place[0], column: place[1]), message: try unpacker.text(),
            fix: try unpacker.texts().first)
    }
}

extension CheckSummary {
    /// nil where the bytes are not those of a summary.
    package init?(packed: [UInt8]) {
        var unpacker = Unpacker(packed[...])
        guard let numbers = try? unpacker.numbers(), numbers.count == 7 else { return nil }
        self.init(
            counts: Counts(
                findings: numbers[0], claims: numbers[1], questions: numbers[2], verifiers: numbers[3],
                errors: numbers[4], warnings: numbers[5]),
            noteCount: numbers[6])
    }

    package var packed: [UInt8] {
        Packer.packed {
            $0.add(
                [counts.findings, counts.claims, counts.questions, counts.verifiers, counts.errors, counts.warnings]
                    + [noteCount])
        }
    }
}
