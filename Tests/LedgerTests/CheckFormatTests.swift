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
                ::error file=Findings/100%25%3A a%2Cb.yaml,\(place)::plain
                ::error file=Findings/a.yaml,\(place)::50%25 of, it: "x"%0A-> remove it
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
        let digest = sha256("\(shown[0].code.name)\0\(shown[0].path)\0\(shown[0].message)").prefix(16)
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
                          "partialFingerprints" : {
                            "primaryLocationLineHash" : "\(digest):1"
                          },
                          "ruleId" : "\(shown[0].code.name)",
                          "ruleIndex" : \(try #require(rule))
                        }
                      ],
                      
                """)
        #expect(text.contains("\"columnKind\" : \"unicodeCodePoints\""))
        for code in Diagnostic.Code.all { #expect(text.contains("\"id\" : \"\(code.name)\"")) }
    }

    @Test func writesACodeQualityReport() {
        let shown = [diagnostic("Findings/a.yaml", "bad \u{202E}text", fix: "remove it")]
        let digest = sha256("\(shown[0].code.name)\0Findings/a.yaml\0bad \u{202E}text").prefix(16)
        #expect(
            report(shown).written("gitlab") == """
                [
                  {
                    "check_name" : "\(shown[0].code.name)",
                    "description" : "bad \\\\u{202e}text -> remove it",
                    "fingerprint" : "\(digest):1",
                    "location" : {
                      "lines" : {
                        "begin" : \(shown[0].mark.line)
                      },
                      "path" : "Findings/a.yaml"
                    },
                    "severity" : "major"
                  }
                ]

                """)
    }

    /// 3,000 warnings and 6,000 errors, in this order.
    private var many: [Diagnostic] {
        let codes = [Diagnostic.Code("odd", .warning, "an odd thing"), ledger.diagnostics[0].code]
        return (0..<9_000).map { number in
            Diagnostic(
                codes[number < 3_000 ? 0 : 1], path: "Findings/\(10_000 + number).yaml", mark: .fileStart,
                message: "number \(number)")
        }
    }

    /// GitHub drops what exceeds its limits in silence, so the report leaves it out and says so.
    @Test func annotatesTheMostSevereThatGitHubShows() {
        let lines = report(many.shuffled()).written("github").split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("::error file=Findings/130") } == 10)
        #expect(lines.count { $0.hasPrefix("::warning file=Findings/100") } == 10)
        #expect(
            lines[20...].joined(separator: " ").hasPrefix(
                "5990 errors and 2990 warnings are left out, because GitHub shows at most 10 errors, warnings and "
                    + "notices of a step; `check --format text` lists all errors. 0 findings"))
    }

    @Test(arguments: [
        ("sarif", "Findings/13000.yaml", "Findings/17999.yaml"),
        ("gitlab", "Findings/13000.yaml", "Findings/17999.yaml"),
    ])
    func reportsTheMostSevereThatAForgeKeeps(_ format: String, _ first: String, _ last: String) throws {
        let text = report(many.shuffled()).written(format)
        #expect(text.components(separatedBy: "Findings/1").count - 1 == 5_000)
        #expect(text.contains(first) && text.contains(last) && !text.contains("Findings/18000.yaml"))
        let sentence =
            "1000 errors and 3000 warnings are left out, because forges accept at most 5000 results and 10 MB; "
        #expect(text.components(separatedBy: sentence).count == 2)
    }

    /// The texts of a report are limited too, because a forge refuses a file that is too large.
    @Test(arguments: ["sarif", "gitlab"])
    func reportsHaveALimitedSize(_ format: String) {
        let long = (0..<5_000).map { number in
            diagnostic("Findings/\(10_000 + number).yaml", String(repeating: "\u{10FFFF}", count: 500), fix: "x")
        }
        let text = report(long).written(format)
        #expect(text.components(separatedBy: "Findings/1").count - 1 == 5_000_000 / 2_021)
        #expect(text.contains("errors are left out"))
    }

    /// Two equal mistakes of a file have different fingerprints, which do not depend on line numbers.
    @Test func fingerprintsOutliveLines() {
        func fingerprints(_ shown: [Diagnostic]) -> [Substring] {
            report(shown).written("sarif").split(separator: "\n").filter { $0.contains("primaryLocationLineHash") }
        }
        var moved = diagnostic("Findings/a.yaml", "bad")
        moved.mark = Mark(line: moved.mark.line + 7, column: 1)
        let one = fingerprints([diagnostic("Findings/a.yaml", "bad")])
        #expect(fingerprints([moved]) == one)
        #expect(Set(fingerprints([diagnostic("Findings/a.yaml", "bad"), moved])).count == 2)
    }
}
