/// A picture, for example of a trained network, stored as data. Each report renders it in the report's own format.
package struct Picture: Sendable, Equatable, Codable {
    package enum Content: Sendable, Equatable, Codable {
        /// Values in order, from left to right.
        case curve(values: [Double])
        /// A bar for each value, on the scale from `from` to `to`.
        case bars(items: [Bar], from: Double, to: Double)
        /// Points in the plane, relative to the origin.
        case points(items: [Point])
        /// Grids side by side.
        case grids(items: [Grid])
        case table(columns: [String], rows: [[String]])
    }

    package struct Bar: Sendable, Equatable, Codable {
        package var label: String
        package var value: Double
        /// A note next to the bar.
        package var note: String?

        package init(_ label: String, _ value: Double, note: String? = nil) {
            self.label = label
            self.value = value
            self.note = note
        }
    }

    package struct Grid: Sendable, Equatable, Codable {
        package var caption: String
        /// The rows of the grid; each character is one cell.
        package var rows: [String]

        package init(_ caption: String, _ rows: [String]) {
            self.caption = caption
            self.rows = rows
        }
    }

    package struct Point: Sendable, Equatable, Codable {
        /// The label, whose first character is drawn at the point.
        package var label: String
        package var x: Double
        package var y: Double

        package init(_ label: String, x: Double, y: Double) {
            self.label = label
            self.x = x
            self.y = y
        }
    }

    package var title: String
    package var content: Content

    package init(_ title: String, _ content: Content) {
        self.title = title
        self.content = content
    }
}
