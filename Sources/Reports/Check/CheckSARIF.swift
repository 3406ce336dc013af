import Checking
import Evidence
import Records
import Words
import YAML

/// Writes the most severe diagnostics of `check` as a SARIF 2.1.0 log for code scanning and editors.
///
/// The format follows OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". The comments below
/// cite sections of this standard.
func checkSARIF(_ report: CheckReport) -> [UInt8] { json(SARIFLog(report: report)) }

private struct SARIFLog: JSONObject {
    private let toolVersion: String
    private let selection: ForgeSelection
    private let codes = Diagnostic.Code.all.sorted { $0.name < $1.name }

    init(report: CheckReport) { (toolVersion, selection) = (report.toolVersion, .report(report.diagnostics)) }

    func addMembers(to json: inout JSONWriter) {
        json.add(
            "$schema",
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
        json.list("runs", [self]) { _, json in writeRun(&json) }
        json.add("version", "2.1.0")
    }

    private func writeRun(_ json: inout JSONWriter) {
        let places = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
        json.object { json in
            // Columns count Unicode scalars, not UTF-16 units (section 3.14.17).
            json.add("columnKind", "unicodeCodePoints")
            if let leftOut = selection.leftOut { json.list("invocations", [leftOut], writeInvocation) }
            json.add("results") { json in
                json.longList(selection.fingerprinted) { result, json in
                    let (diagnostic, fingerprint) = result
                    diagnostic.writeResult(
                        ruleIndex: places[diagnostic.code] ?? -1, fingerprint: fingerprint, to: &json)
                }
            }
            json.object("tool") { json in
                json.object("driver") { json in
                    json.add("name", "arbor-ledger")
                    json.list("rules", codes) { $0.writeRule(&$1) }
                    json.add("version", toolVersion)
                }
            }
        }
    }

    /// Writes what is left out as a notification of the tool (section 3.20.21).
    private func writeInvocation(_ leftOut: String, _ json: inout JSONWriter) {
        json.object { json in
            json.add("executionSuccessful", true)
            json.objects("toolExecutionNotifications", [leftOut]) { leftOut, json in
                json.add("level", "warning")
                json.object("message") { $0.add("text", leftOut) }
            }
        }
    }
}

// SARIF's levels have the same names as our severities.

extension Diagnostic.Code {
    fileprivate func writeRule(_ json: inout JSONWriter) {
        json.object { json in
            json.object("defaultConfiguration") { $0.add("level", severity.rawValue) }
            json.add("id", name)
            json.object("shortDescription") { $0.add("text", summary) }
        }
    }
}

extension Diagnostic {
    fileprivate func writeResult(ruleIndex: Int, fingerprint: String, to json: inout JSONWriter) {
        json.object { json in
            if !edits.isEmpty { json.list("fixes", [self]) { $0.writeFix(&$1) } }
            json.add("level", severity.rawValue)
            json.list("locations", [mark]) { _, json in json.object { writeLocation(&$0) } }
            json.object("message") { $0.add("text", textWithFix(after: "\n")) }
            // GitHub recognises an alert by this name of a fingerprint, and computes one from the line if it is missing.
            json.object("partialFingerprints") { $0.add("primaryLocationLineHash", fingerprint) }
            json.add("ruleId", code.name)
            json.add("ruleIndex", ruleIndex)
        }
    }

    /// Writes a `fix` object (section 3.55). The end of a region is after its last character (section 3.30).
    private func writeFix(_ json: inout JSONWriter) {
        json.object { json in
            json.list("artifactChanges", [self]) { _, json in
                json.object { json in
                    writeArtifact(&json)
                    json.list("replacements", edits) { edit, json in
                        json.object { json in
                            json.object("deletedRegion") { json in
                                json.add("endColumn", edit.end.column)
                                json.add("endLine", edit.end.line)
                                json.add("startColumn", edit.start.column)
                                json.add("startLine", edit.start.line)
                            }
                            json.object("insertedContent") { $0.add("text", edit.text) }
                        }
                    }
                }
            }
            json.object("description") { $0.add("text", escapeHidden(fix ?? message)) }
        }
    }

    private func writeArtifact(_ json: inout JSONWriter) {
        json.object("artifactLocation") { json in
            json.add("uri", relativeURI(path))
            // `%SRCROOT%` is the usual name for the root of the checked-out repository.
            json.add("uriBaseId", "%SRCROOT%")
        }
    }

    private func writeLocation(_ json: inout JSONWriter) {
        json.object("physicalLocation") { json in
            writeArtifact(&json)
            json.object("region") { json in
                json.add("startColumn", mark.column)
                json.add("startLine", mark.line)
            }
        }
    }
}

/// Returns a path as a relative reference (RFC 3986, section 4.2). All bytes except `/` and unreserved characters are
/// percent-encoded.
private func relativeURI(_ path: String) -> String { percentEncoded(path, keeping: UInt8(ascii: "/")) }

extension Diagnostic.Code {
    /// The diagnostic codes of all modules.
    package static let all = ofRecords + ofChecks + ofEvidence + ofReadmes
}
