import Words

extension ImportReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("covered_share", coveredShare)
        json.add("fitted", labels.fitted)
        json.add("format", format.rawValue)
        json.add("labels", labels.marks.count)
        json.add("largest_shift", labels.largestShift)
        json.add("links", labels.links.count)
        json.add("moved", labels.moved)
        json.add("omitted", labels.omitted)
        json.add("path", path)
        json.add("placed", labels.placed)
        json.add("refused", labels.refused.count)
        json.add("refused_labels", refused)
        json.add("replaced_files", replacedCount)
        json.add("shifted", labels.shifted)
        json.add("unchanged", isUnchanged)
        json.add("written", isWritten)
    }
}

extension ImportReport.RefusedGroup: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("count", quotes.count)
        json.add("name", name)
        json.add("quotes", quotes)
        json.add("reason", reason)
    }
}
