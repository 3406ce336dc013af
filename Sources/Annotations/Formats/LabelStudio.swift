import Words

// Label Studio's exports "JSON" and "JSON-MIN". Offsets count code points, and in old versions UTF-16 units
// (HumanSignal/label-studio#1347, HumanSignal/label-studio-frontend#308). The quotes decide.

let labelStudioKeys = ["annotations", "completions", "annotation_id"]

func readLabelStudio(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) -> [ForeignDocument] {
    let file = try json(bytes)
    guard let tasks = file.list ?? file.members.map({ _ in [file] }) else {
        throw ImportMistake("the file has no tasks", remedy: "export the project as JSON or JSON-MIN")
    }
    return tasks.flatMap(documents)
}

private func documents(_ task: ForeignJSON) -> [ForeignDocument] {
    guard let annotations = task["annotations"]?.list ?? task["completions"]?.list else { return [smallDocument(task)] }
    return annotations.filter { !isCancelled($0) }.map { annotation in
        var document = ForeignDocument(texts: texts(of: task["data"] ?? .null), units: [.codePoints, .utf16])
        document.annotator = annotator(annotation["completed_by"])
        document.minutes = minutes(annotation)
        for region in annotation["result"]?.list ?? [] {
            if region["type"]?.text == "relation" {
                addLink(region, to: &document)
            } else if let value = region["value"] {
                add(value, id: region["id"]?.identifier, to: &document)
            } else {
                document.omitted["unlabelled region", default: 0] += 1
            }
        }
        return document
    }
}

/// Reads a task of JSON-MIN, in which each control tag has a member with its regions.
private func smallDocument(_ task: ForeignJSON) -> ForeignDocument {
    var document = ForeignDocument(texts: texts(of: task), units: [.codePoints, .utf16])
    document.annotator = annotator(task["annotator"])
    document.minutes = minutes(task)
    for (_, regions) in (task.members ?? [:]).sorted(by: { $0.key < $1.key }) {
        for region in regions.list ?? [] where region["start"] != nil || region["choices"] != nil {
            add(region, id: nil, to: &document)
        }
    }
    return document
}

private func isCancelled(_ annotation: ForeignJSON) -> Bool {
    if case .flag(true) = annotation["was_cancelled"] { true } else { false }
}

/// Returns the working time in minutes, to a hundredth. Label Studio counts seconds.
private func minutes(_ annotation: ForeignJSON) -> Double? {
    guard let seconds = annotation["lead_time"]?.number, (0...1e9).contains(seconds) else { return nil }
    return (seconds / 0.6).rounded() / 100
}

private func annotator(_ value: ForeignJSON?) -> String? {
    value?.identifier ?? value?["email"]?.text ?? value?["id"]?.identifier
}

/// Returns the texts of a task's data, those with the usual names first.
private func texts(of data: ForeignJSON) -> [String] {
    (data.members ?? [:]).sorted { a, b in
        let (isText, isOtherText) = (a.key == "text", b.key == "text")
        return isText != isOtherText ? isText : a.key < b.key
    }.compactMap(\.value.text)
}

private func add(_ value: ForeignJSON, id: String?, to document: inout ForeignDocument) {
    // Offsets in HTML are relative to elements; the offsets in the whole text are in a member of their own.
    let global = value["globalOffsets"]
    let range = global?.range("start", "end") ?? value.range("start", "end")
    let names =
        ["labels", "hypertextlabels", "choices", "taxonomy"].lazy.compactMap { value[$0]?.list }.first?
        .compactMap { $0.text ?? $0.list?.last?.text } ?? []
    let number = value["rating"]?.number ?? value["number"]?.number
    // A second result with the same id gives the value of the region.
    if names.isEmpty, let number, let id, !id.isEmpty {
        let places = document.labels.indices.filter { document.labels[$0].id == id }
        for place in places { document.labels[place].value = number }
        if places.isEmpty { document.refused.append(RefusedLabel("rating", quote: "", "it belongs to no label")) }
        return
    }
    guard !names.isEmpty else {
        document.omitted[value["text"]?.list != nil ? "note" : "unlabelled region", default: 0] += 1
        return
    }
    let isPart = value["start"] != nil || global != nil
    let quote = value["text"]?.text
    for name in names {
        if let range {
            document.labels.append(ForeignLabel(.ranges([range]), name, quote: quote, value: number, id: id))
        } else if isPart {
            document.refused.append(RefusedLabel(name, quote: quote ?? "", "its offsets are not readable"))
        } else {
            document.labels.append(ForeignLabel(.whole, name, value: number, id: id))
        }
    }
}

private func addLink(_ region: ForeignJSON, to document: inout ForeignDocument) {
    let name = region["labels"]?.list?.first?.text ?? ""
    guard let from = region["from_id"]?.identifier, let to = region["to_id"]?.identifier else {
        document.refused.append(RefusedLabel(name, quote: "", "the relation is not readable"))
        return
    }
    switch region["direction"]?.text ?? "right" {
    case "right": document.links.append(ForeignLink(from: from, to: to, name: name))
    case "left": document.links.append(ForeignLink(from: to, to: from, name: name))
    default: document.refused.append(RefusedLabel(name, quote: "", "the relation has no direction"))
    }
}
