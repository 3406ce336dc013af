import Glibc
import Testing

@testable import Git

@Test func startingReadsNoCertificates() throws {
    try Library.start()
    // Looked up as libgit2's own calls are: mbedTLS's function would return an error for a file that is not there.
    let function = try #require(dlsym(nil, "mbedtls_x509_crt_parse_file"))
    let parse = unsafeBitCast(
        function, to: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>) -> Int32).self)
    #expect(parse(nil, "/absent") == 0)
}
