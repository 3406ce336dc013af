import KernelInterface
import Testing

@testable import vector_kernels

let tinyOthello = TinyKernel(
    kernel: Othello(),
    config: [
        "layers": "2", "heads": "2", "width": "16", "hidden_width": "32", "steps": "60", "batch": "16", "games": "500",
        "probe_games": "60", "moves": "8",
    ],
    settings: [
        "legality": [[:], ["network": "untrained"]],
        "board-probe": [
            ["encoding": "colour", "probe": "softmax", "layer": "2"],
            ["encoding": "mine-yours", "probe": "ridge", "layer": "0"],
            ["encoding": "mine-yours", "probe": "mlp256", "layer": "1"],
        ],
        "encoding-gain": [["probe": "ridge", "layer": "2"]],
        "nonlinear-gain": [["encoding": "colour", "layer": "1"]],
        "training-gain": [["encoding": "mine-yours", "probe": "ridge", "layer": "2"]],
        "board-edit": [["direction": "probe"], ["direction": "random"], ["direction": "opposite"], ["method": "none"]],
    ])

/// A naive Othello board. It stores the owner of each square in a grid and follows lines square by square.
private struct NaiveBoard {
    /// An empty square is 0, a black disc 1 and a white disc 2.
    var grid = [[Int]](repeating: [Int](repeating: 0, count: 6), count: 6)
    var mover = 1

    init() {
        (grid[2][2], grid[3][3], grid[2][3], grid[3][2]) = (2, 2, 1, 1)
    }

    func turned(_ row: Int, _ column: Int) -> [(Int, Int)] {
        guard grid[row][column] == 0 else { return [] }
        var turned: [(Int, Int)] = []
        for dy in -1...1 {
            for dx in -1...1 where (dy, dx) != (0, 0) {
                var line: [(Int, Int)] = []
                var (y, x) = (row + dy, column + dx)
                while (0..<6).contains(y), (0..<6).contains(x), grid[y][x] == 3 - mover {
                    line.append((y, x))
                    (y, x) = (y + dy, x + dx)
                }
                if (0..<6).contains(y), (0..<6).contains(x), grid[y][x] == mover { turned += line }
            }
        }
        return turned
    }

    mutating func move(_ row: Int, _ column: Int) {
        for (y, x) in turned(row, column) { grid[y][x] = mover }
        grid[row][column] = mover
        mover = 3 - mover
    }
}

@Suite struct OthelloTests {
    @Test func gamesFollowTheRules() {
        var draws = Draws(seed: 1, name: "games")
        for _ in 0..<200 {
            let game = OthelloGame(length: 32, draws: &draws)
            var naive = NaiveBoard()
            for (index, board) in game.boards.enumerated() {
                let legal = OthelloBoard.places.filter { !naive.turned($0 / 8, $0 % 8).isEmpty }
                #expect(OthelloBoard.places.filter { board.legalMoves >> $0 & 1 != 0 } == legal)
                let colours = OthelloBoard.places.map { Int32(naive.grid[$0 / 8][$0 % 8]) }
                #expect(board.labels(byColour: true) == colours)
                let mine = colours.map { $0 == 0 ? 0 : Int($0) == naive.mover ? Int32(1) : 2 }
                #expect(board.labels(byColour: false) == mine)
                if index + 1 < game.tokens.count {
                    let place = OthelloBoard.moves[Int(game.tokens[index + 1]) - 1]
                    #expect(legal.contains(place))
                    naive.move(place / 8, place % 8)
                } else if index < 32 {
                    #expect(legal.isEmpty, "a game ends early only where a player must pass")
                }
            }
        }
    }

    @Test func movesAreUniform() {
        var draws = Draws(seed: 2, name: "games")
        var counts: [UInt8: Int] = [:]
        for _ in 0..<8000 { counts[OthelloGame(length: 1, draws: &draws).tokens[1], default: 0] += 1 }
        #expect(counts.count == 4)
        for count in counts.values { #expect(abs(count - 2000) < 160) }
    }

    @Test func rejectsALayerThatTheModelLacks() {
        let job = tinyOthello.job("board-probe", ["encoding": "colour", "probe": "ridge", "layer": "3"])
        let mistake = #expect(throws: ConfigMistake.self) {
            try Othello().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.message == "the toy model has 2 layers, so there is no stream after layer 3")
    }
}
