import Checking
import Evidence
import Records
import Words
import YAML

/// `check` as a SARIF 2.1.0 log, which code scanning of forges and viewers of editors read.
///
/// Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; sections in comments.
package struct CheckSARIF: Encodable {
    struct Text: Encodable {
        var text: String
    }

    struct Rule: Encodable {
        struct Configuration: Encodable {
            var level: Level
        }

        var id: String
        var shortDescription: Text
        var defaultConfiguration: Configuration
    }

    struct Driver: Encodable {
        var name = "arbor-ledger"
        var version: String
        var rules: [Rule]
    }

    struct Tool: Encodable {
        var driver: Driver
    }

    struct Region: Encodable {
        var startLine: Int
        var startColumn: Int
    }

    struct ArtifactLocation: Encodable {
        var uri: String
        /// What forges put for the root of the checked out repository.
        var uriBaseId = "%SRCROOT%"
    }

    struct PhysicalLocation: Encodable {
        var artifactLocation: ArtifactLocation
        var region: Region
    }

    struct Location: Encodable {
        var physicalLocation: PhysicalLocation
    }

    struct Result: Encodable {
        var ruleId: String
        var ruleIndex: Int
        var level: Level
        var message: Text
        var locations: [Location]
    }

    struct Run: Encodable {
        var tool: Tool
        /// Marks count scalars, not UTF-16 units (3.14.17).
        var columnKind = "unicodeCodePoints"
        var results: [Result]
    }

    enum Level: String, Encodable {
        case error, warning, note

        init(_ severity: Severity) {
            self =
                switch severity {
                case .error: .error
                case .warning: .warning
                case .note: .note
                }
        }
    }

    var schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    var version = "2.1.0"
    var runs: [Run]

    enum CodingKeys: String, CodingKey {
        case version, runs
        case schema = "$schema"
    }

    /// `toolVersion` as `--version` prints it.
    package init(showing shown: [Diagnostic], toolVersion: String) {
        let codes = Diagnostic.Code.all.sorted { $0.name < $1.name }
        let rules = codes.map { code in
            Rule(
                id: code.name, shortDescription: Text(text: code.summary),
                defaultConfiguration: Rule.Configuration(level: Level(code.severity)))
        }
        let places = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
        let results = shown.map { diagnostic in
            let fix = diagnostic.fix.map { "\n-> \(visible($0))" } ?? ""
            let place = PhysicalLocation(
                artifactLocation: ArtifactLocation(uri: relativeURI(diagnostic.path)),
                region: Region(startLine: diagnostic.mark.line, startColumn: diagnostic.mark.column))
            return Result(
                ruleId: diagnostic.code.name, ruleIndex: places[diagnostic.code] ?? -1,
                level: Level(diagnostic.severity),
                message: Text(text: visible(diagnostic.message) + fix), locations: [Location(physicalLocation: place)])
        }
        runs = [Run(tool: Tool(driver: Driver(version: toolVersion, rules: rules)), results: results)]
    }
}

/// A path as a relative reference (RFC 3986, 4.2): every byte but those that never need it is percent-encoded.
private func relativeURI(_ path: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in path.utf8 {
        if plain.contains(byte) {
            bytes.append(byte)
        } else {
            bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

extension Diagnostic.Code {
    /// Every kind of mistake, of all floors.
    package static let all = ofRecords + ofChecks + ofEvidence + ofReadmes
}
