import ArgumentParser
import Editing
import Records

struct NewQuantity: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "quantity", abstract: "Define a quantity: a number in a range, or one of some labels.",
        discussion: """
            Example: arbor-ledger new quantity depth --title "Depth of search" --definition "Longest chain of moves." \
            --range "{at_least: 0}" --conditions model
            """)
    static let kind = RecordKind.quantity
    static let nameAbout = "What it is called, such as probe-accuracy."

    @OptionGroup var options: NewOptions
    @Argument(help: "What it is called.") var name: String?
    @Option(help: "Its title.") var title: String?
    @Option(help: "How it is measured, so that two people measure the same.") var definition: String?
    @Option(help: "What several quantities try to measure.") var construct: String?
    @Option(help: "What it is counted in.") var unit: String?
    @Option(help: "The values that a number can take, such as [0, 1].") var range: String?
    @Option(help: "The labels that it can be, such as bfs,dfs.") var labels: String?
    @Option(help: "What every finding must record.", completion: .names(\.conditions)) var conditions: String?

    var flags: [(key: String, text: String?)] {
        [
            ("title", title), ("definition", definition), ("construct", construct), ("unit", unit), ("range", range),
            ("labels", labels), ("conditions", conditions),
        ]
    }

    func place(_ name: String, by contributor: String?) -> RecordPlace { .quantity(slug: name) }
}

struct NewCondition: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "condition", abstract: "Define a condition: a closed list of values, or an open one.",
        discussion: """
            Without --values it is open: `new value` adds a file for each value.

            Example: arbor-ledger new condition encoding --title "How cells are named" --values "[colour, mine-yours]"
            """)
    static let kind = RecordKind.condition
    static let nameAbout = "What it is called, such as encoding."

    @OptionGroup var options: NewOptions
    @Argument(help: "What it is called.") var name: String?
    @Option(help: "Its title.") var title: String?
    @Option(help: "All its values: [a, b] or {from: 0, to: 127}.") var values: String?
    @Option(help: "true where their order means something.") var ordered: String?
    @Option(help: "What values of an open condition may record.") var attributes: String?

    var flags: [(key: String, text: String?)] {
        [("title", title), ("values", values), ("ordered", ordered), ("attributes", attributes)]
    }

    func place(_ name: String, by contributor: String?) -> RecordPlace { .condition(slug: name) }
}

struct NewValue: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "value", abstract: "Add a value of an open condition, such as a model.",
        discussion:
            "Example: arbor-ledger new value model/r1 --title DeepSeek-R1 --general true --attribute family=deepseek")
    static let kind = RecordKind.conditionValue
    static let nameAbout = "The condition and the value, such as model/r1."

    @OptionGroup var options: NewOptions
    @Argument(help: "The condition and the value, such as model/r1.") var name: String?
    @Option(help: "Its title.") var title: String?
    @Option(help: "true of a reasoning model that the north star is about.") var general: String?
    @Option(help: "What it records of itself, such as family=qwen; repeat for several.") var attribute: [String] = []

    var flags: [(key: String, text: String?)] {
        [("title", title), ("general", general)]
            + attribute.map { text in
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (Prompt.attributePrefix + parts[0], parts.count > 1 ? String(parts[1]) : "")
            }
    }

    func place(_ name: String, by contributor: String?) throws -> RecordPlace {
        let (condition, value) = try twoParts(name)
        return .conditionValue(condition: condition, slug: value)
    }
}

struct NewModel: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Write a toy model: a kernel with its settings.",
        discussion: """
            Example: arbor-ledger new model small-superposition --title "20 features in 5 dimensions" \
            --abstracts superposition --kernel superposition --config "{features: 20, dimensions: 5}"
            """)
    static let kind = RecordKind.model
    static let nameAbout = "Its folder below Verifiers, such as small-superposition."

    @OptionGroup var options: NewOptions
    @Argument(help: "Its folder below Verifiers.") var name: String?
    @Option(help: "What it is.") var title: String?
    @Option(help: "Who wrote this file (default: your name in git).") var contributors: String?
    @Option(help: "The question whose behaviour it reproduces.", completion: .names(\.questions)) var abstracts: String?
    @Option(help: "The program that trains it.") var kernel: String?
    @Option(help: "The kernel's settings; repeat for several.") var config: [String] = []
    @Option(help: "The most time that a run may take (default: 2).") var minutes: String?
    @Option(help: "The most memory that a run may take, in GiB (default: 1).") var memoryGib: String?

    var flags: [(key: String, text: String?)] {
        [
            ("title", title), ("contributors", contributors), ("abstracts", abstracts), ("kernel", kernel),
            ("budget.minutes", minutes), ("budget.memory_gib", memoryGib),
        ] + all("config", config)
    }

    func place(_ name: String, by contributor: String?) -> RecordPlace { .model(slug: name) }
}

struct NewMeasurement: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "measurement", abstract: "Write what is measured on a toy model.",
        discussion: """
            Example: arbor-ledger new measurement small-superposition/dimensionality --measurement dimensionality \
            --measures dimensions-per-feature --conditions density --control network=untrained
            """)
    static let kind = RecordKind.measurement
    static let nameAbout = "The toy model and the measurement, such as toy/accuracy."

    @OptionGroup var options: NewOptions
    @Argument(help: "The toy model and the measurement, such as toy/accuracy.") var name: String?
    @Option(help: "What is measured.") var title: String?
    @Option(help: "The kernel's name for it.") var measurement: String?
    @Option(help: "The quantities that one run gives.", completion: .names(\.quantities)) var measures: String?
    @Option(help: "Taken from a claim's tested cell.", completion: .names(\.conditions)) var conditions: String?
    @Option(help: "Settings under which a claim must be refuted; repeat for several.") var control: [String] = []

    var flags: [(key: String, text: String?)] {
        [("title", title), ("measurement", measurement), ("measures", measures), ("conditions", conditions)]
            + all("control", control)
    }

    func place(_ name: String, by contributor: String?) throws -> RecordPlace {
        let (model, measurement) = try twoParts(name)
        return .measurement(model: model, slug: measurement)
    }
}
