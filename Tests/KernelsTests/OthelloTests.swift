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
        "board-edit": [
            ["direction": "probe"], ["edited": "last"], ["edited": "all"], ["direction": "random"],
            ["direction": "opposite"], ["method": "none"],
        ],
    ])

/// A naive Othello board. It stores the owner of each square in a grid and follows lines square by square.
private struct NaiveBoard {
    let size: Int
    /// An empty square is 0, a black disc 1 and a white disc 2.
    var grid: [[Int]]
    var mover = 1

    init(size: Int) {
        self.size = size
        grid = [[Int]](repeating: [Int](repeating: 0, count: size), count: size)
        let (low, high) = (size / 2 - 1, size / 2)
        (grid[low][low], grid[high][high], grid[low][high], grid[high][low]) = (2, 2, 1, 1)
    }

    func turned(_ row: Int, _ column: Int) -> [(Int, Int)] {
        guard grid[row][column] == 0 else { return [] }
        var turned: [(Int, Int)] = []
        for dy in -1...1 {
            for dx in -1...1 where (dy, dx) != (0, 0) {
                var line: [(Int, Int)] = []
                var (y, x) = (row + dy, column + dx)
                while (0..<size).contains(y), (0..<size).contains(x), grid[y][x] == 3 - mover {
                    line.append((y, x))
                    (y, x) = (y + dy, x + dx)
                }
                if (0..<size).contains(y), (0..<size).contains(x), grid[y][x] == mover { turned += line }
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
    @Test(arguments: [6, 8]) func gamesFollowTheRules(size: Int) {
        var draws = Draws(seed: 1, name: "games")
        let rules = OthelloRules(size: size)
        #expect(rules.vocabulary == size * size - 3)
        for _ in 0..<200 {
            let game = OthelloGame(rules, length: rules.moves.count, draws: &draws)
            var naive = NaiveBoard(size: size)
            for (index, board) in game.boards.enumerated() {
                let legal = rules.places.filter { !naive.turned($0 / 8, $0 % 8).isEmpty }
                #expect(rules.places.filter { rules.legalMoves(board) >> $0 & 1 != 0 } == legal)
                let colours = rules.places.map { Int32(naive.grid[$0 / 8][$0 % 8]) }
                #expect(rules.labels(board, byColour: true) == colours)
                let mine = colours.map { $0 == 0 ? 0 : Int($0) == naive.mover ? Int32(1) : 2 }
                #expect(rules.labels(board, byColour: false) == mine)
                if index + 1 < game.tokens.count {
                    let place = rules.moves[Int(game.tokens[index + 1]) - 1]
                    #expect(legal.contains(place))
                    naive.move(place / 8, place % 8)
                } else if index < rules.moves.count {
                    #expect(legal.isEmpty, "a game ends early only where a player must pass")
                }
            }
        }
    }

    @Test func movesAreUniform() {
        var draws = Draws(seed: 2, name: "games")
        var counts: [UInt8: Int] = [:]
        for _ in 0..<8000 {
            counts[OthelloGame(OthelloRules(size: 6), length: 1, draws: &draws).tokens[1], default: 0] += 1
        }
        #expect(counts.count == 4)
        for count in counts.values { #expect(abs(count - 2000) < 160) }
    }

    /// This network always predicts the same first move, which is legal before the first move and illegal after it.
    @Test func legalityLeavesOutTheFirstMove() throws {
        let job = tinyOthello.job("legality", ["network": "untrained"], ["moves": "2"])
        let config = try OthelloConfig(job)
        var model = Transformer(zeros: config.shape)
        let token = Int(config.rules.tokens[config.rules.legalMoves(config.rules.start).trailingZeroBitCount])
        for group in model.layout.finalShift.range { model.parameters[group] = Lanes(repeating: 1) }
        for row in 0..<config.shape.width {
            model.parameters[model.layout.head.offset + (row * model.layout.head.columns + token) / 8][token % 8] = 1
        }
        let checkpoint = TrainedTransformer(untrained: model).checkpoint(kernel: "othello")
        let values = try Othello().measure(job, of: checkpoint)
        #expect(values["illegal-move-rate"] == 100)
    }

    @Test func aBoardOfEightRowsTrains() throws {
        let changes = ["board": "8", "moves": "60", "steps": "5", "games": "20", "probe_games": "100"]
        let settings = ["encoding": "mine-yours", "probe": "ridge", "layer": "1"]
        let job = tinyOthello.job("board-probe", settings, changes)
        let values = try Othello().measure(job, of: try Othello().train(job) { _ in })
        let (accuracy, prior) = (values["occupied-square-accuracy"], values["occupied-square-prior-accuracy"])
        #expect(try #require(accuracy) > (try #require(prior)) + 0.03)
    }

    @Test func rejectsMoreMovesThanTheBoardHasSquares() {
        let job = tinyOthello.job("legality", [:], ["moves": "33"])
        let mistake = #expect(throws: ConfigMistake.self) {
            try Othello().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.message == "a board with 6 rows has no place for 33 moves")
    }

    @Test func rejectsAnEditBeforeTheOnlyBlock() throws {
        let job = tinyOthello.job("board-edit", [:], ["layers": "1"])
        let mistake = #expect(throws: ConfigMistake.self) {
            try Othello().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.name == "edited")
        _ = try Othello().description.cost(job.config, "board-edit", Settings(["edited": "last"]))
    }

    @Test func rejectsALayerThatTheModelLacks() {
        let job = tinyOthello.job("board-probe", ["encoding": "colour", "probe": "ridge", "layer": "3"])
        let mistake = #expect(throws: ConfigMistake.self) {
            try Othello().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.message == "the toy model has 2 layers, so there is no stream after layer 3")
    }
}
