/// Othello on six by six squares. Sets of discs are bit sets: square (row, column) is bit 8 · row + column.
struct OthelloBoard: Equatable {
    /// Discs of the player to move, and of the opponent.
    var mine: UInt64
    var yours: UInt64
    /// Whether it is black's turn; black starts.
    var blackMoves = true

    static let size = 6
    static let squares: UInt64 = 0x0000_3f3f_3f3f_3f3f
    /// Squares in reading order, as bit numbers.
    static let places = (0..<36).map { 8 * ($0 / 6) + $0 % 6 }
    /// The four centre squares, which are occupied from the start.
    private static let centre: UInt64 = bit(2, 2) | bit(2, 3) | bit(3, 2) | bit(3, 3)
    /// The squares of moves in reading order: move token t is `moves[t - 1]`.
    static let moves = places.filter { centre & (1 << $0) == 0 }
    static let firstToken: UInt8 = 0
    static let vocabulary = 1 + moves.count
    /// The token of each square, by bit number.
    static let tokens: [UInt8] = (0..<64).map { place in moves.firstIndex(of: place).map { UInt8(1 + $0) } ?? firstToken
    }

    private static func bit(_ row: Int, _ column: Int) -> UInt64 { 1 << (8 * row + column) }

    static let start = OthelloBoard(mine: bit(2, 3) | bit(3, 2), yours: bit(2, 2) | bit(3, 3))

    /// The distances to the eight neighbours, in bits.
    private static let directions = [1, -1, 8, -8, 9, -9, 7, -7]

    @inline(__always)
    private static func shift(_ set: UInt64, _ direction: Int) -> UInt64 {
        (direction > 0 ? set << UInt64(direction) : set >> UInt64(-direction)) & squares
    }

    /// Squares where the player to move flips at least one disc.
    var legalMoves: UInt64 {
        let empty = Self.squares & ~(mine | yours)
        var legal: UInt64 = 0
        for direction in Self.directions {
            var line = Self.shift(mine, direction) & yours
            // A line of six squares has at most four discs between its ends.
            for _ in 0..<3 { line |= Self.shift(line, direction) & yours }
            legal |= Self.shift(line, direction) & empty
        }
        return legal
    }

    /// Plays a legal move and passes the turn to the other player.
    mutating func move(to place: Int) {
        let disc: UInt64 = 1 << place
        var turned: UInt64 = 0
        for direction in Self.directions {
            var line = Self.shift(disc, direction) & yours
            for _ in 0..<3 { line |= Self.shift(line, direction) & yours }
            if Self.shift(line, direction) & mine != 0 { turned |= line }
        }
        (mine, yours) = (yours & ~turned, mine | turned | disc)
        blackMoves.toggle()
    }

    /// Returns the label of each square in reading order: 0 for empty, 1 for the player to move (or black), 2 for the
    /// opponent (or white).
    func labels(byColour: Bool) -> [Int32] {
        let (first, second) = byColour && !blackMoves ? (yours, mine) : (mine, yours)
        return Self.places.map { first >> $0 & 1 != 0 ? 1 : second >> $0 & 1 != 0 ? 2 : 0 }
    }
}

/// A game of uniformly random legal moves.
struct OthelloGame {
    /// The first token, then one token for each move.
    var tokens: [UInt8] = [OthelloBoard.firstToken]
    /// The boards before each move and after the last one: `boards[i]` is the board after token i.
    var boards = [OthelloBoard.start]

    /// Plays `length` moves. The game is shorter if a player must pass.
    init(length: Int, draws: inout Draws) {
        var board = OthelloBoard.start
        for _ in 0..<length {
            let legal = board.legalMoves
            guard legal != 0 else { break }
            let choice = draws.integer(below: legal.nonzeroBitCount)
            var rest = legal
            for _ in 0..<choice { rest &= rest - 1 }
            let place = rest.trailingZeroBitCount
            board.move(to: place)
            tokens.append(OthelloBoard.tokens[place])
            boards.append(board)
        }
    }
}
