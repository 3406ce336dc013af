import Merging
import Records
import Words

extension TextStyle {
    func paint(_ severity: Severity) -> String {
        let word = padded(severity.rawValue, 7)
        return switch severity {
        case .error: red(word)
        case .warning: yellow(word)
        case .note: dim(word)
        }
    }

    func paint(_ status: QuestionStatus, _ text: String) -> String {
        switch status {
        case .supported, .answered: green(text)
        case .refuted, .contested: red(text)
        case .open, .depends: yellow(text)
        }
    }
}
