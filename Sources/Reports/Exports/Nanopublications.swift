import Evidence
import Records
import Words

extension ExportSource {
    /// One nanopublication for each claim of the published findings, named by a trusty URI (trustyuri.net, module RA).
    var nanopublications: [ExportedFile] {
        findings.flatMap { finding in
            finding.claims.map { claim in
                let text = Nanopublication(statements(claim, of: finding)).text
                return ExportedFile("\(finding.slug)-\(claim.id.number).trig", Array(text.utf8))
            }
        }
    }

    private func statements(_ claim: Claim, of finding: Finding) -> [Quad] {
        let file = address(ofFile: finding.path) ?? finding.path
        let found = evidence.claims[claim.id] ?? ClaimEvidence()
        var quads: [Quad] = []
        func add(_ graph: String, _ subject: Term, _ predicate: String, _ object: Term) {
            quads.append(Quad(graph: graph, subject: subject, predicate: expanded(predicate), object: object))
        }
        let (claimNode, quantity) = (Term.part("claim"), Term.part("quantity"))
        add("Head", .whole, "rdf:type", .name("np:Nanopublication"))
        add("Head", .whole, "np:hasAssertion", .part("assertion"))
        add("Head", .whole, "np:hasProvenance", .part("provenance"))
        add("Head", .whole, "np:hasPublicationInfo", .part("pubinfo"))

        add("assertion", claimNode, "rdf:type", .name("schema:Claim"))
        add("assertion", claimNode, "schema:text", .text(sentence(claim)))
        add("assertion", claimNode, "schema:about", quantity)
        add("assertion", quantity, "rdf:type", .name("schema:PropertyValue"))
        add("assertion", quantity, "schema:propertyID", .text(claim.quantity.value))
        switch claim.value?.value {
        case .interval(let interval):
            if let lower = interval.lower { add("assertion", quantity, "schema:minValue", .text(lower.text)) }
            if let upper = interval.upper { add("assertion", quantity, "schema:maxValue", .text(upper.text)) }
        case .labels(let labels):
            for label in labels { add("assertion", quantity, "schema:value", .text(label)) }
        case nil: add("assertion", quantity, "schema:value", .text(state.valueText(claim)))
        }
        for (number, setting) in claim.testedPhrases.enumerated() {
            let node = Term.part("setting-\(number + 1)")
            add("assertion", claimNode, "schema:additionalProperty", node)
            add("assertion", node, "rdf:type", .name("schema:PropertyValue"))
            add("assertion", node, "schema:value", .text(setting))
        }

        add("provenance", .part("assertion"), "prov:wasDerivedFrom", .address(file))
        add("provenance", .part("assertion"), "dct:source", .text(finding.source.value))
        for author in finding.authors { add("provenance", .part("assertion"), "dct:creator", .text(author)) }
        let words = finding.source.value.split { $0 == " " || $0 == ";" || $0 == "," }.map(String.init)
        for work in Set(words.compactMap(webAddress(ofReference:))).sorted() where isAddress(work) {
            add("provenance", .part("assertion"), "prov:wasDerivedFrom", .address(work))
        }
        let runs = found.runs == 0 ? "" : "; \(found.hits) of \(counted(found.runs, "counted run")) agree"
        add(
            "provenance", .part("assertion"), "dct:description",
            .text("Evidence: \(evidenceLabel(found))\(runs)."))

        add("pubinfo", .whole, "rdfs:label", .text("\(claim.id)"))
        add("pubinfo", .whole, "dct:created", .date(date))
        add("pubinfo", .whole, "prov:wasDerivedFrom", .address(file))
        for person in finding.contributors {
            add("pubinfo", .whole, "dct:creator", .text(nameAndAddress(person).name))
        }
        if let licence { add("pubinfo", .whole, "dct:license", .address(licence)) }
        return quads
    }
}

private let prefixes = [
    "dct": "http://purl.org/dc/terms/", "np": "http://www.nanopub.org/nschema#", "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/", "xsd": "http://www.w3.org/2001/XMLSchema#",
]

private func expanded(_ name: String) -> String {
    let parts = name.split(separator: ":", maxSplits: 1)
    return (prefixes[String(parts[0])] ?? "") + parts[1]
}

/// Whether a text can be written between `<` and `>` without escapes.
private func isAddress(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"{}|^`\\".utf8.contains($0) }
}

/// A term of RDF. `whole` is the nanopublication itself and `part` something in it; both get their names from its hash.
private enum Term {
    case whole
    case part(String)
    case name(String)
    case address(String)
    case text(String)
    case date(String)

    /// The name with the hash of the nanopublication.
    func iri(_ hash: String) -> String? {
        switch self {
        case .whole: nanopublicationBase + hash
        case .part(let name): "\(nanopublicationBase)\(hash)#\(name)"
        case .name(let name): expanded(name)
        case .address(let address): isAddress(address) ? address : percentEncoded(address)
        case .text, .date: nil
        }
    }

    /// The text and the type of a literal.
    var literal: (text: String, type: String)? {
        switch self {
        case .text(let text): (text, expanded("xsd:string"))
        case .date(let date): (date, expanded("xsd:date"))
        case .whole, .part, .name, .address: nil
        }
    }
}

private struct Quad {
    var graph: String
    var subject: Term
    var predicate: String
    var object: Term
}

private let nanopublicationBase = "https://w3id.org/np/"

/// A nanopublication and its trusty URI.
private struct Nanopublication {
    private var quads: [Quad]
    private let code: String

    init(_ quads: [Quad]) {
        self.quads = quads
        code = Self.hash(quads)
    }

    /// The code of the module RA: the SHA-256 of the sorted statements, with a blank in place of the code itself.
    private static func hash(_ quads: [Quad]) -> String {
        let lines = quads.map { quad -> (key: [String], text: String) in
            let names = [Term.part(quad.graph).iri(" "), quad.subject.iri(" "), quad.predicate].map { $0 ?? "" }
            let (object, rank): (String, [String]) =
                if let (text, type) = quad.object.literal {
                    (
                        "^\(type) \(text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))",
                        ["1", text, type]
                    )
                } else {
                    (quad.object.iri(" ") ?? "", ["0", quad.object.iri(" ") ?? ""])
                }
            return (names + rank, (names + [object]).map { $0 + "\n" }.joined())
        }.sorted { precedes($0.key, $1.key) }
        var text = ""
        var last: String?
        for line in lines where line.text != last {
            text += line.text
            last = line.text
        }
        return "RA" + base64SHA256(text)
    }

    private static func precedes(_ a: [String], _ b: [String]) -> Bool {
        for (one, other) in zip(a, b) where !one.hasSameBytes(as: other) {
            return one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        return a.count < b.count
    }

    /// The nanopublication in TriG.
    var text: String {
        var text = ""
        for graph in ["Head", "assertion", "provenance", "pubinfo"] {
            text += "<\(Term.part(graph).iri(code) ?? "")> {\n"
            for quad in quads where quad.graph == graph {
                let object =
                    if let (text, type) = quad.object.literal {
                        "\"\(escaped(text))\"" + (type == expanded("xsd:string") ? "" : "^^<\(type)>")
                    } else {
                        "<\(quad.object.iri(code) ?? "")>"
                    }
                text += "  <\(quad.subject.iri(code) ?? "")> <\(quad.predicate)> \(object) .\n"
            }
            text += "}\n"
        }
        return text
    }

    private func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
