internal import COpenBLAS

/// The loaded linear algebra library, for receipts and for `doctor`.
package enum BLAS {
    /// The core type that OpenBLAS chose for this processor, such as `Haswell`. The last bits of results depend on it.
    package static var coreName: String {
        unsafe String(cString: arbor_blas_corename())
    }

    /// The version and build options of the library, such as `OpenBLAS 0.3.21 DYNAMIC_ARCH …`.
    package static var configuration: String {
        unsafe String(cString: arbor_blas_config())
    }

    package static var threadCount: Int {
        Int(arbor_blas_threads())
    }

    /// Throws if the library cannot be loaded. Also throws for a serial build, because it silently computes wrong
    /// numbers when several threads call it.
    package static func requireSupport() throws(UnsupportedMachine) {
        if let mistake = unsafe arbor_blas_load() {
            throw UnsupportedMachine(
                reason: "OpenBLAS cannot be loaded (\(unsafe String(cString: mistake)))",
                remedy: "install libopenblas0-pthread")
        }
        guard arbor_blas_parallel() != 0 else {
            throw UnsupportedMachine(
                reason: "OpenBLAS is a serial build, which computes wrong numbers when several threads call it",
                remedy: "install libopenblas0-pthread")
        }
    }
}

/// A row-major matrix of floats inside a longer buffer: element (i, j) is at `offset + i * rowStride + j`.
struct MatrixShape {
    var rows: Int
    var columns: Int
    var rowStride: Int
    var offset = 0
}

/// Computes out = op(a) · op(b), or adds the product to `out` if `accumulating`. `op` transposes a matrix or leaves it
/// unchanged. The shapes describe the matrices in memory, before `op` is applied.
///
/// Elements may be floats or whole SIMD rows of floats; strides count floats.
func multiply<A: BitwiseCopyable, B: BitwiseCopyable, C: BitwiseCopyable>(
    into out: inout [C], _ outShape: MatrixShape, _ a: [A], _ aShape: MatrixShape, _ b: [B], _ bShape: MatrixShape,
    transposingLeft aTransposed: Bool = false, transposingRight bTransposed: Bool = false, accumulating: Bool = false
) {
    let inner = aTransposed ? aShape.rows : aShape.columns
    precondition((aTransposed ? aShape.columns : aShape.rows) == outShape.rows, "rows of the product")
    precondition((bTransposed ? bShape.rows : bShape.columns) == outShape.columns, "columns of the product")
    precondition((bTransposed ? bShape.columns : bShape.rows) == inner, "inner dimension of the product")
    unsafe out.withUnsafeMutableBytes { outBytes in
        unsafe a.withUnsafeBytes { aBytes in
            unsafe b.withUnsafeBytes { bBytes in
                unsafe arbor_sgemm(
                    CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
                    blasint(outShape.rows), blasint(outShape.columns), blasint(inner), 1,
                    floats(aBytes, aShape), blasint(aShape.rowStride), floats(bBytes, bShape),
                    blasint(bShape.rowStride),
                    accumulating ? 1 : 0,
                    UnsafeMutablePointer(mutating: floats(UnsafeRawBufferPointer(outBytes), outShape)),
                    blasint(outShape.rowStride))
            }
        }
    }
}

/// Checks that a matrix is inside its buffer, and returns a pointer to its first element.
func floats(_ bytes: UnsafeRawBufferPointer, _ shape: MatrixShape) -> UnsafePointer<Float> {
    precondition(shape.rows > 0 && shape.columns > 0 && shape.columns <= shape.rowStride, "a matrix needs elements")
    let end = shape.offset + (shape.rows - 1) * shape.rowStride + shape.columns
    precondition(shape.offset >= 0 && end * MemoryLayout<Float>.size <= bytes.count, "a matrix reaches past its buffer")
    return unsafe bytes.baseAddress!.assumingMemoryBound(to: Float.self) + shape.offset
}

/// Solves A X = B for X (n, columns) by Cholesky factorisation, with A (n, n) symmetric and positive definite.
func solvePositiveDefinite(_ a: [Double], _ b: [Double], size: Int, columns: Int) -> [Double] {
    precondition(a.count == size * size && b.count == size * columns)
    var matrix = a
    // LAPACK's matrices are column-major.
    var right = (0..<columns).flatMap { column in (0..<size).map { b[$0 * columns + column] } }
    var (n, count, info) = (CInt(size), CInt(columns), CInt(0))
    unsafe arbor_dposv("L", &n, &count, &matrix, &n, &right, &n, &info)
    precondition(info == 0, "the matrix is positive definite")
    return (0..<(size * columns)).map { right[$0 % columns * size + $0 / columns] }
}
