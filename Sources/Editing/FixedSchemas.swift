import Annotations
import Records

/// The schema of an in-toto Statement v1 with the predicate of `Statement`. It allows unknown fields, which later
/// versions may add.
let receiptSchema: JSONValue = {
    let subject = object(["name": text, "digest": object(["sha256": digest])])
    let value = object(["decimal": text, "hex": text])
    let run = object(
        [
            "index": ["type": "integer", "minimum": 0, "maximum": .integer(runLimit - 1)],
            "seed": ["type": "string", "pattern": "^[0-9a-f]{16}$"], "seconds": ["type": "number", "minimum": 0],
            "values": ["type": "object", "additionalProperties": value], "failure": text,
        ], optional: ["values", "failure"]
    ).adding(["oneOf": [["required": ["values"]], ["required": ["failure"]]]])
    let predicate = object([
        "settings": ["type": "object", "additionalProperties": text], "isControl": ["type": "boolean"], "salt": text,
        "kernel": object(
            ["name": text, "sameSeed": ["const": "hits"], "version": ["type": "integer"]], optional: ["sameSeed"]),
        "runs": ["type": "array", "items": run],
        "platform": object(
            [
                "architecture": text, "operatingSystem": text, "blas": text, "blasCore": text,
                "blasThreads": ["type": "integer"], "program": ["type": "object", "additionalProperties": text],
                "tool": text,
            ], optional: ["blas", "blasCore", "blasThreads", "program"]),
        "sandbox": text, "runBy": text,
    ])
    return object([
        "_type": ["const": .text(Statement.type)], "predicateType": ["const": .text(Statement.predicateType)],
        "subject": ["type": "array", "items": subject, "minItems": 2, "maxItems": 2], "predicate": predicate,
    ])
}()

/// The schema of an annotation file.
let annotationSchema: JSONValue = {
    let offset: JSONValue = ["type": "integer", "minimum": 0]
    let name: JSONValue = ["type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"]
    let mark: JSONValue = [
        "type": "array", "minItems": 4, "maxItems": 5,
        "items": [offset, offset, name, ["type": ["number", "string"]], text],
    ]
    let link: JSONValue = [
        "type": "array", "minItems": 3, "maxItems": 3,
        "items": [offset, offset, ["const": .text(Annotation.Link.dependsOn)]],
    ]
    let range: JSONValue = ["type": "array", "minItems": 2, "maxItems": 2, "items": offset]
    return object(
        [
            "annotator": name, "blind": ["type": "boolean"],
            "by": ["enum": .texts(Annotation.Maker.allCases.map(\.rawValue))], "codebook": name,
            "covers": ["anyOf": [["const": "all"], ["type": "array", "items": range]]],
            "labels": ["type": "array", "items": mark], "links": ["type": "array", "items": link],
            "minutes": ["type": "number", "minimum": 0], "replaces": ["type": "array", "items": digest],
            "text": digest, "tool": text, "trace": name, "version": digest,
        ], optional: ["minutes"]
    ).adding(["additionalProperties": false])
}()

private let text: JSONValue = ["type": "string"]
private let digest: JSONValue = ["type": "string", "pattern": "^[0-9a-f]{64}$"]

private func object(_ properties: [String: JSONValue], optional: Set<String> = []) -> JSONValue {
    [
        "type": "object", "properties": .object(properties),
        "required": .texts(properties.keys.filter { !optional.contains($0) }.sorted()),
    ]
}
