import Words

extension RepeatReport: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.add("failures", failures)
            json.add("left", left)
            json.add("receipts", receipts)
            json.add("repeats") { $0.longList(repeats) { $0.write(to: &$1) } }
        }
    }
}

extension RepeatReport.Line: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.add("cell", cell)
            json.add("claim", claim)
            json.add("control", control)
            json.add("index", index)
            json.add("recorded", ifPresent: recorded)
            json.add("recorded_core", recordedCore)
            json.add("recorded_hit", recordedHit)
            json.add("repeated", ifPresent: repeated)
            json.add("repeated_core", repeatedCore)
            json.add("repeated_hit", repeatedHit)
        }
    }
}
