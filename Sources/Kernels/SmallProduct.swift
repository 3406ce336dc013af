internal import CVectors

/// The part of a product that is needed under a causal mask. The rest is neither read nor written, except where it
/// shares a tile with this part.
enum Triangle {
    case everything
    /// Column j of `out` is needed in rows i ≥ j.
    case lowerOutput
    /// op(a) is zero above the diagonal.
    case lowerLeft
    /// op(a) is zero below the diagonal.
    case upperLeft
}

/// Computes out = op(a) · b, or adds the product to `out` if `accumulating`. It is faster than a library call for small
/// matrices, as in attention. The columns, strides and offsets of `out` and `b` are multiples of eight.
///
/// Tiles of four rows by sixteen columns stay in registers. The terms of each sum are added in order, so the bits of
/// the sum do not depend on the tiling.
func multiplySmall(
    into out: inout [Lanes], _ outShape: MatrixShape, _ a: [Lanes], _ aShape: MatrixShape, _ b: [Lanes],
    _ bShape: MatrixShape, transposingLeft aTransposed: Bool = false, accumulating: Bool = false,
    only triangle: Triangle = .everything
) {
    let inner = aTransposed ? aShape.rows : aShape.columns
    precondition((aTransposed ? aShape.columns : aShape.rows) == outShape.rows, "rows of the product")
    precondition(bShape.columns == outShape.columns && outShape.columns % 8 == 0, "columns of the product")
    precondition(bShape.rows == inner, "inner dimension of the product")
    precondition((outShape.offset | outShape.rowStride | bShape.offset | bShape.rowStride) % 8 == 0, "whole lanes")
    unsafe out.withUnsafeMutableBytes { outBytes in
        unsafe a.withUnsafeBytes { aBytes in
            unsafe b.withUnsafeBytes { bBytes in
                let outFloats = unsafe UnsafeMutableRawPointer(
                    mutating: floats(UnsafeRawBufferPointer(outBytes), outShape))
                let product = unsafe SmallProduct(
                    out: outFloats.assumingMemoryBound(to: Lanes.self), outStride: outShape.rowStride / 8,
                    a: floats(aBytes, aShape), aRowStride: aTransposed ? 1 : aShape.rowStride,
                    aColumnStride: aTransposed ? aShape.rowStride : 1,
                    b: UnsafeRawPointer(floats(bBytes, bShape)).assumingMemoryBound(to: Lanes.self),
                    bStride: bShape.rowStride / 8, groups: outShape.columns / 8, inner: inner, triangle: triangle,
                    accumulating: accumulating)
                product.run(rows: outShape.rows)
            }
        }
    }
}

/// The operands of a product, which `multiplySmall` has checked. Strides of `a` count floats; the other strides count
/// lanes.
@safe private struct SmallProduct {
    let out: UnsafeMutablePointer<Lanes>
    let outStride: Int
    let a: UnsafePointer<Float>
    let aRowStride: Int
    let aColumnStride: Int
    let b: UnsafePointer<Lanes>
    let bStride: Int
    let groups: Int
    let inner: Int
    let triangle: Triangle
    let accumulating: Bool

    @inline(__always)
    func run(rows: Int) {
        var row = 0
        while row + 4 <= rows {
            runRows(Tile<4, 2>(), Tile<4, 1>(), row)
            row += 4
        }
        while row < rows {
            runRows(Tile<1, 2>(), Tile<1, 1>(), row)
            row += 1
        }
    }

    @inline(__always)
    private func runRows<let height: Int>(_ pair: Tile<height, 2>, _ single: Tile<height, 1>, _ row: Int) {
        let (groups, range) =
            switch triangle {
            case .everything: (groups, 0..<inner)
            case .lowerOutput: (min(groups, laneGroups(row + height)), 0..<inner)
            case .lowerLeft: (groups, 0..<min(inner, row + height))
            case .upperLeft: (groups, min(row, inner)..<inner)
            }
        var group = 0
        while group + 2 <= groups {
            compute(pair, row, group, range)
            group += 2
        }
        if group < groups { compute(single, row, group, range) }
    }

    /// Computes the tile of `height` rows and `width` lane groups that starts at `row` and `group`. Sums over the given
    /// range.
    @inline(__always)
    private func compute<let height: Int, let width: Int>(
        _ zeros: Tile<height, width>, _ row: Int, _ group: Int, _ range: Range<Int>
    ) {
        var sums = zeros.rows
        var aColumn = unsafe a + row * aRowStride + range.lowerBound * aColumnStride
        var bRow = unsafe b + group + range.lowerBound * bStride
        for _ in 0..<range.count {
            for h in 0..<height {
                let left = unsafe Lanes(repeating: aColumn[h * aRowStride])
                for w in 0..<width {
                    unsafe sums[h][w] = sums[h][w].addingProduct(left, bRow[w])
                }
            }
            unsafe aColumn += aColumnStride
            unsafe bRow += bStride
        }
        for h in 0..<height {
            let place = unsafe out + (row + h) * outStride + group
            for w in 0..<width {
                unsafe place[w] = accumulating ? place[w] + sums[h][w] : sums[h][w]
            }
        }
    }
}

/// The sums of one tile, which stay in registers.
private struct Tile<let height: Int, let width: Int> {
    var rows = InlineArray<height, Row<width>>(repeating: Row())
}

/// Computes out (n, m) = aᵀ. The columns of `a` and the stride of `out` are multiples of eight.
func transpose(into out: inout [Lanes], _ outShape: MatrixShape, _ a: [Lanes], _ aShape: MatrixShape) {
    precondition(outShape.rows == aShape.columns && outShape.columns == aShape.rows && aShape.columns % 8 == 0)
    precondition(outShape.rowStride % 8 == 0)
    unsafe out.withUnsafeMutableBytes { outBytes in
        unsafe a.withUnsafeBytes { aBytes in
            let to = unsafe UnsafeMutablePointer(mutating: floats(UnsafeRawBufferPointer(outBytes), outShape))
            let from = unsafe floats(aBytes, aShape)
            var row = 0
            while row + 8 <= aShape.rows {
                for column in stride(from: 0, to: aShape.columns, by: 8) {
                    unsafe arbor_transpose(
                        from + row * aShape.rowStride + column, aShape.rowStride,
                        to + column * outShape.rowStride + row,
                        outShape.rowStride)
                }
                row += 8
            }
            for row in row..<aShape.rows {
                for column in 0..<aShape.columns {
                    unsafe to[column * outShape.rowStride + row] = from[row * aShape.rowStride + column]
                }
            }
        }
    }
}
