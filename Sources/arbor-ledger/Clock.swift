import Glibc

/// The date where this runs, as `2025-03-18`.
func today() -> String {
    var now = time(nil)
    var date = tm()
    unsafe localtime_r(&now, &date)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(1900 + date.tm_year)-\(two(date.tm_mon + 1))-\(two(date.tm_mday))"
}
