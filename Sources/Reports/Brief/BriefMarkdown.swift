import Merging
import Records
import Words

func briefMarkdown(_ report: BriefReport) -> String {
    guard let northStar = report.northStar else { return markdownPage(["No questions yet."]) }
    let sections = report.sections.map { section in
        let title = "**\(markdown(section.answer.question.text))** \(section.answer.statusPhrase)"
        let lines = section.lines.map { "- \($0.title): \(markdown($0.text))" }
        return ([title, ""] + lines).joined(separator: "\n")
    }
    let end = report.decided.map { [markdown($0.sentences)] } ?? []
    return markdownPage(
        ["## \(markdown(northStar.question.text))", "**\(markdown(statusLine(northStar)))**"] + sections + end)
}
