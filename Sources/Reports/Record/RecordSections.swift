import Evidence
import Merging
import Records
import Words

extension RecordView {
    init(_ finding: Finding, _ merge: Merge) {
        self.init(finding.slug, .finding, finding.title, finding.path)
        claims = finding.claims.map { ClaimRow($0, merge.evidence[$0.id], in: merge.state) }
        scores = finding.claims.flatMap { CellScore.all(of: $0, merge.evidence[$0.id]) }
        add("source", ["\(listed(finding.authors)), \(finding.date): \(finding.source.value)"])
        add("recorded by", [listed(finding.contributors)])
        add("north star", [finding.relevance])
        if let until = finding.plannedUntil { add("planned", ["until \(until.value); takes no part in the merge"]) }
        if let reason = finding.retracted { add("retracted", [reason]) }
        add("claims", finding.claims.map { claimLine($0, merge) })
        add("caveats", finding.caveats.map { "\($0.text) (against \($0.targetPhrase))" })
        add("resources", finding.resources.map { $0.phrase(in: merge.state) })
        add("builds on", finding.buildsOn.map { merge.basisLine($0.value) })
        add("supersedes", finding.supersedes.map(\.value))
        let accepted = Set(finding.supersededBy.map(\.value))
        add(
            "superseded by",
            merge.findings { $0.supersedes.contains { $0.value == finding.slug } }.map {
                accepted.contains($0) ? $0 : "\($0), not in its `superseded_by`"
            })
        add("what builds on it", merge.findings { $0.buildsOn.contains { $0.value == finding.slug } })
    }

    init(claim id: ClaimID, _ merge: Merge) {
        let state = merge.state
        let finding = state.findings[id.slug]
        self.init(id.description, .claim, finding?.title ?? id.slug, finding?.path)
        guard let claim = state.claim(id) else { return }
        claims = [ClaimRow(claim, merge.evidence[id], in: state)]
        add("says", ["\(claim.quantity.value): \(state.valueText(claim))"])
        add("tested", claim.testedPhrases)
        add("holds for", claim.holdsFor.map { $0.sides.isEmpty ? ["every setting"] : $0.phrases } ?? [])
        add("averaged over", claim.averagedOver.map(\.value))
        add("contrast", ([claim.contrast?.phrase] + [merge.contrast(of: claim)?.result]).compactMap(\.self))
        add("read of the source", [claim.read?.phrase].compactMap(\.self))
        add("assumes", claim.assumes.map { "\($0.value): \(state.assumptions[$0.value]?.statement ?? "")" })
        add("evidence", evidenceLines(claim, merge))
        scores = CellScore.all(of: claim, merge.evidence[id])
        let member = merge.members(of: claim.quantity.value).first { $0.id == id }
        add("bears on", member?.leaves ?? [])
        if let found = merge.discords[claim.quantity.value] {
            add(
                "disagrees with",
                found.pairs.filter { $0.a == id || $0.b == id }.map { pair in
                    let other = pair.a == id ? pair.b : pair.a
                    let differs =
                        pair.differs.isEmpty ? "nothing recorded differs" : "differing in \(listed(pair.differs))"
                    return "\(other) (\(pair.isConflict ? "conflict" : "different parts"), \(differs))"
                })
        }
        add("caveats", state.caveats(against: id))
    }

    init(_ question: Question, _ merge: Merge) {
        self.init(question.id, .question, question.text, .question(id: question.id))
        add("why", [question.why])
        add("about", [merge.state.asks(of: question.id).phrase].compactMap(\.self))
        add(votesOn: question, merge)
        guard let answer = merge.answers()[question.id] else { return }
        add("answer", [answer.phrase] + answerDetails(answer))
        add("over verified claims", [answer.verified.rawValue])
        add("over general models", [answer.general.rawValue])
        add("over special-purpose models", [answer.special.rawValue])
        claims = answer.claims.map { ClaimRow($0.member, side: $0.side) }
        models = QuestionModels(answer, merge.state.vocabulary)
        add("models", models?.lines ?? [])
        if let quantity = question.quantity?.value, let yes = question.yes?.value {
            add("asks", ["whether \(quantity) is \(yes.phrase)"] + question.covers.phrases)
        }
        add(
            "assuming",
            answer.assumptions.sets.filter { !$0.isEmpty }.map { listed($0) }
                + (answer.assumptions.isCut ? ["further sets"] : []))
        add("parts", answer.parts)
        add(
            "claims",
            answer.claims.map {
                "\($0.side.rawValue): \($0.member.id), \($0.member.valueText), \(evidenceLabel($0.member))"
            })
    }

    init(_ quantity: Quantity, _ merge: Merge) {
        self.init(quantity.slug, .quantity, quantity.title, .quantity(slug: quantity.slug))
        add("definition", [quantity.definition])
        add("can be", ["\(quantity.range.phrase)\(quantity.unit.map { ", \($0)" } ?? "")"])
        add("construct", [quantity.construct].compactMap(\.self))
        add("difference of", [quantity.differenceOf?.value].compactMap(\.self))
        add("differences that count", [quantity.margin.map { "above \($0.value)" }].compactMap(\.self))
        add("conditions", (quantity.conditions + quantity.laterConditions).map(\.value))
        add("asked by", merge.state.questions.values.filter { $0.quantity?.value == quantity.slug }.map(\.id).sorted())
        let members = merge.members(of: quantity.slug).sorted { $0.id < $1.id }
        claims = members.map { ClaimRow($0) }
        add("claims", members.map { "\($0.id): \($0.valueText), \(evidenceLabel($0.evidence))" })
        pools = merge.pools(of: quantity.slug)
        add(pools)
    }

    init(_ measurement: Measurement, _ merge: Merge) {
        self.init(
            measurement.id, .measurement, "\(measurement.measurement.value) of \(measurement.model)",
            .measurement(model: measurement.model, slug: measurement.slug))
        add("measures", measurement.measures.map(\.value))
        add("conditions", measurement.conditions.map(\.value))
        add("control", measurement.control.map { "\($0.name.value): \($0.value.value)" })
        add(
            "doubted by",
            merge.attackOutcome.undercuts.filter { $0.concerns(verifier: measurement.id) }.map(undercutLine))
        let measured = ToyModelReport.Measured(measurement, merge.ledger)
        add("recorded runs", measured.runLines)
        addMeans(measured)
    }

    init(_ assumption: Assumption, _ merge: Merge) {
        self.init(assumption.slug, .assumption, assumption.statement, .assumption(slug: assumption.slug))
        if let bridge = assumption.bridge {
            add("bridge", ["from \(listed(bridge.from.map(\.value))) to \(listed(bridge.to.map(\.value)))"])
        }
        add("tested by", [assumption.testedBy?.value].compactMap(\.self))
        let answers = merge.answers()
        if assumption.bridge != nil {
            for row in BridgeComparison(merge, answers, assumption.slug).rows(of: assumption) {
                add(row, testedBy: merge.generalMeasurements(of: row.quantity, assumption.bridge).map(\.id))
            }
        }
        add(
            "carried over",
            answers.values.flatMap { answer in
                answer.bridges.filter { $0.assumption == assumption.slug }.map {
                    "\(answer.question.id): \(bridgePhrases([$0])[0])"
                }
            }.sorted())
        add(
            "doubted by",
            merge.attackOutcome.undercuts.filter { $0.concerns(assumption: assumption.slug) }.map(undercutLine))
        add("excludes", assumption.excludes.map(\.value))
        let claims = merge.state.findings.values.flatMap(\.claims).filter {
            $0.assumes.contains { $0.value == assumption.slug }
        }
        add("assumed by", claims.map(\.id).sorted().map(\.description))
    }

    /// Compares the results of toys with those of other models.
    private mutating func add(_ row: PairRow, testedBy measurements: [String]) {
        func lines(_ members: [Member], _ word: String) -> [String] {
            members.prefix(4).map { member in
                let settings = member.claim.testedPhrases.joined(separator: "; ")
                return "\(word): \(member.id) \(member.valueText), \(evidenceLabel(member.evidence)); \(settings)"
            } + (members.count > 4 ? ["\(word): \(members.count - 4) more"] : [])
        }
        let differences =
            row.differences.isEmpty ? [] : ["the nearest claims differ, or may differ, in \(listed(row.differences))"]
        add(
            row.quantity,
            lines(row.toys, "toy") + lines(row.others, row.isOnGeneralModels ? "general" : "another model")
                + [row.match.phrase] + (row.others.isEmpty ? [] : differences)
                + measurements.map { "would test it: arbor-ledger try \($0)" })
    }

    init(_ constraint: Constraint, _ merge: Merge) {
        self.init(
            constraint.slug, .constraint, constraint.title ?? "a constraint", .constraint(slug: constraint.slug))
        add("why", [constraint.why].compactMap(\.self))
        add("when", constraint.when.sides.isEmpty ? ["at all settings"] : constraint.when.phrases)
        add("only", constraint.only.phrases)
    }

    init(_ condition: Condition, _ merge: Merge) {
        self.init(condition.slug, .condition, condition.title, .condition(slug: condition.slug))
        switch condition.values {
        case .closed(let values): add("values", values)
        case .open, .numbers: add("values", merge.state.vocabulary.values(of: condition.slug))
        }
        add(
            "used by",
            merge.state.quantities.values.filter { $0.conditions.contains { $0.value == condition.slug } }.map(\.slug)
                .sorted())
    }
}

/// Describes an undercut: its text, the claim that shows it, and what the claim can defeat.
package func undercutLine(_ undercut: Undercut) -> String {
    let level = undercut.shownBy.evidence.evidence
    let effect = level.rank == 0 ? "it doubts claims, and defeats none" : "it defeats claims of no higher level"
    return "\(undercut.text) (\(undercut.finding), shown by \(undercut.shownBy.id), \(level.phrase): \(effect))"
}

private func claimLine(_ claim: Claim, _ merge: Merge) -> String {
    "\(claim.id): \(claim.quantity.value) is \(merge.state.valueText(claim)), \(evidenceLabel(merge.evidence[claim.id]))"
}

package func evidenceLines(_ claim: Claim, _ merge: Merge) -> [String] {
    let evidence = merge.evidence[claim.id]
    guard !evidence.cells.isEmpty else { return ["reported; no verifier can re-run it"] }
    guard evidence.verdict != .none else {
        let offered = evidence.offeredRuns
        return [
            offered > 0 ? "\(counted(offered, "run")) offered, and none counts yet" : "can be re-run; no run counts yet"
        ] + evidence.pastRuns.map(\.phrase)
    }
    var lines = evidence.cells.map(cellText)
    lines.append(
        evidence.verdict == .verified || evidence.verdict == .refuted
            ? "\(evidence.verdict.rawValue): \(evidencePhrase(evidence))" : evidence.verdict.rawValue)
    for cell in evidence.cells {
        for (verdict, name) in [(cell.main, ""), (cell.control, "control, ")] {
            lines += (verdict?.pending ?? []).map { "\(name)undecided, and would count for more: \(sequenceText($0))" }
            lines += (verdict?.dissenting ?? []).map {
                "\(name)would decide otherwise, but does not count: \(sequenceText($0))"
            }
        }
    }
    if evidence.isSaltUnchecked { lines.append("salt not checked, so not above own run") }
    if evidence.version > 1 { lines.append("version \(evidence.version) of this claim") }
    return lines
}

extension LedgerState {
    /// Lists the caveats against a claim, each with the finding that states it.
    fileprivate func caveats(against id: ClaimID) -> [String] {
        findings.values.sorted { $0.slug < $1.slug }.flatMap { finding in
            finding.caveats.compactMap { caveat in
                guard case .claim(let name) = caveat.against, claimID(name.value) == id else { return nil }
                let shown = caveat.shownBy.map { ", shown by \($0.value)" } ?? ""
                return "\(caveat.text) (\(finding.slug)\(shown))"
            }
        }
    }
}

extension Merge {
    /// Describes a finding on which another builds: the reason why it is excluded, or its claims that are *out*.
    package func basisLine(_ slug: String) -> String {
        if let reason = ledger.exclusionReasons[slug] { return "\(slug), \(reason)" }
        let claimsOut = (state.findings[slug]?.claims ?? []).compactMap { claim -> String? in
            if let successor = successor(of: claim.id) { return "\(claim.id) is superseded by \(successor)" }
            guard let member = member(named: claim.id.description), attackOutcome.status(of: member) == .out else {
                return nil
            }
            return "\(claim.id) is out: \(attackOutcome.reason(of: member) ?? "attacked")"
        }
        return ([slug] + claimsOut).joined(separator: "; ")
    }

    fileprivate func findings(where isWanted: (Finding) -> Bool) -> [String] {
        state.findings.values.filter(isWanted).map(\.slug).sorted()
    }
}
