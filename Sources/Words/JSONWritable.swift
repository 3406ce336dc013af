extension String: JSONWritable {
    package func write(to json: inout JSONWriter) { json.text(self) }
}

extension Int: JSONWritable {
    package func write(to json: inout JSONWriter) { json.number(description) }
}

extension Bool: JSONWritable {
    package func write(to json: inout JSONWriter) { json.number(description) }
}

extension Double: JSONWritable {
    /// Writes the shortest text that reads back as the same number. Writes null for a number that is not finite,
    /// because JSON cannot express it.
    package func write(to json: inout JSONWriter) {
        guard isFinite else { return json.null() }
        let text = description
        json.number(text.withoutEnding(".0") ?? text)
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    package func write(to json: inout JSONWriter) {
        if count < 256 { json.list(self) { $0.write(to: &$1) } } else { json.longList(self) { $0.write(to: &$1) } }
    }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            for (key, value) in sorted(by: { $0.key < $1.key }) { json.add(key, value) }
        }
    }
}

extension JSONWritable where Self: RawRepresentable<String> {
    package func write(to json: inout JSONWriter) { json.text(rawValue) }
}
