import Words

// The JSON of a UIMA CAS, version 0.4, which INCEpTION exports. Offsets count UTF-16 units.

func readUIMA(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) -> [ForeignDocument] {
    let file = try json(bytes)
    guard let structures = file["%FEATURE_STRUCTURES"]?.list else {
        throw ImportMistake(
            "the file has no list \"%FEATURE_STRUCTURES\"", remedy: "export it as UIMA CAS JSON (JSON 0.4)")
    }
    var places: [String: Int] = [:]
    var documents: [ForeignDocument] = []
    for structure in structures where structure["%TYPE"]?.text == "uima.cas.Sofa" {
        guard let id = structure["%ID"]?.identifier, let text = structure["sofaString"]?.text else { continue }
        places[id] = documents.count
        documents.append(ForeignDocument(texts: [text], units: [.utf16]))
    }
    for structure in structures {
        guard let sofa = structure["@sofa"]?.identifier, let place = places[sofa] else { continue }
        add(structure, to: &documents[place])
    }
    return documents
}

private func add(_ structure: ForeignJSON, to document: inout ForeignDocument) {
    let type = structure["%TYPE"]?.text ?? ""
    guard !isStructural(type) else {
        document.omitted["structural annotation", default: 0] += 1
        return
    }
    let id = structure["%ID"]?.identifier
    let features = (structure.members ?? [:]).filter {
        !"%@^".unicodeScalars.contains($0.key.unicodeScalars.first ?? "%")
    }
    let texts = features.compactMapValues(\.text)
    let name =
        ["label", "value", "Label", "Value"].lazy.compactMap { texts[$0] }.first
        ?? texts.min { $0.key < $1.key }?.value
        ?? String(type.unicodeScalars.split(separator: ".").last.map(String.init) ?? type)
    // A relation goes from the governor to the dependent, which depends on it.
    if let from = structure["@Dependent"]?.identifier, let to = structure["@Governor"]?.identifier {
        document.links.append(ForeignLink(from: from, to: to, name: name))
        return
    }
    guard let range = structure.range("begin", "end") ?? structure.range("^begin", "^end") else {
        document.refused.append(RefusedLabel(name, quote: "", "its offsets are not readable"))
        return
    }
    let numbers = features.compactMapValues(\.number).filter { !["begin", "end"].contains($0.key) }
    let value = numbers["value"] ?? (numbers.count == 1 ? numbers.first?.value : nil)
    document.labels.append(ForeignLabel(.ranges([range]), name, value: value, id: id))
}

/// Returns whether annotations of a type describe the document and not what an annotator thought of it.
private func isStructural(_ type: String) -> Bool {
    type.startsWithBytes("uima.") || type.startsWithBytes("de.tudarmstadt.ukp.dkpro.core.api.segmentation.")
        || type.startsWithBytes("de.tudarmstadt.ukp.dkpro.core.api.metadata.")
        || type.startsWithBytes("de.tudarmstadt.ukp.clarin.webanno.api.type.")
}
