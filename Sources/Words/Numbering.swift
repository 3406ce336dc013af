/// Gives each name a number, in the order in which the names were added.
package struct Numbering: Sendable {
    package private(set) var names: [String] = []
    /// The number of each name. The dictionary is empty while there are so few names that a linear search is faster.
    private var numbers: [String: Int] = [:]
    private static let few = 12

    package init(_ names: [String] = []) {
        for name in names { add(name) }
    }

    package var count: Int { names.count }

    package func number(of name: String) -> Int? {
        names.count > Self.few ? numbers[name] : names.firstIndex(of: name)
    }

    @discardableResult package mutating func add(_ name: String) -> Int {
        if let number = number(of: name) { return number }
        names.append(name)
        if names.count == Self.few + 1 {
            numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        } else if names.count > Self.few {
            numbers[name] = names.count - 1
        }
        return names.count - 1
    }
}
