import Glibc
import Testing

@testable import Git

@Test func doesNotReadCertificatesAtStart() throws {
    try Library.start()
    // Looks up the symbol that libgit2's calls resolve to: mbedTLS's own function returns an error for a missing file.
    let function = try #require(dlsym(nil, "mbedtls_x509_crt_parse_file"))
    let parse = unsafeBitCast(
        function, to: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>) -> Int32).self)
    #expect(parse(nil, "/absent") == 0)
}
