import Merging
import Records
import Words

func briefText(_ report: BriefReport, style: TextStyle) -> String {
    guard let northStar = report.northStar else {
        return "No questions yet: write the north star in Claims/question.yaml.\n"
    }
    var lines = [style.bold(style.wrapped(northStar.question.text, indent: 0))]
    lines.append(style.paint(northStar.status, style.wrapped(statusLine(northStar), indent: 4, first: 2)))
    for section in report.sections where section.answer.question.id != northStar.question.id {
        lines += ["", style.bold(style.wrapped(section.answer.question.text, indent: 0))]
        lines.append(style.paint(section.answer.status, style.wrapped(section.answer.statusPhrase, indent: 2)))
        lines += body(section, style)
    }
    if let only = report.sections.first, only.answer.question.id == northStar.question.id {
        lines += body(only, style)
    }
    if let decided = report.decided { lines += ["", style.wrapped(decided.sentences, indent: 0)] }
    return lines.joined(separator: "\n") + "\n"
}

private func body(_ section: BriefReport.Section, _ style: TextStyle) -> [String] {
    section.lines.map { title, text in style.wrapped("\(title): \(text)", indent: 4, first: 2) }
}
