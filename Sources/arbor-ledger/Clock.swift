import Glibc

/// Returns the local date plus a number of days, such as `2025-03-18`.
func today(plusDays days: Int = 0) -> String {
    var local = unsafe tm()
    var now = time(nil) + days * 86_400
    unsafe localtime_r(&now, &local)
    func digits(_ number: Int32, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    let date = unsafe [digits(local.tm_year + 1900, 4), digits(local.tm_mon + 1, 2), digits(local.tm_mday, 2)]
    return date.joined(separator: "-")
}
