import Records

/// The maximum number of cells in a grid. The cells of larger grids are not counted.
private let gridLimit = 100_000

/// The cells about which a leaf asks, without those that cannot exist.
extension Merge {
    /// Returns the conditions that a leaf covers, with the covered values. Returns nil if the leaf names none or there are
    /// too many cells.
    private func grid(of question: Question) -> [Scope.Side]? {
        guard !question.covers.sides.isEmpty else { return nil }
        var grid = Scope(question.covers, vocabulary: state.vocabulary).sides
        for index in grid.indices { grid[index].values.removeAll { $0 == Condition.notApplicable } }
        let total = grid.reduce(1) { min($0 * $1.values.count, gridLimit + 1) }
        return grid.isEmpty || total == 0 || total > gridLimit ? nil : grid
    }

    /// Returns the numbers of tested cells and of all cells in the leaf's grid. Both are 0 if the leaf has no grid or
    /// the grid is too large.
    func cells(of question: Question, _ members: [LeafMember]) -> (tested: Int, total: Int) {
        guard let grid = grid(of: question) else { return (0, 0) }
        var total = grid.reduce(1) { $0 * $1.values.count }
        if state.mayExcludeCells(of: grid.map(\.condition)) {
            total = 0
            forEachPossibleCell(of: grid) { _ in
                total += 1
                return true
            }
        }
        return (testedCells(grid, members).count, total)
    }

    /// Returns the first untested cells of a leaf's grid, in the order of its values.
    package func untestedCells(of question: Question, limit: Int) -> [[String: String]] {
        guard let grid = grid(of: question) else { return [] }
        let tested = testedCells(grid, membersByLeaf[question.id, default: []])
        var untested: [[String: String]] = []
        forEachPossibleCell(of: grid) { cell in
            if !tested.contains(cell) {
                untested.append(Dictionary(uniqueKeysWithValues: zip(grid.map(\.condition), cell)))
            }
            return untested.count < limit
        }
        return untested
    }

    /// Calls `body` with each cell that can exist until it returns false. A cell has one value for each side of the grid.
    private func forEachPossibleCell(of grid: [Scope.Side], _ body: ([String]) -> Bool) {
        let mayExclude = state.mayExcludeCells(of: grid.map(\.condition))
        func extend(_ cell: [String]) -> Bool {
            guard cell.count < grid.count else {
                let isExcluded =
                    mayExclude
                    && state.isExcluded(Dictionary(uniqueKeysWithValues: zip(grid.map(\.condition), cell)))
                return isExcluded || body(cell)
            }
            return grid[cell.count].values.allSatisfy { extend(cell + [$0]) }
        }
        _ = extend([])
    }

    /// Returns the cells of a grid at which some claim was tested. Claims that a bridge carries to the leaf do not count.
    private func testedCells(_ grid: [Scope.Side], _ members: [LeafMember]) -> Set<[String]> {
        var tested: Set<[String]> = []
        for leafMember in members where leafMember.bridge == nil {
            var cells: [[String]] = [[]]
            for side in grid {
                var values: [String] = []
                if case .values(let named)? = leafMember.member.claim.tested[side.condition] {
                    values = named.filter(side.values.contains)
                }
                cells = cells.flatMap { cell in values.map { cell + [$0] } }
            }
            tested.formUnion(cells)
        }
        return tested
    }
}
