internal import Foundation

/// The discrete Fourier series of a table x (p, C) over the numbers modulo an odd p: x[s] = constant + Σ over
/// frequencies k from 1 to (p - 1) / 2 of cosines[k] cos(2πks / p) + sines[k] sin(2πks / p).
struct FourierSeries {
    let modulus: Int
    /// (C)
    let constant: [Double]
    /// The coefficients by frequency, starting at frequency 1: (frequencies, C).
    let cosines: [[Double]]
    let sines: [[Double]]

    init(_ x: [[Double]]) {
        let modulus = x.count
        func sum(_ factor: (Int) -> Double) -> [Double] {
            x.indices.reduce(into: [Double](repeating: 0, count: x[0].count)) { sum, row in
                let factor = factor(row)
                for column in sum.indices { sum[column] += factor * x[row][column] }
            }
        }
        let frequencies = 1...(modulus / 2)
        constant = sum { _ in 1 / Double(modulus) }
        cosines = frequencies.map { k in sum { 2 / Double(modulus) * cos(Self.angle(k, $0, modulus)) } }
        sines = frequencies.map { k in sum { 2 / Double(modulus) * sin(Self.angle(k, $0, modulus)) } }
        self.modulus = modulus
    }

    private static func angle(_ frequency: Int, _ number: Int, _ modulus: Int) -> Double {
        2 * .pi * Double(frequency * number % modulus) / Double(modulus)
    }

    /// For each frequency, the sum of squares that its cosine and sine add to the table (Parseval's theorem).
    var powers: [Double] {
        zip(cosines, sines).map { cosine, sine in
            Double(modulus) / 2 * (cosine + sine).reduce(0) { $0 + $1 * $1 }
        }
    }

    /// The frequencies, strongest first, ties in ascending order.
    var frequenciesByPower: [Int] {
        let powers = powers
        return powers.indices.sorted { (powers[$0], $1) > (powers[$1], $0) }.map { $0 + 1 }
    }

    /// Returns the share of the power that belongs to the strongest frequencies.
    func share(ofStrongest count: Int) -> Double {
        let powers = powers.sorted(by: >)
        return powers.prefix(count).reduce(0, +) / powers.reduce(0, +)
    }

    /// Returns the fewest frequencies whose total power exceeds the given share of the power, strongest first.
    func keyFrequencies(holding share: Double = 0.9) -> [Int] {
        let frequencies = frequenciesByPower
        let count = frequencies.indices.first { self.share(ofStrongest: $0 + 1) > share }
        return Array(frequencies.prefix((count ?? frequencies.count) + 1))
    }

    /// Returns the sum of the components of some frequencies: (p, C).
    func part(_ frequencies: [Int]) -> [[Double]] {
        (0..<modulus).map { number in
            constant.indices.map { column in
                frequencies.reduce(0) { sum, frequency in
                    let angle = Self.angle(frequency, number, modulus)
                    return sum + cosines[frequency - 1][column] * cos(angle) + sines[frequency - 1][column] * sin(angle)
                }
            }
        }
    }
}

extension AdditionLogits {
    /// The Fourier series of the logits in a + b; its constant is the mean of all logits.
    ///
    /// A component in a + b has the same value for all pairs with the same sum. It can therefore be computed from the
    /// mean logits over these pairs.
    var fourierSeriesOfSum: FourierSeries {
        var means = [[Double]](
            repeating: [Double](repeating: 0, count: table.modulus), count: table.modulus)
        for (pair, row) in rows.enumerated() {
            for number in row.indices { means[table.sum(of: pair)][number] += row[number] / Double(table.modulus) }
        }
        return FourierSeries(means)
    }

    /// Returns the logits without the cosine and sine of 2πk(a + b) / p for the given k, and the logits with only these
    /// components and the constant (Nanda et al., section 5.1).
    func split(at frequencies: [Int]) -> (excluded: AdditionLogits, restricted: AdditionLogits) {
        let series = fourierSeriesOfSum
        let part = series.part(frequencies)
        let (excluded, restricted) = rows.indices.map { pair in
            let wave = part[table.sum(of: pair)]
            return (zip(rows[pair], wave).map { $0 - $1 }, zip(series.constant, wave).map { $0 + $1 })
        }.reduce(into: ([[Double]](), [[Double]]())) { tables, rows in
            tables.0.append(rows.0)
            tables.1.append(rows.1)
        }
        return (AdditionLogits(table: table, rows: excluded), AdditionLogits(table: table, rows: restricted))
    }
}
