import Records
import Words

extension ExportSource {
    /// A Process Run Crate (RO-Crate 1.1): the records of the ledger, and an action for each receipt.
    func crate(_ records: [ExportedFile]) -> [ExportedFile] {
        let records = records.sorted { $0.path < $1.path }
        let present = Set(records.map(\.path))
        let receipts = state.receipts.filter { present.contains($0.path) }.sorted { $0.path < $1.path }
        let people = Set(contributors + receipts.map(\.predicate.runBy)).sorted()
        let programs = Set(receipts.map { Program($0) }).sorted { ($0.name, $0.version) < ($1.name, $1.version) }
        var root: JSONTree = [
            "@id": "./", "@type": "Dataset", "name": .text(title), "description": .text(summary),
            "datePublished": .text(date),
            "conformsTo": .node("https://w3id.org/ro/wfrun/process/0.5"),
            "author": .nodes(contributors.map(id(ofPerson:))),
            "hasPart": .nodes(records.map { reference($0.path) }),
            "mentions": .nodes(receipts.map(id(ofRun:))),
            "identifier": .text(commit),
        ]
        if let licence, case .object(var members) = root {
            members["license"] = .node(licence)
            root = .object(members)
        }
        root.add("url", address)
        var graph: [JSONTree] = [
            [
                "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": .node("./"),
                "conformsTo": .node("https://w3id.org/ro/crate/1.1"),
            ],
            root,
            [
                "@id": "https://w3id.org/ro/wfrun/process/0.5", "@type": "CreativeWork",
                "name": "Process Run Crate", "version": "0.5",
            ],
        ]
        if let licence {
            graph.append(["@id": .text(licence), "@type": "CreativeWork", "name": .text(licence)])
        }
        graph += people.map { person in
            ["@id": .text(id(ofPerson: person)), "@type": "Person", "name": .text(nameAndAddress(person).name)]
        }
        graph += programs.map { program in
            [
                "@id": .text(id(of: program)), "@type": "SoftwareApplication", "name": .text(program.name),
                "softwareVersion": .text(program.version),
            ]
        }
        graph += records.map { file in
            [
                "@id": .text(reference(file.path)), "@type": "File", "name": .text(file.path),
                "contentSize": .text("\(file.bytes.count)"), "encodingFormat": .text(mediaType(file.path)),
                "sha256": .text(sha256(file.bytes)),
            ]
        }
        graph += receipts.map { receipt in
            let count = counted(receipt.predicate.runs.count, "run")
            let inputs = receipt.statement.subject.map(\.name).filter(present.contains)
            return [
                "@id": .text(id(ofRun: receipt)), "@type": "CreateAction",
                "name": .text("\(count) of \(receipt.folder)\(receipt.predicate.isControl ? ", control" : "")"),
                "agent": .node(id(ofPerson: receipt.predicate.runBy)), "instrument": .node(id(of: Program(receipt))),
                "object": .nodes(inputs.map(reference)), "result": .node(reference(receipt.path)),
                "actionStatus": "http://schema.org/CompletedActionStatus",
                "description": .text(
                    "Settings: \(receipt.predicate.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "; "))"
                ),
            ]
        }
        let metadata: JSONTree = ["@context": "https://w3id.org/ro/crate/1.1/context", "@graph": .list(graph)]
        return [ExportedFile("ro-crate-metadata.json", json(metadata))] + records
    }

    /// A kernel in the version that made runs.
    private struct Program: Hashable {
        var name: String
        var version: String

        init(_ receipt: Receipt) {
            name = "\(receipt.predicate.kernel.name), a kernel of \(receipt.predicate.platform.tool)"
            version = "\(receipt.predicate.kernel.version)"
        }
    }

    private func id(of program: Program) -> String {
        "\(address ?? "")#kernel-\(sha256("\(program.name) \(program.version)").prefix(12))"
    }

    private func id(ofPerson person: String) -> String { "#person-\(sha256(person).prefix(12))" }

    private func id(ofRun receipt: Receipt) -> String { "#run-\(receipt.name.prefix(16))" }

    private func reference(_ path: String) -> String { percentEncoded(path, keeping: UInt8(ascii: "/")) }

    private func mediaType(_ path: String) -> String {
        switch path.split(separator: ".").last {
        case "yaml": "application/yaml"
        case "json": "application/json"
        default: "text/plain"
        }
    }
}
