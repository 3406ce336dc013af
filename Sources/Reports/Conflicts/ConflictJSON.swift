import Merging
import Records
import Words

extension ConflictReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("compared_estimates", comparedEstimates)
        json.objects("constructs", constructs) { construct, json in
            json.add("claims", construct.quantities.flatMap { $0.claims.map(\.id.description) })
            json.add("construct", construct.name)
            json.add("quantities", construct.quantities.map(\.name))
        }
        json.add("disputed", disputed)
        json.add("quantities", subjects)
        json.objects("superseded", superseded) { item, json in
            json.add("builds_on", item.buildsOn)
            json.add("by", item.by)
            json.add("claim", item.claim.description)
            json.add("obstacle", item.obstacle)
            json.add("reversed", item.isReversed)
        }
        json.objects("uncompared", uncompared) { found, json in
            json.add("count", found.count)
            json.objects("pairs", found.pairs) { pair, json in
                json.add("a", pair.a.description)
                json.add("b", pair.b.description)
            }
            json.add("quantity", found.quantity)
            json.add("question", found.question)
        }
    }
}

extension ConflictReport.DisputedClaim: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("claim", id.description)
        json.add("sentences", sentences)
    }
}

extension ConflictReport.Subject: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        func names(_ groups: [[ClaimID]]) -> [[String]] { groups.map { $0.map(\.description) } }
        json.add("camps", names(found.camps))
        json.add("core", found.core)
        // The counts include pairs that are not listed.
        json.object("counts") { json in
            json.add("conflicts", found.conflictCount)
            json.add("near_misses", found.nearMissCount)
            json.add("unexplained", found.unexplainedCount)
        }
        json.add("deciding_run", found.decidingRun)
        json.objects("estimates", found.estimates) { pair, json in
            json.add("a", pair.a.description)
            json.add("b", pair.b.description)
        }
        json.add("explanations", found.explanations.map(\.conditions))
        json.add("home", found.home)
        json.add("narrowings", found.narrowings)
        json.add("near_misses", found.nearMisses)
        json.add("pairs", found.conflicts)
        json.add("pool", pools.ofSeveral.first)
        json.add("pools", pools.ofSeveral)
        json.add("quantity", found.quantity)
        json.objects("refinements", found.refinements) { refinement, json in
            json.add("chain", refinement.chain.map(\.description))
            json.add("tightest", refinement.tightest.description)
        }
        json.objects("reversals", found.reversals) { reversal, json in
            json.add("average", reversal.average.description)
            json.add("condition", reversal.condition)
            json.add("parts", reversal.parts.map(\.description))
            json.add("turns_sign", reversal.turnsSign)
        }
        json.add("sets", names(found.sets))
        json.add("sets_apart", names(found.setsApart))
        json.add("shuffle_floor", found.shuffle?.floorP)
        json.add("shuffle_p", found.shuffle?.p)
        json.add("sides", names(found.sides))
        json.add("standing", standing.rawValue)
        json.objects("thresholds", found.explanations.filter { $0.threshold != nil }) { explanation, json in
            json.add("condition", explanation.threshold?.condition)
            json.add("explanation", explanation.conditions)
            json.add("from", explanation.threshold?.from)
            json.add("up_to", explanation.threshold?.upTo)
        }
        // Whether any of the lists is incomplete.
        json.add("truncated", found.isTruncated || found.explanationsAreTruncated)
        json.add("unexplained", names(found.unexplained.map { [$0.a, $0.b] }))
    }
}

extension Pair: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("a", a.description)
        json.add("b", b.description)
        json.add("class", kind.rawValue)
        json.add("differs", differs)
        json.add("grade", grade.rawValue)
        json.add("reason", hidingReason(hiddenConditions))
        json.add("set_aside", isSetAside)
    }
}

extension DecidingRun: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("base", base.description)
        json.add("candidates", candidates)
        json.add("cell", cell)
        json.add("changes", changes)
        json.add("cost_seconds", costSeconds)
        json.add("verifier", verifier)
        json.add("worst", worst)
    }
}

extension Narrowing: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("attackers", attackers.map(\.description))
        json.add("claim", claim.description)
        json.add("holds_for", holdsFor)
    }
}
