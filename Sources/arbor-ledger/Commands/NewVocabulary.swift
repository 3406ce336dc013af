import ArgumentParser
import Editing
import Records
import Words

struct NewQuantity: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "quantity", abstract: "Define a quantity: a number in a range, or one of several labels.",
        discussion: """
            Example:
              arbor-ledger new quantity depth --title "Depth of search" \\
                --definition "Longest chain of moves." --range "{at_least: 0}" \\
                --conditions model
            """)
    static let kind = RecordKind.quantity
    static let nameAbout = "The quantity's name, such as probe-accuracy."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewQuantity>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .quantity(slug: name) }
}

struct NewCondition: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "condition", abstract: "Define a condition with a closed or an open list of values.",
        discussion: """
            Without --values the list is open: `new value` adds a file for each value.

            Example:
              arbor-ledger new condition encoding --title "How discs are labelled" \\
                --values "[colour, mine-yours]"
            """)
    static let kind = RecordKind.condition
    static let nameAbout = "The condition's name, such as encoding."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewCondition>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .condition(slug: name) }
}

struct NewValue: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "value", abstract: "Add a value to a condition, such as a model.",
        discussion: """
            A value of an open condition is a file of its own. A value of a closed condition becomes the last one in \
            the list of the condition's file.

            Examples (replace CONDITION by one with a list of values):
              arbor-ledger new value CONDITION grey
              arbor-ledger new value model o1 --title "OpenAI o1" --general true \\
                --attribute family=openai
            """)
    static let kind = RecordKind.conditionValue
    static let nameAbout = "The condition and the value, such as model/r1."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @Argument(help: "The value, if the first argument is only the condition.") var value: String?
    @OptionGroup var flags: RecordFlags<NewValue>

    func place(_ name: String, by contributor: String?) throws -> RecordPlace {
        let (condition, value) = try value.map { (name, $0) } ?? twoParts(name)
        return .conditionValue(condition: condition, slug: value)
    }

    func run() async throws {
        guard let name else { return try await writeRecord() }
        var isInClosedList = false
        try await withWorkspace { workspace in
            try workspace.requireWorkTree()
            let files = try workspace.files(.workTree)
            guard case .conditionValue(let condition, let slug) = try place(name, by: nil),
                case .closed(let values)? = workspace.check(files).state.vocabulary.conditions[condition]?.values
            else { return .success }
            isInClosedList = true
            guard flags.answers.isEmpty else {
                throw Refusal(
                    message: "a value of the closed condition \(condition) has no properties",
                    remedy: "omit the flags: only values of open conditions have files", exitCode: 64)
            }
            guard !values.contains(slug) else {
                throw Refusal(message: "\(condition) has the value \"\(slug)\" already", exitCode: 64)
            }
            let path = try workspace.addValue(slug, toClosedCondition: condition, files)
            writeOutput("changed  \(escapeHidden(path))\n")
            writeNext("arbor-ledger submit \(path)")
            return .success
        }
        if !isInClosedList { try await writeRecord() }
    }
}

struct NewConstraint: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "constraint", abstract: "State that some cells cannot exist.",
        discussion: """
            Example:
              arbor-ledger new constraint cd3b-tasks --when "{model: [cd3b]}" \\
                --only "{task: [countdown]}" --why "It was trained on nothing else."
            """)
    static let kind = RecordKind.constraint
    static let nameAbout = "The constraint's name, such as cd3b-tasks."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewConstraint>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .constraint(slug: name) }
}

struct NewModel: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Write a model: a kernel with its settings.",
        discussion: """
            Example:
              arbor-ledger new model small-superposition \\
                --title "20 features in 5 dimensions" --abstracts superposition \\
                --kernel superposition --config "{features: 20, dimensions: 5}"
            """)
    static let kind = RecordKind.model
    static let nameAbout = "The model's folder below Verifiers, such as small-superposition."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewModel>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .model(slug: name) }
}

struct NewMeasurement: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "measurement", abstract: "Write a measurement of a toy model.",
        discussion: """
            Example:
              arbor-ledger new measurement superposition-geometry/total \\
                --measurement dimensionality --measures dimensions-per-feature \\
                --conditions density --control network=untrained
            """)
    static let kind = RecordKind.measurement
    static let nameAbout = "The toy model and the measurement, such as toy/accuracy."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewMeasurement>

    func place(_ name: String, by contributor: String?) throws -> RecordPlace {
        let (model, measurement) = try twoParts(name)
        return .measurement(model: model, slug: measurement)
    }
}
