import Records
import Words

extension ExportSource {
    /// All runs as a table with Croissant 1.0 metadata (mlcommons.org/croissant).
    var croissant: [ExportedFile] {
        let table = csv(RunColumn.allCases.map(\.rawValue), runRows)
        let fields = RunColumn.allCases.map { column -> JSONTree in
            [
                "@type": "cr:Field", "@id": .text("runs/\(column.rawValue)"), "name": .text(column.rawValue),
                "description": .text(column.summary), "dataType": .text(column.type),
                "source": ["fileObject": .node("runs.csv"), "extract": ["column": .text(column.rawValue)]],
            ]
        }
        let creators = contributors.map { person -> JSONTree in
            ["@type": "sc:Person", "name": .text(nameAndAddress(person).name)]
        }
        var metadata: JSONTree = [
            "@context": croissantContext, "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": .text("\(name) runs"),
            "description": .text("The runs with which the claims of \(title) were checked. \(summary)."),
            "datePublished": .text(date), "version": .text("0.0.0+\(commit.prefix(12))"),
            "creator": .list(creators),
            "citeAs": .text(
                "@misc{\(bibKey(name)), title = {\(bibText(title))}, year = {\(date.prefix(4))}, note = {commit \(commit)}}"
            ),
            "distribution": [
                [
                    "@type": "cr:FileObject", "@id": "runs.csv", "name": "runs.csv", "contentUrl": "runs.csv",
                    "description": "One row for each measured number.",
                    "encodingFormat": "text/csv", "sha256": .text(sha256(table)),
                ]
            ],
            "recordSet": [
                [
                    "@type": "cr:RecordSet", "@id": "runs", "name": "runs",
                    "description": "One record for each measured number, or for each failed run.",
                    "field": .list(fields),
                ]
            ],
        ]
        metadata.add("license", licence)
        metadata.add("url", address)
        return [ExportedFile("metadata.json", json(metadata)), ExportedFile("runs.csv", table)]
    }
}

/// The JSON-LD context that the specification of Croissant 1.0 gives.
private let croissantContext: JSONTree = {
    var context: JSONTree = [
        "@language": "en", "@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/",
        "sc": "https://schema.org/", "conformsTo": "dct:conformsTo",
        "data": ["@id": "cr:data", "@type": "@json"], "dataType": ["@id": "cr:dataType", "@type": "@vocab"],
        "examples": ["@id": "cr:examples", "@type": "@json"],
    ]
    for word in [
        "citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes",
        "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
        "repeated", "replace", "separator", "source", "subField", "transform",
    ] {
        context.add(word, "cr:\(word)")
    }
    return context
}()
