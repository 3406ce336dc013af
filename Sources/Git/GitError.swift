internal import CLibgit2

/// An error in reading or writing git data, with a message for the user.
package struct GitError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notARepository
        case foreignOwner
        case unsupportedRepository
        case unsupportedIndex
        case bareRepository
        case unknownRevision
        case wrongKind
        case missingObject
        case tooLarge
        case conflictedIndex
        case locked
        case moved
        case exists
        case unchanged
        case detachedHead
        case unbornHead
        case operationInProgress
        case missingIdentity
        case invalidName
        case failed
    }

    package var code: Code
    package var message: String
    /// A remedy for the user, often a command.
    package var remedy: String?

    package init(_ code: Code, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    package var description: String { remedy.map { "\(message); \($0)" } ?? message }
}

extension GitError {
    /// Returns the text of libgit2's last error on this thread. Call this function before the next call of libgit2.
    static func lastText() -> String {
        guard let error = git_error_last(), let text = error.pointee.message else { return "unknown error" }
        return String(cString: text)
    }

    static func last(_ code: Int32, _ doing: String) -> GitError {
        let text = lastText()
        let kind: Code =
            switch code {
            case GIT_ENOTFOUND.rawValue: .missingObject
            case GIT_EEXISTS.rawValue: .exists
            case GIT_ELOCKED.rawValue: .locked
            case GIT_EMODIFIED.rawValue: .moved
            case GIT_EINVALIDSPEC.rawValue: .invalidName
            default: .failed
            }
        return GitError(kind, "cannot \(doing): \(text)")
    }
}
