import COpenBLAS

/// Measures the peak GFLOP/s of square matrix products on one thread. Some of the matrices fit in the cache and some do
/// not.
func productPeak() -> Double {
    [256, 512, 1024].map { size in
        let a = (0..<(size * size)).map { Float($0 % 17) - 8 }
        var out = a
        func multiply() {
            let n = blasint(size)
            unsafe arbor_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, a, n, 0, &out, n)
        }
        multiply()
        let operations = 2 * Double(size * size * size)
        let start = ContinuousClock.now
        var count = 0.0
        while start.duration(to: .now) < .seconds(1) {
            multiply()
            count += 1
        }
        return count * operations / (start.duration(to: .now) / .seconds(1)) / 1e9
    }.max() ?? .nan
}
