/// Something to look at, such as what is seen in a trained network: data, which each report draws in its own way.
package struct Picture: Sendable, Equatable, Codable {
    package enum Content: Sendable, Equatable, Codable {
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

    package struct Bar: Sendable, Equatable, Codable {
        package var label: String
        package var value: Double
        /// What is to be said beside it.
        package var note: String?

        package init(_ label: String, _ value: Double, note: String? = nil) {
            self.label = label
            self.value = value
            self.note = note
        }
    }

    package struct Grid: Sendable, Equatable, Codable {
        package var caption: String
        /// Each character is one cell.
        package var rows: [String]

        package init(_ caption: String, _ rows: [String]) {
            self.caption = caption
            self.rows = rows
        }
    }

    package struct Point: Sendable, Equatable, Codable {
        /// Its first character marks the place.
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
