import Glibc

/// Returns the local date plus a number of days, such as `2025-03-18`.
func today(plusDays days: Int = 0) -> String {
    var local = unsafe tm()
    var now = time(nil) + days * 86_400
    unsafe localtime_r(&now, &local)
    return unsafe isoDate(local)
}

/// Returns the UTC date of a time in seconds since 1970.
func utcDate(ofSeconds seconds: Int64) -> String {
    var date = unsafe tm()
    var time = time_t(seconds)
    unsafe gmtime_r(&time, &date)
    return unsafe isoDate(date)
}

private func isoDate(_ date: tm) -> String {
    func digits(_ number: Int32, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    let parts = unsafe [digits(date.tm_year + 1900, 4), digits(date.tm_mon + 1, 2), digits(date.tm_mday, 2)]
    return parts.joined(separator: "-")
}
