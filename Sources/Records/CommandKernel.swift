import KernelInterface
import Words
import YAML

/// A kernel that contributors wrote: a program that measures models, described by its `kernel.yaml`.
package struct CommandKernel: Sendable {
    /// How far two runs of one seed on the same kind of platform agree.
    package enum SameSeed: String, Sendable, CaseIterable {
        /// Every value has the same bits.
        case bytes
        /// Every value gives the same verdict on a claim.
        case hits
    }

    package enum Device: String, Sendable, CaseIterable {
        case gpu
    }

    /// A file that the program can see.
    package struct File: Sendable, Equatable {
        package var name: Located<String>
        /// The SHA-256 of its content.
        package var sha256: Located<String>
    }

    package var slug: String
    package var title: String
    package var contributors: [String]
    package var version: Int
    /// The program and its arguments.
    package var command: [Located<String>]
    package var files: [File]
    /// The file with the versions of the packages that the program needs; nil if it needs none.
    package var lock: Located<String>?
    package var sameSeed: SameSeed
    package var devices: [Device]
    package var parameters: [Parameter]
    package var measurements: [KernelMeasurement]
    /// How the models of the kernel write texts; nil if they write none.
    package var writing: KernelWriting?
    /// The expected seconds of one run, by measurement.
    package var seconds: [String: Double]
    package var keyMarks: KeyMarks
}

extension CommandKernel {
    /// The digest of the program and its interface. A user who allows a kernel to run allows this digest.
    package var digest: String {
        var lines = ["arbor-kernel/1", "version \(version)", "same_seed \(sameSeed.rawValue)"]
        lines += command.map { "argument \(measured($0.value))" }
        lines += files.map { "file \($0.sha256.value) \($0.name.value)" }.sorted()
        lines += lock.map { ["lock \($0.value)"] } ?? []
        lines += devices.map { "device \($0.rawValue)" }.sorted()
        lines += parameters.map { "config \($0.digestLine)" }.sorted()
        for measurement in measurements {
            lines += measurement.quantities.map {
                "measurement \(measured(measurement.name)) gives \(measured($0))"
            }
            lines += measurement.settings.map {
                "measurement \(measured(measurement.name)) takes \($0.digestLine)"
            }
        }
        if let writing {
            lines.append("writes \(measured(writing.task)) at \(writing.temperature)")
            lines += writing.settings.map { "writing takes \($0.digestLine)" }
        }
        return sha256(lines.joined(separator: "\n"))
    }

    package var description: KernelDescription {
        var description = KernelDescription(
            name: slug, version: version, summary: title, parameters: parameters, measurements: measurements,
            program: digest,
            cost: { [seconds] _, measurement, _ in
                RunCost(
                    trainingSeconds: 0, measuringSeconds: measurement.flatMap { seconds[$0] } ?? 0, bytes: 0)
            })
        description.repeatsBytes = sameSeed == .bytes
        return description
    }
}

extension Parameter {
    /// What a digest covers: everything except the summary.
    fileprivate var digestLine: String {
        let values =
            switch domain {
            case .words(let words): "words" + words.map { " \(measured($0))" }.joined()
            case .integers, .numbers, .names: domain.phrase
            }
        return "\(measured(name)) \(values) \(defaultValue.map(measured) ?? "-")"
    }
}

/// Returns a text with its length, so that a line of several texts is unambiguous.
private func measured(_ text: String) -> String { "\(text.utf8.count) \(text)" }

extension CommandKernel: LocatedMapping {
    package static let shape = Shape(
        subject: "a kernel",
        keys: [
            .required(
                "title", .text, "What it measures, in a few words, in reports.",
                example: "Probes of the residual stream of reasoning models"),
            .required(
                "contributors", .names(.anything, atLeastOne: true), "The authors of the program, as `Name <address>`.",
                example: "[\"Ada <ada@example.org>\"]", defaultAnswer: .contributor),
            .required(
                "version", .integer(1...1_000_000),
                "The version, which is raised when values change by more than rounding.", example: "1",
                defaultAnswer: .text("1")),
            .required(
                "command", .names(.anything, atLeastOne: true), "The program and its arguments; no shell reads them.",
                example: "[python3, probes.py]"),
            .required(
                "files", .digests,
                "The files that the program can see, each with its SHA-256, which `arbor-ledger fix` writes.",
                example: "{probes.py: f7e9810a63b37c15a9abafba540b06bcc223f5cd9b48ed3a192d130731c62811}"),
            .optional(
                "lock", .text, "The file with the versions of the packages that the program needs.",
                example: "requirements.lock"),
            .optional(
                "same_seed", .choice(SameSeed.allCases.map(\.rawValue)),
                "Whether the same seed gives the same `bytes` on the same platform (the default), or only the same `hits`.",
                example: "hits"),
            .optional("devices", .names(.anything), "The devices: `gpu` if the program needs one.", example: "[gpu]"),
            .optional(
                "config", .each(parameterShape), "The settings of a model that uses the kernel.",
                example: "{layers: {integers: [1, 200], default: 4, summary: The number of layers.}}"),
            .required(
                "measurements", .each(measurementShape), "What it measures, by name.",
                example: "{probe: {quantities: [dimensions-per-feature], seconds: 30}}"),
            .optional(
                "writing", .mapping(writingShape), "How its models write texts, if they do.",
                example: "{task: sums, temperature: 0}"),
        ])

    static let parameterShape = Shape(
        subject: "a setting",
        keys: [
            .optional("integers", .range, "The lowest and the highest whole number.", example: "[1, 200]"),
            .optional("numbers", .range, "The lowest and the highest number.", example: "[0, 2]"),
            .optional(
                "words", .names(.anything, atLeastOne: true), "The possible words.", example: "[trained, untrained]"),
            .optional("names", .flag, "Whether any name is possible.", example: "true"),
            .optional(
                "default", .text, "The value that holds if a record gives none; without it, records must give one.",
                example: "4"),
            .required("summary", .sentence, "What it means, with its unit.", example: "The number of layers."),
        ],
        rules: [
            Shape.Rule(
                .exactlyOne(["integers", "numbers", "words", "names"]), .wrongType,
                "a setting has one of \"integers\", \"numbers\", \"words\" and \"names\"",
                fix: "write for example `integers: [1, 12]`")
        ])

    static let measurementShape = Shape(
        subject: "a measurement of a kernel",
        keys: [
            .required(
                "quantities", .names(.quantity, atLeastOne: true), "The quantities that one run gives.",
                example: "[dimensions-per-feature]"),
            .required(
                "seconds", .positive(atMost: "86400"), "The expected time of one run, in seconds.", example: "30"),
            .optional(
                "settings", .each(parameterShape), "The conditions and controls that it supports.",
                example: "{network: {words: [trained, untrained], summary: Whether the network is trained.}}"),
        ])

    static let writingShape = Shape(
        subject: "\"writing\"",
        keys: [
            .required("task", .text, "The task of the texts: a value of the condition `task`.", example: "sums"),
            .required(
                "temperature", .atLeast0, "The sampling temperature; 0 for the most likely token.", example: "0"),
            .optional(
                "settings", .each(parameterShape), "The settings that a text depends on.",
                example: "{difficulty: {integers: [1, 6], default: 3, summary: The number of steps of a problem.}}"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let command = fields.names("command")
        if fields.complete(command, of: "command") == nil || command.isEmpty {
            _ = log.unreadable(command)
        }
        let read = fields.pairs("measurements").map { ReadMeasurement($0, log: log) }
        if read.isEmpty || read.contains(where: { $0 == nil }) { _ = log.unreadable(read) }
        let measurements = read.compactMap(\.self)
        self.init(
            slug: slug, title: fields.text("title") ?? log.unreadable(""),
            contributors: fields.names("contributors").map(\.value),
            version: fields.integer("version") ?? log.unreadable(1), command: command,
            files: fields.pairs("files").compactMap { File($0, log: log) }, lock: fields.name("lock"),
            sameSeed: fields.choice("same_seed", SameSeed.self) ?? .bytes, devices: readDevices(fields),
            parameters: fields.parameters("config"), measurements: measurements.map(\.measurement),
            writing: fields.node("writing").flatMap { KernelWriting($0, log: log) },
            seconds: Dictionary(measurements.map { ($0.measurement.name, $0.seconds) }) { first, _ in first },
            keyMarks: fields.keyMarks)
        if let lock, !files.contains(where: { $0.name.value == lock.value }) {
            log.report(.unknownFile, lock.mark, "\"files\" does not list \"\(lock.value)\"", fix: "add it to `files`")
        }
    }
}

private func readDevices(_ fields: Fields) -> [CommandKernel.Device] {
    let names = fields.names("devices")
    fields.reportRepeated(names, in: "devices")
    return names.compactMap { name in
        if let device = CommandKernel.Device(rawValue: name.value) { return device }
        fields.log.report(
            .outOfRange, name.mark, "\"devices\" cannot have \"\(name.value)\"",
            fix: "write gpu; every program can use the processor")
        return nil
    }
}

extension CommandKernel.File {
    fileprivate init?(_ entry: Node.Entry, log: FileLog) {
        guard isProgramFileName(entry.key) else {
            log.report(
                .badName, entry.keyMark, "\"\(firstPart(of: entry.key))\" cannot name a file of a program",
                fix: "use letters, digits, `-`, `_` and `.`; the file is in the folder of kernel.yaml")
            _ = log.unreadable(entry.key)
            return nil
        }
        guard let digest = entry.value.scalarText, isDigest(digest[...]) else {
            log.report(
                .wrongType, entry.value.mark, "\"\(entry.key)\" has no SHA-256 of 64 lower-case hexadecimal digits",
                fix: "write any 64 digits, and `arbor-ledger fix` writes the right ones")
            _ = log.unreadable(entry.key)
            return nil
        }
        self.init(
            name: Located(entry.key, entry.keyMark), sha256: Located(digest, entry.value.mark))
    }
}

private struct ReadMeasurement {
    var measurement: KernelMeasurement
    var seconds: Double

    init?(_ entry: Node.Entry, log: FileLog) {
        guard let fields = Fields(entry.value, CommandKernel.measurementShape, log: log) else { return nil }
        if !isName(entry.key) {
            log.report(
                .badName, entry.keyMark, "\"\(firstPart(of: entry.key))\" is not a valid name of a measurement",
                fix: "use lower-case letters, digits, `-`, `_` and `.`; begin with a letter or digit")
        }
        let quantities = fields.names("quantities")
        fields.reportRepeated(quantities, in: "quantities")
        guard let seconds = fields.number("seconds"), !quantities.isEmpty else { return nil }
        measurement = KernelMeasurement(
            name: entry.key, quantities: quantities.map(\.value), settings: fields.parameters("settings"),
            trainingSettings: [],
            measure: { _, _ throws(KernelFailure) in
                throw KernelFailure(reason: "the kernel is a program of its own")
            })
        self.seconds = seconds.value.doubleValue
    }
}

extension KernelWriting {
    fileprivate init?(_ node: Node, log: FileLog) {
        guard let fields = Fields(node, CommandKernel.writingShape, log: log), let task = fields.text("task"),
            let temperature = fields.number("temperature")
        else { return nil }
        self.init(
            task: task, temperature: temperature.value.text, settings: fields.parameters("settings"),
            trainingSettings: [])
    }
}

extension Fields {
    /// Reports names that a list gives twice.
    fileprivate func reportRepeated(_ names: [Located<String>], in key: String) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name.value).inserted {
            log.report(
                .duplicateKey, name.mark, "\"\(key)\" gives \"\(firstPart(of: name.value))\" twice",
                fix: "keep one of them")
        }
    }

    fileprivate func parameters(_ key: String) -> [Parameter] {
        guard node(key) != nil else { return [] }
        let read = pairs(key).map { Parameter($0, log: log) }
        return read.contains { $0 == nil } ? log.unreadable(read.compactMap(\.self)) : read.compactMap(\.self)
    }
}

extension Parameter {
    fileprivate init?(_ entry: Node.Entry, log: FileLog) {
        guard let fields = Fields(entry.value, CommandKernel.parameterShape, log: log), !fields.breaksRules,
            let summary = fields.text("summary"), let domain = Domain(fields)
        else { return nil }
        let text = fields.node("default").map(canonicalValue)
        self.init(entry.key, domain, default: text, summary)
        if !isName(entry.key) {
            log.report(
                .badName, entry.keyMark, "\"\(firstPart(of: entry.key))\" is not a valid name of a setting",
                fix: "use lower-case letters, digits, `-`, `_` and `.`; begin with a letter or digit")
        }
        if let text, let mistake = mistake(in: text), let mark = fields.node("default")?.mark {
            log.report(.outOfRange, mark, "the default of \"\(entry.key)\" \(mistake)", fix: "correct it")
        }
    }
}

extension Parameter.Domain {
    /// Reads the values that a setting can have. Reports a range without two ends.
    fileprivate init?(_ fields: Fields) {
        for key in ["integers", "numbers"] {
            guard let node = fields.node(key) else { continue }
            guard let range = fields.valueSet(key) else { return nil }
            guard case .interval(let interval) = range.value, let low = interval.lower, let high = interval.upper,
                interval.includesLower, interval.includesUpper, low <= high
            else {
                fields.log.report(.wrongType, node.mark, "\"\(key)\" must be [lowest, highest]")
                return nil
            }
            guard key == "integers" else {
                self = .numbers(low.doubleValue...high.doubleValue)
                return
            }
            guard let first = Int(low.text), let last = Int(high.text) else {
                fields.log.report(.wrongType, node.mark, "\"integers\" must be two whole numbers")
                return nil
            }
            self = .integers(first...last)
            return
        }
        if let node = fields.node("names") {
            if case .scalar("false", isPlain: true) = node.content {
                fields.log.report(
                    .outOfRange, node.mark, "\"names\" can only be true",
                    fix:
                        "write `names: true` if any name is possible, or give the values as \"integers\", \"numbers\" or \"words\""
                )
                return nil
            }
            guard fields.flag("names") else { return nil }
            self = .names
            return
        }
        let words = fields.names("words")
        guard !words.isEmpty else { return nil }
        fields.reportRepeated(words, in: "words")
        self = .words(words.map(\.value))
    }
}

/// A file of a kernel's program.
package struct KernelFile: Sendable {
    package var kernel: String
    package var name: String
    package var sha256: String
}

/// Whether a text can name a file of a program: it is safe on every file system and in every shell.
func isProgramFileName(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 100, first != UInt8(ascii: "."), first != UInt8(ascii: "-")
    else { return false }
    return name != RecordPlace.kernelFileName
        && name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
}

extension Diagnostic.Code {
    package static let unknownFile = Self("unknown-file", .error, "A kernel names a file that it does not have.")

    package static let ofKernelRecords = [unknownFile]
}
