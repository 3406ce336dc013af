import Testing

@testable import Merging
@testable import Records
@testable import Reports

@Suite struct LeafGridTests {
    private static let question = """
        --- Claims/skill/countdown/question.yaml
        question: Do trained models solve most countdown tasks?
        why: Skill.
        quantity: accuracy
        yes: {above: 0.5}
        covers: {model: [cd3b, r1], task: [countdown, maze]}

        """

    private static let constraint = """
        --- Claims/vocabulary/constraints/cd3b-tasks.yaml
        when: {model: [cd3b]}
        only: {task: [countdown]}

        """

    /// Neither counts nor suggestions include a cell that cannot exist.
    @Test(arguments: [("", 4, ["maze"]), (constraint, 3, [])])
    func impossibleCellsAreNotCounted(constraint: String, total: Int, tasksOfSmallModel: [String]) throws {
        let merge = bareLedger(
            Self.question + constraint
                + finding(
                    "small",
                    "  - {quantity: accuracy, value: [0.6, 0.8], tested: {model: cd3b, task: countdown, layer: 4}}")
        ).merge()
        let answer = try #require(merge.answers()["skill/countdown"])
        #expect((answer.testedCells, answer.totalCells) == (1, total))
        let untested = merge.untestedCells(of: answer.question, limit: 10)
        #expect(untested.count == total - 1)
        #expect(untested.filter { $0["model"] == "cd3b" }.map { $0["task"] } == tasksOfSmallModel)
        let page = questionReadmes(merge)["Claims/skill/countdown/README.md"] ?? ""
        #expect(page.contains("model cd3b, task maze") == !tasksOfSmallModel.isEmpty)
    }

    /// A claim that a bridge carries to the leaf does not test its cells.
    @Test func carriedClaimsTestNoCell() throws {
        let real = """
            --- Claims/real/question.yaml
            question: Does R1 share dimensions?
            why: It is the north star's.
            quantity: dims
            yes: [0.45, 0.55]
            covers: {model: [r1], density: [0.3, 0.9]}

            """
        let merge = bareLedger(real + finding("half", dimsClaim("[0.46, 0.5]", "0.3", ", assumes: [toy-is-r1]")))
            .merge()
        let answer = try #require(merge.answers()["real"])
        #expect(answer.claims.map(\.omission) == [.bridge])
        #expect((answer.testedCells, answer.totalCells) == (0, 2))
        #expect(merge.untestedCells(of: answer.question, limit: 1) == [["model": "r1", "density": "0.3"]])
    }

    /// A list of pairs of estimates that is cut says so.
    @Test(arguments: [(10, false), (33, true)]) func cutListsOfEstimatesSaySo(count: Int, isTruncated: Bool) {
        let claims = (0..<count).flatMap { number in
            [("low", "0.3"), ("high", "0.63")].map { name, value in
                finding(
                    "\(name)\(number)",
                    "  - {quantity: accuracy, tested: {model: r1, task: maze, layer: 4}, reported: {value: \(value), se: 0.1}}"
                )
            }
        }
        let found = bareLedger(claims.joined()).merge().disagreement(on: "accuracy")
        #expect(found?.pairs.isEmpty == true)
        #expect(found?.estimates.count == min(count * count, 1_000))
        #expect(found?.isTruncated == isTruncated)
    }
}
