import KernelInterface
import Words

extension Picture: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.object("content") { write(content, to: &$0) }
        json.add("title", title)
    }

    private func write(_ content: Content, to json: inout JSONWriter) {
        switch content {
        case .curve(let values): json.object("curve") { $0.add("values", values) }
        case .bars(let bars, let lower, let upper):
            json.object("bars") { json in
                json.add("from", lower)
                json.add("items", bars)
                json.add("to", upper)
            }
        case .points(let points): json.object("points") { $0.add("items", points) }
        case .grids(let grids): json.object("grids") { $0.add("items", grids) }
        case .table(let columns, let rows):
            json.object("table") { json in
                json.add("columns", columns)
                json.add("rows", rows)
            }
        }
    }
}

extension Picture.Bar: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("label", label)
        json.add("note", ifPresent: note)
        json.add("value", value)
    }
}

extension Picture.Point: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("label", label)
        json.add("x", x)
        json.add("y", y)
    }
}

extension Picture.Grid: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("caption", caption)
        json.add("rows", rows)
    }
}
