import Annotations
import Records

/// The schema of an in-toto Statement v1 with the predicate of `Statement`. It allows unknown fields, which later
/// versions may add.
let receiptSchema: JSONValue = {
    let subject = object([
        "name": says("The name of the verifier or of the claim.", text),
        "digest": says(
            "Its digest.", object(["sha256": says("The SHA-256, in hexadecimal digits.", digest)])),
    ])
    let value = object([
        "decimal": says("The value to read.", text), "hex": says("The exact value, as a hexadecimal float.", text),
    ])
    let run = object(
        [
            "index": says(
                "The number of the run, from 0.",
                ["type": "integer", "minimum": 0, "maximum": .integer(runLimit - 1)]),
            "seed": says(
                "The seed, which follows from the salt and the index.", ["type": "string", "pattern": "^[0-9a-f]{16}$"]),
            "seconds": says("The duration of the run.", ["type": "number", "minimum": 0]),
            "values": says("The measured value of each quantity.", ["type": "object", "additionalProperties": value]),
            "failure": says("Why the run has no value.", text),
        ], optional: ["values", "failure"]
    ).adding(["oneOf": [["required": ["values"]], ["required": ["failure"]]]])
    let predicate = object([
        "settings": says(
            "The settings of the runs, by condition.", ["type": "object", "additionalProperties": text]),
        "isControl": says("Whether these are runs of the control.", ["type": "boolean"]),
        "salt": says("The commit from which the seeds derive.", text),
        "kernel": says(
            "The program that made the runs.",
            object(
                [
                    "name": says("Its name.", text),
                    "sameSeed": says(
                        "`hits` if the same seed gives only the same hits, not the same bytes.", ["const": "hits"]),
                    "version": says("Its version.", ["type": "integer"]),
                ], optional: ["sameSeed"])),
        "runs": says("The runs in the order of their indices.", ["type": "array", "items": run]),
        "platform": says(
            "The machine.",
            object(
                [
                    "architecture": says("The architecture of the processor.", text),
                    "operatingSystem": says("The operating system.", text),
                    "blas": says("The BLAS library and its version.", text),
                    "blasCore": says("The core type for which BLAS computes.", text),
                    "blasThreads": says("The number of threads of BLAS.", ["type": "integer"]),
                    "program": says(
                        "What the values of a contributor's kernel depend on, by name.",
                        ["type": "object", "additionalProperties": text]),
                    "tool": says("The version of the program.", text),
                ], optional: ["blas", "blasCore", "blasThreads", "program"])),
        "sandbox": says("How the runs were isolated.", text), "runBy": says("Who made the runs.", text),
    ])
    return object([
        "_type": says("The type of the statement.", ["const": .text(Statement.type)]),
        "predicateType": says("The type of the predicate.", ["const": .text(Statement.predicateType)]),
        "subject": says(
            "What the receipt is about, with digests.",
            ["type": "array", "items": subject, "minItems": 2, "maxItems": 2]),
        "predicate": says("The runs and how they were made.", predicate),
    ])
}()

/// The schema of an annotation file.
let annotationSchema: JSONValue = {
    let offset: JSONValue = ["type": "integer", "minimum": 0]
    let name: JSONValue = ["type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"]
    let mark: JSONValue = [
        "type": "array", "minItems": 4, "maxItems": 5,
        "items": [
            says("The first code point.", offset), says("The code point after the last.", offset),
            says("The label, as the codebook names it.", name),
            says(
                "The value, on an ordinal or interval scale; otherwise the text of the range.",
                ["type": ["number", "string"]]),
            says("The text of the range, after a value.", text),
        ],
    ]
    let link: JSONValue = [
        "type": "array", "minItems": 3, "maxItems": 3,
        "items": [offset, offset, ["const": .text(Annotation.Link.dependsOn)]],
    ]
    let range: JSONValue = ["type": "array", "minItems": 2, "maxItems": 2, "items": offset]
    return object(
        [
            "annotator": says("The handle of the annotator.", name),
            "blind": says(
                "Whether the annotator saw no labels of others until all labels were made.", ["type": "boolean"]),
            "by": says(
                "What made the labels: a person, a model or a rule.",
                ["enum": .texts(Annotation.Maker.allCases.map(\.rawValue))]),
            "codebook": says("The codebook of the labels.", name),
            "covers": says(
                "The parts of the text that were read: all, or ranges of code points.",
                ["anyOf": [["const": "all"], ["type": "array", "items": range]]]),
            "labels": says("The labels, each with its range.", ["type": "array", "items": mark]),
            "links": says(
                "Pairs of segments, by number from 0, of which the first depends on the second.",
                ["type": "array", "items": link]),
            "minutes": says("The time that the annotator needed.", ["type": "number", "minimum": 0]),
            "replaces": says(
                "The digests of the annotator's files that this one replaces.", ["type": "array", "items": digest]),
            "text": says("The digest of the text.", digest),
            "tool": says("The program that wrote the file.", text), "trace": says("The name of the trace.", name),
            "version": says("The digest of the codebook.", digest),
        ], optional: ["minutes"]
    ).adding(["additionalProperties": false])
}()

private func says(_ description: String, _ schema: JSONValue) -> JSONValue {
    schema.adding(["description": .text(description)])
}

private let text: JSONValue = ["type": "string"]
private let digest: JSONValue = ["type": "string", "pattern": "^[0-9a-f]{64}$"]

private func object(_ properties: [String: JSONValue], optional: Set<String> = []) -> JSONValue {
    [
        "type": "object", "properties": .object(properties),
        "required": .texts(properties.keys.filter { !optional.contains($0) }.sorted()),
    ]
}
