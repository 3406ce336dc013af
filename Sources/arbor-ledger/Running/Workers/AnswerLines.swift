import Glibc
import Subprocess

/// The lines that a worker writes. Only a line feed ends a line, because a text in JSON can hold every other line end.
struct AnswerLines {
    /// The reason why a line cannot be read as text.
    enum Mistake: Error {
        case tooLong, notUTF8
    }

    private var buffers: SubprocessOutputSequence.AsyncIterator
    private let limit: Int
    private var bytes: [UInt8] = []
    /// Where the next line begins.
    private var start = 0
    /// The place up to which the bytes have been searched for the end of the next line.
    private var searched = 0

    /// `limit` is the length of the longest line, in bytes.
    init(_ output: SubprocessOutputSequence, limit: Int) {
        (buffers, self.limit) = (output.makeAsyncIterator(), limit)
    }

    /// Returns the next line; nil at the end of the output.
    mutating func next() async throws -> String? {
        while true {
            if let end = nextLineFeed() {
                defer { (start, searched) = (end + 1, end + 1) }
                return try text(bytes[start..<end])
            }
            bytes.removeFirst(start)
            (start, searched) = (0, bytes.count)
            guard bytes.count <= limit else { throw Mistake.tooLong }
            guard let buffer = try await buffers.next() else {
                guard !bytes.isEmpty else { return nil }
                defer { start = bytes.count }
                return try text(bytes[...])
            }
            unsafe buffer.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
    }

    /// The library searches much faster than a loop in a debug build.
    private func nextLineFeed() -> Int? {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base + searched, 0x0A, bytes.count - searched)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    private func text(_ line: ArraySlice<UInt8>) throws(Mistake) -> String {
        guard line.count <= limit else { throw .tooLong }
        guard let text = String(validating: line, as: UTF8.self) else { throw .notUTF8 }
        return text
    }
}
