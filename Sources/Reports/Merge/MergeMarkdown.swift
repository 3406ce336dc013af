import Merging
import Records
import Words

/// Writes the number of questions per status, a table of the topmost questions, and the rest in collapsible sections.
func mergeMarkdown(_ report: MergeReport) -> String {
    if let changes = report.changes {
        return markdownPage(["## What changes if assumptions fail"] + changeBlocks(changes))
    }
    let questions = report.places.filter { !$0.isListed }
    return markdownPage(
        [
            "## Questions", "**\(summary(report))**", report.decided.map { markdown($0.sentences) },
            table(questions.filter { $0.depth < 2 }, report),
            markdownDetails(
                "All questions (\(questions.count))", table(questions, report)),
            markdownDetails("Claims by question", claims(questions, report)),
        ]
            + report.closingLists.map { title, noun, names in
                markdownDetails("\(title) (\(names.count))", markdownList(names.lazy.map(markdownCode), noun: noun))
            })
}

/// Counts the active questions by status: `12 questions: 3 supported, 9 open`.
private func summary(_ report: MergeReport) -> String {
    let active = report.answers.filter { $0.question.status == .active }
    let counts = QuestionStatus.allCases.compactMap { status -> String? in
        let count = active.count { $0.status == status }
        return count == 0 ? nil : "\(count) \(status.rawValue)"
    }
    return ([counted(active.count, "question")] + (counts.isEmpty ? [] : [counts.joined(separator: ", ")]))
        .joined(separator: ": ")
}

private func table(_ places: [MergeReport.Place], _ report: MergeReport) -> String {
    let rows = places.lazy.map { place in
        let answer = report.answers[place.index]
        let more = answerDetails(answer).map { "<br>\(markdown($0))" }
        return [
            "\(markdown(answer.question.text))<br>\(markdownCode(answer.question.id))",
            markdown(statusLine(answer)) + more.joined(),
            assumptionPhrases(answer).map(markdown).joined(separator: " or "),
        ]
    }
    return markdownTable(["question", "answer", "assuming"], rows, noun: "question")
}

private func claims(_ places: [MergeReport.Place], _ report: MergeReport) -> String {
    let claims = places.flatMap { place in
        let answer = report.answers[place.index]
        return answer.claims.map { (question: answer.question.id, claim: $0) }
    }
    let rows = claims.lazy.map { question, claim in
        let note = statusNote(claim).map { "; \(markdown($0))" } ?? ""
        return [
            markdownCode(question), claim.side.rawValue, markdownCode(claim.member.id.description),
            markdown(claim.member.valueText), evidenceLabel(claim.member) + note,
        ]
    }
    return markdownTable(["question", "side", "claim", "says", "evidence"], rows, noun: "claim")
}
