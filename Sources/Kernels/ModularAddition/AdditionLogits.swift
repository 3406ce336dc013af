internal import Foundation

/// A network's logits of the numbers after every pair of a table: (p², p).
struct AdditionLogits {
    let table: AdditionTable
    var rows: [[Double]]

    init(table: AdditionTable, rows: [[Double]]) {
        self.table = table
        self.rows = rows
    }

    init(_ model: Transformer, _ table: AdditionTable) {
        let columns = model.shape.paddedVocabulary
        var pass = AdderPass(model.shape, modulus: table.modulus)
        var rows: [[Double]] = []
        pass.forEachChunk(model, table.pairs) { pass, chunk in
            for row in 0..<chunk.count {
                rows.append(
                    (0..<table.modulus).map { number in
                        let place = row * columns + number
                        return Double(pass.logits[place / 8][place % 8])
                    })
            }
        }
        self.rows = rows
        self.table = table
    }

    /// Returns the share of pairs whose label has the largest logit (the first one, if several are equal).
    func accuracy(_ pairs: [Int]) -> Double {
        let right = pairs.count { pair in rows[pair].firstIndex(of: rows[pair].max() ?? 0) == table.labels[pair] }
        return Double(right) / Double(pairs.count)
    }

    /// Returns the mean -log p(label), in nats.
    func loss(_ pairs: [Int]) -> Double {
        let losses = pairs.map { pair in
            let row = rows[pair]
            let largest = row.max() ?? 0
            return log(row.reduce(0) { $0 + exp($1 - largest) }) + largest - row[table.labels[pair]]
        }
        return losses.reduce(0, +) / Double(pairs.count)
    }
}
