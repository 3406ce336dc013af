/// Four rows of a matrix product, accumulated in registers.
struct FourRows<let width: Int> {
    var rows = InlineArray<4, Row<width>>(repeating: Row())

    /// Adds Σ_k a_rk b_k to each row r, where a_rk is the float at `start + r · rowStride + k · columnStride` in a.
    @inline(__always)
    mutating func addProduct<let lanes: Int>(
        _ a: Span<Row<lanes>>, start: Int, rowStride: Int, columnStride: Int, _ b: Span<Row<width>>
    ) {
        let a = unsafe a.bytes
        let last = start + 3 * rowStride + (b.count - 1) * columnStride
        precondition(start >= 0 && rowStride >= 0 && columnStride >= 0 && 4 * (last + 1) <= a.byteCount)
        for k in 0..<b.count {
            let row = unsafe b[unchecked: k]
            for r in 0..<4 {
                let place = 4 &* (start &+ r &* rowStride &+ k &* columnStride)
                rows[r].add(unsafe a.unsafeLoad(fromUncheckedByteOffset: place, as: Float.self), times: row)
            }
        }
    }
}
