import Words

// doccano's export of a project, with one JSON object per line. Offsets that its page sets count UTF-16 units
// (doccano/doccano#2290) or, by an option of the project, grapheme clusters. Offsets from imported data often count
// code points, as in Python. The file has no quotes that could show which.

let doccanoKeys = ["label", "labels", "entities"]

func readDoccano(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) -> [ForeignDocument] {
    // Some versions export one list instead of lines.
    if let items = ForeignJSON(bytes)?.list { return items.map(readDoccano) }
    var documents: [ForeignDocument] = []
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
        guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) else { continue }
        guard let item = ForeignJSON(line), item.members != nil else {
            throw ImportMistake(
                "line \(number + 1) is not a JSON object", remedy: "export the project as JSONL, one object a line")
        }
        documents.append(readDoccano(item))
    }
    return documents
}

private func readDoccano(_ item: ForeignJSON) -> ForeignDocument {
    var document = ForeignDocument(units: OffsetUnit.allCases)
    document.texts = [item["text"]?.text ?? item["data"]?.text].compactMap(\.self)
    for label in doccanoKeys.lazy.compactMap({ item[$0]?.list }).first ?? [] {
        if let name = label.text {
            document.labels.append(ForeignLabel(.whole, name))
            continue
        }
        let row = label.list ?? []
        let range =
            label.range("start_offset", "end_offset") ?? range(row.first?.integer, row.dropFirst().first?.integer)
        let name = label["label"]?.identifier ?? row.dropFirst(2).first?.identifier
        guard let range, let name else {
            document.refused.append(RefusedLabel(name ?? "", quote: "", "its offsets are not readable"))
            continue
        }
        document.labels.append(ForeignLabel(.ranges([range]), name, id: label["id"]?.identifier))
    }
    for link in item["relations"]?.list ?? [] {
        guard let from = link["from_id"]?.identifier, let to = link["to_id"]?.identifier,
            let name = link["type"]?.identifier
        else {
            document.refused.append(RefusedLabel("", quote: "", "the relation is not readable"))
            continue
        }
        document.links.append(ForeignLink(from: from, to: to, name: name))
    }
    if let comments = item["Comments"]?.list?.count ?? item["comments"]?.list?.count, comments > 0 {
        document.omitted["comment"] = comments
    }
    return document
}
