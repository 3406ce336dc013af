import Checking
import Records

/// The planned findings that have not lapsed, by task and by quantity.
struct TaskPlans {
    private var byTask: [String: [String]] = [:]
    private var byQuantity: [String: [(slug: String, tested: Box)]] = [:]

    init(_ state: LedgerState, today: String) {
        for finding in state.findings.values.sorted(by: { $0.slug < $1.slug }) {
            guard finding.isLivePlan(today: today) else { continue }
            if finding.source.value.hasPrefix(taskSourcePrefix) {
                byTask[String(finding.source.value.dropFirst(taskSourcePrefix.count)), default: []].append(finding.slug)
            }
            for claim in finding.claims {
                byQuantity[claim.quantity.value, default: []].append((finding.slug, claim.tested))
            }
        }
    }

    /// Returns the plans that name a task or that include a test of its cell.
    func taking(_ task: LedgerTask) -> [String] {
        var slugs = Set(byTask[task.id, default: []])
        if let quantity = task.quantity, !task.cell.isEmpty {
            for plan in byQuantity[quantity, default: []] {
                let looksThere = task.cell.allSatisfy { condition, value in
                    guard case .values(let values)? = plan.tested[condition] else { return false }
                    return values.contains(value)
                }
                if looksThere { slugs.insert(plan.slug) }
            }
        }
        return slugs.sorted()
    }
}
