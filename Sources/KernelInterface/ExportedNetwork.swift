/// A trained network for other programs.
package struct ExportedNetwork: Sendable {
    package struct Tensor: Sendable, Equatable {
        package var name: String
        package var shape: [Int]
        /// The elements, row-major.
        package var values: [Float]

        package init(_ name: String, _ shape: [Int], _ values: [Float]) {
            precondition(shape.reduce(1, *) == values.count, "\(name) has elements for its shape")
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    package enum Property: Sendable, Equatable, Encodable {
        case integer(Int)
        case number(Double)
        case word(String)
        case null

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .word(let value): try container.encode(value)
            case .null: try container.encodeNil()
            }
        }
    }

    /// An input with the output that the kernel computes for it.
    package struct Example: Sendable, Equatable, Encodable {
        package var input: [Double]
        /// The outputs: one row for each token or, if there are several networks, for each network.
        package var output: [[Float]]

        package init(input: [Double], output: [[Float]]) {
            self.input = input
            self.output = output
        }
    }

    package var tensors: [Tensor]
    /// The sizes and functions that a program needs to compute the network.
    package var properties: [String: Property]
    package var example: Example
    /// A Python program that loads the network in PyTorch and compares its output with the example.
    package var loader: String

    package init(tensors: [Tensor], properties: [String: Property], example: Example, loader: String) {
        self.tensors = tensors
        self.properties = properties
        self.example = example
        self.loader = loader
    }
}
