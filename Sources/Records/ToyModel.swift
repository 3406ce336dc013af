import YAML

/// A trained model described by its `model.yaml`; its slug is a value of the condition `model`.
package struct ToyModel: Sendable {
    package var slug: String
    package var title: String
    package var contributors: [String]
    /// The question about the behaviour that the toy model reproduces.
    package var abstracts: Located<String>
    package var kernel: Located<String>
    package var config: [Setting]
    package var budget: Budget
    package var resources: [ResourceReference]
    /// The weights that a contributor's kernel reads.
    package var weights: [ModelWeights]
    package var keyMarks: KeyMarks
}

/// A named value, as written in the file.
package struct Setting: Sendable {
    package var name: Located<String>
    package var value: Located<String>
}

/// The time and memory limits of one run.
package struct Budget: Sendable {
    package var minutes: Number
    package var memoryGibibytes: Number
    /// The time that a contributor's kernel may take before it answers, in seconds.
    package var startSeconds: Number
    package var keyMarks: KeyMarks
}

/// A measurement on a toy model.
package struct Measurement: Sendable {
    package var model: String
    package var slug: String
    /// The name that the kernel gives to the measurement.
    package var measurement: Located<String>
    package var measures: [Located<String>]
    /// The rules that derive labels from measured numbers.
    package var labels: [LabelReading]
    /// Conditions of the tested cell that are passed to the kernel.
    package var conditions: [Located<String>]
    /// The settings of the control. Runs with these settings must refute the claim.
    package var control: [Setting]
    package var keyMarks: KeyMarks

    /// The name that claims use, `toy-model/measurement`.
    package var id: String { "\(model)/\(slug)" }
}

/// A rule that derives a label from a number. Each label has a range, and a number gets the label of the range that
/// contains it. A number outside all ranges has no label.
package struct LabelReading: Sendable {
    /// The quantity whose values are labels.
    package var name: Located<String>
    /// The measured quantity.
    package var number: Located<String>
    package var ranges: [(label: Located<String>, range: Located<ValueSet>)]
    package var keyMarks: KeyMarks
}

extension ToyModel: LocatedMapping {
    package static let shape = Shape(
        subject: "a toy model",
        keys: [
            .required(
                "title", .text, "The name in reports: the task and the size.",
                example: "Toy model of superposition, 200 features in 20 dimensions"),
            .required(
                "contributors", .names(.anything, atLeastOne: true), "The authors of this file, as `Name <address>`.",
                example: "[\"Ada <ada@example.org>\"]", defaultAnswer: .contributor),
            .required(
                "abstracts", .name(.question), "The question whose behaviour it reproduces.", example: "superposition"),
            .required(
                "kernel", .name(.kernel),
                "The kernel: the program that measures it and, if it is a toy model, trains it.",
                example: "superposition"),
            .optional(
                "config", .settings, "The kernel's settings; those left out have their defaults.",
                example: "{features: 200, dimensions: 20, batch: 512, steps: 2000}", promptWhen: .always),
            .required(
                "budget", .mapping(Budget.shape), "The time and memory limits of one run.",
                example: "{minutes: 2, memory_gib: 1}"),
            .optional(
                "resources", .list(of: ResourceReference.shape), "What it rests on: code, data, checkpoints or traces.",
                example: "[{kind: code, url: \"https://example.org/code\"}]"),
            .optional(
                "weights", .list(of: ModelWeights.shape),
                "The weights that a contributor's kernel reads, as files that are not in the ledger.",
                example: "[{name: model, files: {model.safetensors: unknown}}]"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            slug: slug, title: fields.text("title") ?? log.unreadable(""),
            contributors: fields.names("contributors").map(\.value),
            abstracts: fields.name("abstracts") ?? log.unreadable(.unreadable(fields.mark)),
            kernel: fields.name("kernel") ?? log.unreadable(.unreadable(fields.mark)),
            config: fields.settings("config"),
            budget: fields.value("budget").flatMap { Budget(node: $0, log: log) } ?? log.unreadable(.largest),
            resources: fields.resources(),
            weights: fields.elements("weights").compactMap {
                ModelWeights(node: $0, log: log) ?? log.unreadable(nil)
            }, keyMarks: fields.keyMarks)
    }
}

extension Budget: LocatedMapping {
    fileprivate static let largest = Budget(
        minutes: Number(1440), memoryGibibytes: Number(1024), startSeconds: Number(3600), keyMarks: .none)

    package static let shape = Shape(
        subject: "a budget",
        keys: [
            .required(
                "minutes", .positive(atMost: "1440"), "Wall-clock time of a run, in minutes.", example: "2",
                defaultAnswer: .text("2")),
            .required(
                "memory_gib", .positive(atMost: "1024"), "Memory of a run, in GiB.", example: "1",
                defaultAnswer: .text("1")),
            .optional(
                "start_seconds", .positive(atMost: "3600"),
                "The time that a contributor's kernel may take to start, in seconds (60).", example: "120"),
        ])

    init?(node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            minutes: fields.number("minutes")?.value ?? log.unreadable(Self.largest.minutes),
            memoryGibibytes: fields.number("memory_gib")?.value ?? log.unreadable(Self.largest.memoryGibibytes),
            startSeconds: fields.number("start_seconds")?.value ?? Number(60),
            keyMarks: fields.keyMarks)
    }
}

extension Measurement: LocatedMapping {
    package static let shape = Shape(
        subject: "a measurement",
        keys: [
            .optional("title", .text, "The name in reports, in a few words.", example: "Dimensions per feature"),
            .required(
                "measurement", .name(.kernelMeasurement), "The kernel's name for the measurement.",
                example: "dimensionality"),
            .required(
                "measures", .names(.quantity, atLeastOne: true), "The quantities that one run yields.",
                example: "[dimensions-per-feature]"),
            .optional(
                "labels", .each(LabelReading.shape),
                "How labels derive from numbers: for each quantity of labels, the measured number and the ranges that mean its labels.",
                example: "{sharing: {of: dimensions-per-feature, means: {pairs: [0.45, 0.55]}}}"),
            .optional(
                "conditions", .names(.condition), "Conditions of the tested cell that are passed to the kernel.",
                example: "[density]", promptWhen: .always),
            .optional(
                "control", .settings,
                "Settings under which a claim must be refuted, such as those of an untrained network.",
                example: "{network: untrained}", promptWhen: .always),
        ])

    init?(model: String, slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        _ = fields.text("title")
        var measures = fields.withUnreadable(fields.names("measures"), "measures")
        let pairs = fields.pairs("labels")
        let labels = pairs.compactMap { LabelReading($0, log: log) }
        if let node = fields.node("labels"), !node.isMapping || labels.count < pairs.count {
            measures.append(log.unreadable(.unreadable(node.mark)))
        }
        let measurement = fields.name("measurement") ?? log.unreadable(.unreadable(fields.mark))
        self.init(
            model: model, slug: slug, measurement: measurement, measures: measures + labels.map(\.name), labels: labels,
            conditions: fields.withUnreadable(fields.names("conditions"), "conditions"),
            control: fields.settings("control"),
            keyMarks: fields.keyMarks)
    }
}

extension LabelReading: LocatedMapping {
    package static let shape = Shape(
        subject: "a label",
        keys: [
            .required("of", .name(.quantity), "The measured number.", example: "dimensions-per-feature"),
            .required(
                "means", .meanings, "The range of the number that means each label.", example: "{pairs: [0.45, 0.55]}"),
        ])

    init?(_ entry: Node.Entry, log: FileLog) {
        guard let fields = Fields(entry.value, Self.shape, log: log),
            let number = fields.name("of"), let means = fields.value("means")
        else { return nil }
        let labels = fields.pairs("means")
        guard means.isMapping, let ranges = Fields(means, .meanings(labels.map(\.key)), log: log) else {
            return nil
        }
        let read = labels.compactMap { label -> (label: Located<String>, range: Located<ValueSet>)? in
            guard let range = ranges.valueSet(label.key) else { return nil }
            guard case .interval = range.value else {
                log.report(
                    .wrongType, range.mark, "\"\(label.key)\" must be a range of numbers",
                    fix: "write [low, high], {at_least: x} or {at_most: x}")
                return nil
            }
            return (Located(label.key, label.keyMark), range)
        }
        guard read.count == labels.count(where: { ranges.node($0.key) != nil }) else { return nil }
        self.init(name: Located(entry.key, entry.keyMark), number: number, ranges: read, keyMarks: fields.keyMarks)
    }
}

extension Shape {
    fileprivate static func meanings(_ labels: [String]) -> Shape {
        Shape(
            subject: "\"means\"",
            keys: labels.map { .optional($0, .range, "The range that means it.", example: "[0, 1]") })
    }
}

extension Fields {
    /// Returns the names, with a placeholder added if some names could not be read.
    fileprivate func withUnreadable(_ names: [Located<String>], _ key: String) -> [Located<String>] {
        guard let node = node(key), complete(names, of: key) == nil else { return names }
        return log.unreadable(names + [.unreadable(node.mark)])
    }

    /// Reads named settings; adds a placeholder if some settings could not be read.
    func settings(_ key: String) -> [Setting] {
        guard let node = node(key) else { return [] }
        let pairs = pairs(key)
        let settings = pairs.compactMap { entry -> Setting? in
            guard entry.value.scalarText?.isEmpty == false else {
                log.report(
                    .wrongType, entry.value.mark,
                    "\"\(entry.key)\" must be a word or a number, not \(entry.value.kindName)")
                return nil
            }
            return Setting(
                name: Located(entry.key, entry.keyMark), value: Located(canonicalValue(entry.value), entry.value.mark))
        }
        if node.isMapping, settings.count == pairs.count { return settings }
        return log.unreadable(settings + [Setting(name: .unreadable(node.mark), value: .unreadable(node.mark))])
    }
}

extension Sequence<Located<String>> {
    /// Whether some elements could not be read.
    package var isIncomplete: Bool { contains(where: \.isUnreadable) }
}

extension Measurement {
    /// The measured numbers, including those from which labels are derived.
    package var numbers: [String] {
        let names = Set(labels.map(\.name.value))
        let own = measures.map(\.value).filter { !names.contains($0) }
        return own + Set(labels.map(\.number.value)).subtracting(own).sorted()
    }
}
