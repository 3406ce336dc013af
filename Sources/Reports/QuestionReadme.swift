import Checking
import Merging
import Records
import Words

/// The first line of every generated README. It identifies a README as generated.
private let readmeMarker = "<!-- Made by arbor-ledger merge --write. What is written here is overwritten. -->\n"

/// The maximum number of claims listed per side.
private let listedClaimLimit = 100

/// The maximum number of untested cells that are named.
private let openCellLimit = 5

/// Returns whether this tool generated a README. If so, the tool may replace or remove it.
package func isGeneratedReadme(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: readmeMarker.utf8)
}

/// Returns the README of every question, by path. The READMEs depend only on the records.
package func questionReadmes(_ merge: Merge) -> [String: String] {
    let answers = merge.answers()
    let disagreements = Dictionary(
        merge.disagreements(shuffles: false).map { ($0.quantity, $0) }, uniquingKeysWith: { first, _ in first })
    let (parts, listed) = (partsByQuestion(merge.state.questions), listedQuestions(merge.state.questions))
    let pages = Array(answers.values).concurrentMap { answer in
        (
            readmePath(of: answer.question.id),
            ReadmePage(
                merge, answers, answer, partNames: parts[answer.question.id, default: []],
                listedNames: listed[answer.question.id, default: []],
                disagreement: answer.question.quantity.flatMap { disagreements[$0.value] }
            )
            .text
        )
    }
    return Dictionary(pages, uniquingKeysWith: { first, _ in first })
}

/// Returns whether a question's README can have this path. Folders of the vocabulary have no README.
package func isReadmePath(_ path: String) -> Bool {
    path == "Claims/README.md"
        || (path.startsWithBytes("Claims/") && path.endsWithBytes("/README.md")
            && !path.startsWithBytes("Claims/vocabulary/"))
}

/// Returns notes on READMEs that differ from the records. If the ledger has no generated README, there are none.
///
/// `found` contains the current content of the READMEs, by path.
package func readmeNotes(expected: [String: String], found: [String: [UInt8]]) -> [Diagnostic] {
    let generated = found.filter { isGeneratedReadme($0.value) }
    guard !generated.isEmpty else { return [] }
    func note(_ path: String, _ message: String) -> Diagnostic {
        Diagnostic(
            .staleReadme, path: path, mark: .fileStart, message: message, fix: "run `arbor-ledger merge --write`")
    }
    let missing = expected.keys.filter { found[$0] == nil }.map { note($0, "this question's README is missing") }
    let others = generated.compactMap { path, bytes -> Diagnostic? in
        guard let text = expected[path] else { return note(path, "this folder has no question any more") }
        return bytes.elementsEqual(text.utf8) ? nil : note(path, "this README differs from the records")
    }
    return (missing + others).sorted()
}

private func readmePath(of question: String) -> String { "\(questionFolder(question))/README.md" }

private func questionFolder(_ id: String) -> String {
    id == RecordPlace.rootQuestion ? "Claims" : "Claims/\(id)"
}

private struct ReadmePage {
    let merge: Merge
    let answers: [String: Answer]
    let answer: Answer
    /// All parts of the question, including inactive ones.
    let partNames: [String]
    /// The questions that are listed here for reading only.
    let listedNames: [String]
    let disagreement: Disagreement?
    private let folder: String

    init(
        _ merge: Merge, _ answers: [String: Answer], _ answer: Answer, partNames: [String], listedNames: [String],
        disagreement: Disagreement?
    ) {
        (self.merge, self.answers, self.answer) = (merge, answers, answer)
        (self.partNames, self.listedNames, self.disagreement) = (partNames, listedNames, disagreement)
        folder = questionFolder(answer.question.id)
    }

    var text: String {
        let question = answer.question
        var blocks = [readmeMarker + "# \(markdown(question.text))"]
        var status = "**\(markdown(statusLine(answer)))**"
        for more in answerDetails(answer) { status += "  \n\(markdown(more))" }
        blocks.append(status)
        blocks.append("Why it is asked: \(markdown(question.why))")
        if let asks = asked { blocks.append(asks) }
        if let parent = question.parent, let above = answers[parent] {
            blocks.append("Part of: \(link(above))")
        }
        if !partNames.isEmpty { blocks.append("## Parts\n\n\(lines(partNames).joined(separator: "\n"))") }
        if !listedNames.isEmpty {
            blocks.append("## See also\n\n\(lines(listedNames).joined(separator: "\n"))")
        }
        if question.isLeaf { blocks += sides }
        if !assumptions.isEmpty { blocks.append("## Assumptions\n\n\(assumptions.joined(separator: "\n"))") }
        if !missingLines.isEmpty {
            blocks.append("## Missing\n\n\(missingLines.map { "- \(markdown($0))" }.joined(separator: "\n"))")
        }
        blocks.append(
            "Generated by `arbor-ledger merge --write` from the records in `Claims`, `Findings` and `Verifiers`: "
                + "change those, not this file.")
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private var asked: String? {
        guard let name = answer.question.quantity?.value, let yes = answer.question.yes?.value,
            let quantity = merge.state.quantities[name]
        else { return nil }
        let link = markdownLink(quantity.title, from: folder, to: RecordPlace.quantity(slug: name).path)
        let covers = answer.question.covers.phrases
        let cells = covers.isEmpty ? "" : ", at \(markdown(covers.joined(separator: "; ")))"
        return "Asks whether this is \(markdown(yes.phrase)): \(link)\(cells)."
    }

    private func link(_ other: Answer) -> String {
        markdownLink(other.question.text, from: folder, to: readmePath(of: other.question.id))
    }

    private func lines(_ names: [String]) -> [String] {
        names.compactMap { answers[$0] }.map { "- \(link($0)): \(markdown(statusLine($0)))" }
    }

    private var sides: [String] {
        let titles: [(Side, String)] = [(.pro, "Yes"), (.con, "No"), (.silent, "Neither yes nor no")]
        return titles.compactMap { side, title in
            let claims = answer.claims.filter { $0.side == side }
            guard !claims.isEmpty else { return nil }
            var lines = ["## \(title)", "", "| claim | says | tested at | evidence |", "|---|---|---|---|"]
            for claim in claims.prefix(listedClaimLimit) { lines.append(row(claim)) }
            if claims.count > listedClaimLimit {
                lines += ["", "and \(counted(claims.count - listedClaimLimit, "more claim"))"]
            }
            return lines.joined(separator: "\n")
        }
    }

    private func row(_ claim: LeafClaim) -> String {
        let member = claim.member
        let link = markdownLink(member.id.description, from: folder, to: member.finding.path)
        var word = evidenceLabel(member)
        if Set(claim.parts.map(\.status)).count > 1 { word += ", in part \(claim.parts.last?.status.rawValue ?? "")" }
        if claim.status != .in, !member.isRefuted { word += ", \(claim.status.rawValue)" }
        if claim.omission != nil { word += ", not counted" }
        let cells = [
            "\(link): \(markdown(member.finding.title))", markdown(member.valueText),
            markdown(member.claim.testedPhrases.joined(separator: "; ")), markdown(word),
        ]
        return "| \(cells.joined(separator: " | ")) |"
    }

    /// The assumptions with their statements. If there are several sets of assumptions, a list of these sets comes
    /// first.
    private var assumptions: [String] {
        let slugs = Set(answer.assumptions.sets.flatMap(\.self)).sorted()
        guard !slugs.isEmpty else { return [] }
        func link(_ slug: String) -> String {
            markdownLink(slug, from: folder, to: RecordPlace.assumption(slug: slug).path)
        }
        let statements = slugs.map { "- \(link($0)): \(markdown(merge.state.assumptions[$0]?.statement ?? ""))" }
        guard answer.assumptions.sets.count > 1 else { return statements }
        let sets = answer.assumptions.sets.map { set in "- \(set.isEmpty ? "nothing" : listed(set.map(markdown)))" }
        return ["Any one of these sets is enough\(answer.assumptions.isCut ? ", and there are more" : ""):", ""] + sets
            + ["", "Their statements:", ""] + statements
    }

    private var missingLines: [String] {
        guard answer.question.status == .active else { return [] }
        var lines: [String] = []
        let weight = answer.weight
        if answer.question.isLeaf || !answer.parts.isEmpty, weight.claims == 0 {
            lines.append("any claim")
        } else if weight.claims > 0 {
            if weight.general == 0 { lines.append("a finding on a general model") }
            if weight.toys == 0 { lines.append("a finding on a toy model") }
        }
        let open = answer.parts.filter { answers[$0]?.status == .open }.count
        if open > 0 { lines.append("an answer to \(counted(open, "open part"))") }
        lines += openCells
        if var found = disagreement {
            let here = Set(answer.claims.map(\.member.id))
            found.pairs.removeAll { !here.contains($0.a) && !here.contains($0.b) }
            if !found.pairs.isEmpty { lines += missingEvidence(found, merge.state.quantities[found.quantity]) }
        }
        return lines
    }

    /// The first untested cells of a leaf.
    private var openCells: [String] {
        let openCount = answer.totalCells - answer.testedCells
        guard answer.question.isLeaf, openCount > 0 else { return [] }
        let named = merge.untestedCells(of: answer.question, limit: openCellLimit).map { cell in
            cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        let more = openCount > named.count ? " and \(openCount - named.count) more" : ""
        return ["a test at \(named.joined(separator: "; at "))\(more)"]
    }
}

extension Diagnostic.Code {
    package static let staleReadme = Self(
        "stale-readme", .note, "A generated README differs from the records.")

    package static let ofReadmes = [staleReadme]
}
