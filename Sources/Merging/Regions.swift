import Records

/// A party to the conflicts on one quantity: a claim or, at a cell where runs refuted a claim, the complement of its
/// range.
struct Party: Sendable {
    var member: Member
    var isComplement: Bool
    /// The cells for which the party speaks, and those at which it was tested.
    var scope: Scope
    var tested: Scope
    /// The rank at the tested cells. The rank at all other cells is 0.
    var rank: Int
}

/// Cells at which the same parties contradict each other with the same ranks.
struct Region: Sendable {
    /// The parties that contradict another party there.
    var parties: BitSet
    /// The parties whose rank there is that of their tested cells. Parties of rank 0 are missing.
    var ranked: BitSet
    /// The cells, as boxes.
    var boxes: [Scope]
}

/// The cells that parties cover, split by the parties that contradict each other there.
struct RegionMap: Sendable {
    private(set) var regions: [Region] = []
    /// For each party, boxes of the cells at which nothing contradicts it.
    private(set) var uncontested: [[Scope]]

    /// The maximum number of boxes into which the cells are split.
    private static let boxLimit = 16_384

    private let parties: [Party]
    private let opponents: [BitSet]
    private let joint: JointConflicts?
    private let axes: [Axis]
    private var numbers: [Region.Key: Int] = [:]
    private var boxCount = 0

    /// Returns nil if there are more boxes than the limit. `opponents` contains the parties whose values and assumptions
    /// contradict those of each party, and `joint` tells which parties contradict each other only together.
    init?(_ parties: [Party], opponents: [BitSet], _ joint: JointConflicts?, _ vocabulary: Vocabulary) {
        self.parties = parties
        self.opponents = opponents
        self.joint = joint
        uncontested = Array(repeating: [], count: parties.count)
        let ranked = BitSet(parties.indices.filter { parties[$0].rank > 0 }, capacity: parties.count)
        axes = Axis.all(parties, vocabulary)
        let everyone = BitSet(filledTo: parties.count)
        guard split(everyone, tested: ranked, [], from: 0) else { return nil }
    }

    /// Splits a box further. `present` contains the parties that cover its cells, and `tested` those that were tested
    /// there. `sides` are the conditions that restrict the box. Returns false if there are too many boxes.
    private mutating func split(_ present: BitSet, tested: BitSet, _ sides: [Scope.Side], from first: Int) -> Bool {
        boxCount += 1
        guard boxCount <= Self.boxLimit else { return false }
        var contested = BitSet(
            present.filter { !opponents[$0].isDisjoint(with: present) }, capacity: parties.count)
        if let joint { contested.formUnion(joint.contradicted(present, by: present)) }
        for party in present.subtracting(contested) {
            uncontested[party].append(parties[party].scope.restricted(to: sides))
        }
        guard !contested.isEmpty else { return true }
        guard let axis = axes.indices.dropFirst(first).first(where: { axes[$0].splits(contested) }) else {
            add(contested, tested.intersection(contested), Scope(sides: sides))
            return true
        }
        for block in axes[axis].blocks(of: contested, tested) {
            let side = Scope.Side(condition: axes[axis].condition, values: block.values)
            guard split(block.present, tested: block.tested, sides + [side], from: axis + 1) else { return false }
        }
        return true
    }

    private mutating func add(_ contested: BitSet, _ ranked: BitSet, _ box: Scope) {
        let key = Region.Key(parties: contested, ranked: ranked)
        if let number = numbers[key] {
            regions[number].boxes.append(box)
        } else {
            numbers[key] = regions.count
            regions.append(Region(parties: contested, ranked: ranked, boxes: [box]))
        }
    }
}

extension Region {
    fileprivate struct Key: Hashable {
        var parties: BitSet
        var ranked: BitSet
    }
}

/// One condition, with the parties at each of its values.
private struct Axis: Sendable {
    struct Block {
        var values: [String]
        var present: BitSet
        var tested: BitSet
    }

    var condition: String
    /// The named values, sorted, each with the parties that cover it and those that were tested at it.
    private var values: [(value: String, covering: BitSet, tested: BitSet)]
    /// The values that no party names, and the parties at these values: those that do not restrict the condition.
    private var otherValues: [String]
    private var coveringOthers: BitSet
    private var testedAtOthers: BitSet
    /// The parties that restrict the condition.
    private var restricting: BitSet

    static func all(_ parties: [Party], _ vocabulary: Vocabulary) -> [Axis] {
        let names = Set(parties.flatMap { ($0.scope.sides + $0.tested.sides).map(\.condition) })
        return names.sorted().map { Axis($0, parties, vocabulary) }
    }

    private init(_ condition: String, _ parties: [Party], _ vocabulary: Vocabulary) {
        self.condition = condition
        let count = parties.count
        let scopes = parties.map { $0.scope.values(of: condition) }
        let tested = parties.map { $0.tested.values(of: condition) }
        func unrestricted(_ selections: [[String]?]) -> BitSet {
            BitSet(selections.indices.filter { selections[$0] == nil }, capacity: count)
        }
        coveringOthers = unrestricted(scopes)
        testedAtOthers = unrestricted(tested)
        restricting = BitSet(filledTo: count).subtracting(coveringOthers.intersection(testedAtOthers))
        var covering: [String: BitSet] = [:]
        var testing: [String: BitSet] = [:]
        for (party, values) in scopes.enumerated() {
            for value in values ?? [] { covering[value, default: coveringOthers].insert(party) }
        }
        for (party, values) in tested.enumerated() {
            for value in values ?? [] { testing[value, default: testedAtOthers].insert(party) }
        }
        let named = Set(covering.keys).union(testing.keys)
        let (anywhere, testedAnywhere) = (coveringOthers, testedAtOthers)
        values = named.sorted().map { ($0, covering[$0] ?? anywhere, testing[$0] ?? testedAnywhere) }
        otherValues = vocabulary.values(of: condition).filter { !named.contains($0) }
    }

    /// Returns whether some of the parties restrict the condition.
    func splits(_ present: BitSet) -> Bool { !restricting.isDisjoint(with: present) }

    /// Groups the values at which the same parties are present and tested.
    func blocks(of present: BitSet, _ tested: BitSet) -> [Block] {
        var blocks: [Block] = []
        func add(_ values: [String], _ covering: BitSet, _ testedThere: BitSet) {
            let (here, testedHere) = (present.intersection(covering), tested.intersection(testedThere))
            guard !here.isEmpty, !values.isEmpty else { return }
            let ranked = testedHere.intersection(here)
            if let same = blocks.firstIndex(where: { $0.present == here && $0.tested == ranked }) {
                blocks[same].values += values
            } else {
                blocks.append(Block(values: values, present: here, tested: ranked))
            }
        }
        for (value, covering, testedThere) in values { add([value], covering, testedThere) }
        add(otherValues, coveringOthers, testedAtOthers)
        for block in blocks.indices { blocks[block].values.sort() }
        return blocks
    }
}

extension Scope {
    /// Returns the scope with some of its conditions restricted further. `sides` are sorted by condition, and their
    /// values are in the scope.
    func restricted(to sides: [Side]) -> Scope {
        guard !sides.isEmpty else { return self }
        var restricted = self
        for side in sides {
            if let index = restricted.sides.firstIndex(where: { $0.condition >= side.condition }) {
                if restricted.sides[index].condition == side.condition {
                    // An average covers all of its values together, not each of them.
                    if !restricted.sides[index].isAverage { restricted.sides[index] = side }
                } else {
                    restricted.sides.insert(side, at: index)
                }
            } else {
                restricted.sides.append(side)
            }
        }
        return restricted
    }
}
