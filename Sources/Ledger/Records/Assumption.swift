import YAML

/// A named statement taken on trust.
public struct Assumption: Sendable {
    /// Says that a toy result carries over to other models.
    public struct Bridge: Sendable {
        public var from: [Located<String>]
        public var to: [Located<String>]
    }

    public var slug: String
    public var statement: String
    public var bridge: Bridge?
    public var testedBy: Located<String>?
    public var excludes: [Located<String>]
}

extension Assumption {
    init?(slug: String, node: Node, log: FileLog) {
        let known = ["statement", "bridge", "tested_by", "excludes"]
        guard let fields = Fields(node, "an assumption", known: known, log: log) else { return nil }
        var bridge: Bridge?
        if let node = fields.node("bridge"), let ends = Fields(node, "a bridge", known: ["from", "to"], log: log) {
            bridge = Bridge(from: ends.requiredNames("from"), to: ends.requiredNames("to"))
        }
        guard let statement = fields.requiredText("statement") else { return nil }
        self.init(
            slug: slug, statement: statement, bridge: bridge, testedBy: fields.name("tested_by"),
            excludes: fields.names("excludes"))
    }
}
