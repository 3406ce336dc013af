/// A position. Sets of discs are bit sets: square (row, column) is bit 8 · row + column.
struct OthelloBoard: Equatable {
    /// Discs of the player to move, and of the opponent.
    var mine: UInt64
    var yours: UInt64
    /// Whether it is black's turn; black starts.
    var blackMoves = true
}

/// Othello on a board of six by six or eight by eight squares.
struct OthelloRules {
    /// The number of rows and of columns.
    let size: Int
    /// Squares in reading order, as bit numbers.
    let places: [Int]
    /// The squares of moves in reading order: move token t is `moves[t - 1]`. The four centre squares are occupied from
    /// the start.
    let moves: [Int]
    let start: OthelloBoard
    /// The token of each square, by bit number.
    let tokens: [UInt8]
    private let squares: UInt64

    static let sizes = ["6", "8"]
    static let firstToken: UInt8 = 0

    init(size: Int) {
        self.size = size
        places = (0..<(size * size)).map { 8 * ($0 / size) + $0 % size }
        squares = places.reduce(0) { $0 | 1 << UInt64($1) }
        let (low, high) = (size / 2 - 1, size / 2)
        func bit(_ row: Int, _ column: Int) -> UInt64 { 1 << UInt64(8 * row + column) }
        let start = OthelloBoard(mine: bit(low, high) | bit(high, low), yours: bit(low, low) | bit(high, high))
        let moves = places.filter { (start.mine | start.yours) >> UInt64($0) & 1 == 0 }
        tokens = (0..<64).map { place in moves.firstIndex(of: place).map { UInt8(1 + $0) } ?? Self.firstToken }
        (self.start, self.moves) = (start, moves)
    }

    var vocabulary: Int { 1 + moves.count }

    /// The distances to the eight neighbours, in bits, and the columns that a shift by this distance cannot reach.
    private static let directions: [(distance: Int, unreachable: UInt64)] = [
        (1, firstColumn), (9, firstColumn), (-7, firstColumn), (-1, lastColumn), (-9, lastColumn), (7, lastColumn),
        (8, 0), (-8, 0),
    ]
    private static let firstColumn: UInt64 = 0x0101_0101_0101_0101
    private static let lastColumn = firstColumn << 7

    @inline(__always)
    private static func shift(_ set: UInt64, _ distance: Int) -> UInt64 {
        distance > 0 ? set << UInt64(distance) : set >> UInt64(-distance)
    }

    /// Returns the unbroken lines of `others` next to `discs` in a direction.
    @inline(__always)
    private func line(_ discs: UInt64, _ others: UInt64, _ distance: Int, _ reachable: UInt64) -> UInt64 {
        let others = others & reachable
        var line = Self.shift(discs, distance) & others
        // At most size - 2 discs fit between two ends.
        for _ in 0..<(size - 3) { line |= Self.shift(line, distance) & others }
        return line
    }

    /// Returns the squares where the player to move flips at least one disc.
    func legalMoves(_ board: OthelloBoard) -> UInt64 {
        let empty = squares & ~(board.mine | board.yours)
        var legal: UInt64 = 0
        for (distance, unreachable) in Self.directions {
            let line = line(board.mine, board.yours, distance, ~unreachable)
            legal |= Self.shift(line, distance) & empty & ~unreachable
        }
        return legal
    }

    /// Plays a legal move and passes the turn to the other player.
    func move(_ board: inout OthelloBoard, to place: Int) {
        let disc: UInt64 = 1 << UInt64(place)
        var turned: UInt64 = 0
        for (distance, unreachable) in Self.directions {
            let line = line(disc, board.yours, distance, ~unreachable)
            if Self.shift(line, distance) & board.mine & ~unreachable != 0 { turned |= line }
        }
        (board.mine, board.yours) = (board.yours & ~turned, board.mine | turned | disc)
        board.blackMoves.toggle()
    }

    /// Returns the label of each square in reading order: 0 for empty, 1 for the player to move (or black), 2 for the
    /// opponent (or white).
    func labels(_ board: OthelloBoard, byColour: Bool) -> [Int32] {
        let (first, second) = byColour && !board.blackMoves ? (board.yours, board.mine) : (board.mine, board.yours)
        return places.map { first >> UInt64($0) & 1 != 0 ? 1 : second >> UInt64($0) & 1 != 0 ? 2 : 0 }
    }

    /// Returns the square of a move token as a bit set; the first token has none.
    func square(ofToken token: Int) -> UInt64 { token == 0 ? 0 : 1 << UInt64(moves[token - 1]) }
}

/// A game of uniformly random legal moves.
struct OthelloGame {
    /// The first token, then one token for each move.
    var tokens: [UInt8] = [OthelloRules.firstToken]
    /// The boards before each move and after the last one: `boards[i]` is the board after token i.
    var boards: [OthelloBoard]

    /// Plays `length` moves. The game is shorter if a player must pass.
    init(_ rules: OthelloRules, length: Int, draws: inout Draws) {
        var board = rules.start
        boards = [board]
        for _ in 0..<length {
            let legal = rules.legalMoves(board)
            guard legal != 0 else { break }
            let choice = draws.integer(below: legal.nonzeroBitCount)
            var rest = legal
            for _ in 0..<choice { rest &= rest - 1 }
            let place = rest.trailingZeroBitCount
            rules.move(&board, to: place)
            tokens.append(rules.tokens[place])
            boards.append(board)
        }
    }
}
