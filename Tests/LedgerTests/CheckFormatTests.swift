import Checking
import Records
import Reports
import Testing
import Words
import YAML

@Suite struct CheckFormatTests {
    private let ledger = TestLedger("--- Findings/a.yaml\ntitle: a\nzzz: 1\n").check()

    private func report(_ shown: [Diagnostic]) -> CheckReport {
        CheckReport(ledger.summary, shown, isComplete: true, toolVersion: "1.2.3")
    }

    private func diagnostic(_ path: String, _ message: String, fix: String? = nil) -> Diagnostic {
        var diagnostic = ledger.diagnostics[0]
        diagnostic.path = path
        diagnostic.message = message
        diagnostic.fix = fix
        return diagnostic
    }

    @Test func writesWorkflowCommands() {
        let shown = [
            diagnostic("Findings/a.yaml", "50% of, it: \"x\"", fix: "remove it"),
            diagnostic("Findings/100%: a,b.yaml", "plain"),
        ]
        let code = shown[0].code.name
        let place = "line=\(shown[0].mark.line),col=\(shown[0].mark.column),title=\(code)"
        #expect(
            report(shown).written("github") == """
                ::error file=Findings/a.yaml,\(place)::50%25 of, it: "x"%0A-> remove it
                ::error file=Findings/100%25%3A a%2Cb.yaml,\(place)::plain
                0 findings, 0 claims, 0 questions, 0 verifiers: \(counted(ledger.counts.errors, "error")), 0 warnings

                """)
    }

    /// The text of a diagnostic or a path cannot add a workflow command to the output.
    @Test func noTextForgesAnotherCommand() {
        let hostile = [
            "\n::stop-commands::x", "\r\n::error::x", "a::b", "%0A::error::x", "\u{301}:,\u{301}", ",title=x::y",
            "\u{1B}[31m\u{202E}",
            "\u{2028}::error::x", "\u{85}::error::x", "##[error]x",
        ]
        for text in hostile {
            let lines = report([diagnostic(text, text, fix: text)]).written("github").split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            #expect(lines.count == 3, "\(text)")
            let properties = lines[0].utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            #expect(properties[2].starts(with: "error file=".utf8))
            #expect(properties[2].count { $0 == UInt8(ascii: ",") } == 3, "\(text)")
            #expect(!lines[0].unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E || $0.value == 0x85 })
        }
    }

    @Test func writesSARIF() throws {
        let shown = [diagnostic("Findings/a b:é.yaml", "bad \u{202E}text", fix: "remove it")]
        let text = report(shown).written("sarif")
        let results = text.components(separatedBy: "\"results\" : ").last?.components(separatedBy: "\"tool\" : ").first
        let rule = Diagnostic.Code.all.map(\.name).sorted().firstIndex(of: shown[0].code.name)
        #expect(
            results == """
                [
                        {
                          "level" : "error",
                          "locations" : [
                            {
                              "physicalLocation" : {
                                "artifactLocation" : {
                                  "uri" : "Findings/a%20b%3A%C3%A9.yaml",
                                  "uriBaseId" : "%SRCROOT%"
                                },
                                "region" : {
                                  "startColumn" : \(shown[0].mark.column),
                                  "startLine" : \(shown[0].mark.line)
                                }
                              }
                            }
                          ],
                          "message" : {
                            "text" : "bad \\\\u{202e}text\\n-> remove it"
                          },
                          "ruleId" : "\(shown[0].code.name)",
                          "ruleIndex" : \(try #require(rule))
                        }
                      ],
                      
                """)
        #expect(text.contains("\"columnKind\" : \"unicodeCodePoints\""))
        for code in Diagnostic.Code.all { #expect(text.contains("\"id\" : \"\(code.name)\"")) }
    }
}
