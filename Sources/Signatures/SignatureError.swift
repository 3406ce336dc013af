/// The reason why a key or a signature was refused.
package struct SignatureError: Error, Sendable, Equatable {
    /// A sentence in lower case without a full stop, as in a diagnostic.
    package var message: String

    init(_ message: String) { self.message = message }
}
