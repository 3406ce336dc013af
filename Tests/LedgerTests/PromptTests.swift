import Checking
import Editing
import Records
import Testing

/// The prompts of `new`.
@Suite struct PromptTests {
    private static let places: [RecordPlace] = [
        .question(id: "loss"), .vote(question: "skill", handle: "ada"), .quantity(slug: "loss"),
        .condition(slug: "layer"), .conditionValue(condition: Condition.model, slug: "r9"),
        .assumption(slug: "low-is-good"), .constraint(slug: "dense-only"), .finding(slug: "low"), .model(slug: "small"),
        .measurement(model: "toy", slug: "loss"), .trace(slug: "sums"), .codebook(slug: "checks"),
        .resource(slug: "problems"),
    ]

    /// Every prompt shows its choices or an example, and the example is readable or mended.
    @Test(arguments: places) func examplesAreValid(place: RecordPlace) throws {
        let kind = try #require(place.kind)
        let ledger = baseLedger.check()
        let files = baseLedger.files.map(decode)
        let names = KnownNames(ledger, paths: files.map(\.path))
        let defaults = PromptDefaults(today: TestLedger.today, contributor: "Ada <ada@example.org>")
        var draft = Draft(kind, path: place.path)
        var skipped: Set<String> = []
        while let prompt = draft.prompts(names, ledger, defaults)
            .first(where: { !draft.has($0.key) && !skipped.contains($0.key) && !isComputed($0.key) })
        {
            #expect(prompt.example != nil || !prompt.choices.isEmpty || prompt.defaultAnswer != nil, "\(prompt.key)")
            guard let answer = prompt.example ?? prompt.choices.first ?? prompt.defaultAnswer else {
                skipped.insert(prompt.key)
                continue
            }
            let mistake =
                prompt.takesNamedSettings ? draft.answer(prompt, named: answer) : draft.answer(prompt, answer)
            #expect(mistake == nil, "\(prompt.key): \(answer)")
            guard draft.has(prompt.key) else {
                skipped.insert(prompt.key)
                continue
            }
            let path = draft.path
            let file = decode(SourceFile(path: path, bytes: draft.bytes))
            let unreadable = mended(
                files + [file], read: { [bytes = draft.bytes] in $0 == path ? bytes : nil },
                check: { Checking.check($0, kernels: testKernels, today: TestLedger.today) }
            ).ledger.diagnostics.filter {
                $0.path == path && [.wrongType, .unknownKey, .outOfRange].contains($0.code)
                    && draft.key(of: $0) == prompt.key
            }
            #expect(unreadable.isEmpty, "\(prompt.key): \(answer): \(unreadable.map(\.message))")
        }
        #expect(!draft.answers.isEmpty)
    }

    /// Whether `new trace` computes an answer from the text.
    private func isComputed(_ key: String) -> Bool { key.hasPrefix("text.") || key.hasPrefix("segments.") }
}
