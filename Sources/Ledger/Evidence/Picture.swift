/// Something to look at, such as what is seen in a trained network: data, which each report draws in its own way.
public struct Picture: Sendable, Equatable, Codable {
    public enum Content: Sendable, Equatable, Codable {
        /// Values in order, from left to right.
        case curve(values: [Double])
        /// A bar for each value, on a scale that starts and ends there.
        case bars(items: [Bar], from: Double, to: Double)
        /// Points of a plane, seen from the origin.
        case points(items: [Point])
        /// Beside one another.
        case grids(items: [Grid])
        case table(columns: [String], rows: [[String]])
    }

    public struct Bar: Sendable, Equatable, Codable {
        public var label: String
        public var value: Double
        /// What is to be said beside it.
        public var note: String?

        public init(_ label: String, _ value: Double, note: String? = nil) {
            self.label = label
            self.value = value
            self.note = note
        }
    }

    public struct Grid: Sendable, Equatable, Codable {
        public var caption: String
        /// Each character is one cell.
        public var rows: [String]

        public init(_ caption: String, _ rows: [String]) {
            self.caption = caption
            self.rows = rows
        }
    }

    public struct Point: Sendable, Equatable, Codable {
        /// Its first character marks the place.
        public var label: String
        public var x: Double
        public var y: Double

        public init(_ label: String, x: Double, y: Double) {
            self.label = label
            self.x = x
            self.y = y
        }
    }

    public var title: String
    public var content: Content

    public init(_ title: String, _ content: Content) {
        self.title = title
        self.content = content
    }
}
