import Glibc

/// Writes the ledger to standard output as one commit, in the format of `git fast-import`.
func writeFastImport(_ ledger: SyntheticLedger) {
    let message = "A made-up ledger\n"
    var buffer = """
        commit refs/heads/main
        committer Benchmark <benchmark@example.org> 1735689600 +0000
        data \(message.utf8.count)
        \(message)

        """
    ledger.forEachFile { path, text in
        buffer += "M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n"
        if buffer.utf8.count > 1 << 16 { flush(&buffer) }
    }
    buffer += "done\n"
    flush(&buffer)
}

private func flush(_ buffer: inout String) {
    buffer.withUTF8 { bytes in
        var written = 0
        while written < bytes.count {
            let count = unsafe write(STDOUT_FILENO, bytes.baseAddress! + written, bytes.count - written)
            guard count > 0 else { exit(1) }
            written += count
        }
    }
    buffer = ""
}
