import Evidence
import Records

/// Claims that point to different sides of a leaf but are in no disagreement, because the uncertainty of a number is not
/// known.
package struct Uncompared: Sendable {
    package var question: String
    package var quantity: String
    /// The number of pairs.
    package var count: Int
    /// The first pairs, sorted.
    package var pairs: [(a: ClaimID, b: ClaimID)]
}

/// The maximum number of pairs that are named for a leaf.
private let namedPairLimit = 16

extension Merge {
    /// Returns the claims at active leaves that are in no disagreement although they point to different sides: a number
    /// without an uncertainty, and either another such number or a claim that takes a side. Sorted by question.
    package func uncompared() -> [Uncompared] {
        membersByLeaf.compactMap { leaf, bearing -> Uncompared? in
            guard let question = state.questions[leaf], question.status == .active,
                case .interval(let yes)? = question.yes?.value
            else { return nil }
            let members = bearing.filter { $0.bridge == nil }.map(\.member)
            let numbers = members.filter { $0.isUncertainEstimate && $0.claim.reported?.value != nil }
            guard !numbers.isEmpty else { return nil }
            let sided = members.filter(\.canDisagree)
            func ids(_ isYes: Bool) -> (numbers: [ClaimID], sided: [ClaimID]) {
                (
                    numbers.filter { $0.leans(toward: yes) == isYes }.map(\.id).sorted(),
                    sided.filter { side(of: $0, question) == (isYes ? .pro : .con) }.map(\.id).sorted()
                )
            }
            let (pro, con) = (ids(true), ids(false))
            let count =
                pro.numbers.count * (con.numbers.count + con.sided.count) + pro.sided.count * con.numbers.count
            guard count > 0 else { return nil }
            func pairs(_ some: [ClaimID], _ others: [ClaimID]) -> [(a: ClaimID, b: ClaimID)] {
                some.prefix(namedPairLimit).flatMap { a in
                    others.prefix(namedPairLimit).map { (min(a, $0), max(a, $0)) }
                }
            }
            let named = (pairs(pro.numbers, con.numbers + con.sided) + pairs(pro.sided, con.numbers)).sorted(by: <)
            return Uncompared(
                question: leaf, quantity: question.quantity?.value ?? "", count: count,
                pairs: Array(named.prefix(namedPairLimit)))
        }.sorted { $0.question < $1.question }
    }
}
