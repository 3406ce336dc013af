internal import CLibgit2

/// The name, address and time of an author or committer.
package struct Identity: Sendable, Equatable {
    package enum Role: String, Sendable { case author, committer }

    package var name: String
    package var email: String
    package var timeSeconds: Int64
    /// The offset of the time zone, which is positive east of UTC.
    package var offsetMinutes: Int32

    package init(name: String, email: String, timeSeconds: Int64, offsetMinutes: Int32) {
        self.name = name
        self.email = email
        self.timeSeconds = timeSeconds
        self.offsetMinutes = offsetMinutes
    }
}

extension Repository {
    /// Returns the identity that git would use. The variables GIT_AUTHOR_… or GIT_COMMITTER_… have precedence over
    /// settings such as `author.name`, which have precedence over `user.name`.
    ///
    /// Throws `missingIdentity`, or `invalidName` for a date that is not written as `seconds +hhmm`.
    package func identity(_ role: Identity.Role, environment: [String: String]) throws(GitError) -> Identity {
        let prefix = "GIT_\(role.rawValue.uppercased())_"
        func setting(_ name: String) -> String? {
            let candidates = [
                environment[prefix + name.uppercased()], configValue("\(role.rawValue).\(name)"),
                configValue("user.\(name)"), name == "email" ? environment["EMAIL"] : nil,
            ]
            return candidates.compactMap(\.self).first { !$0.isEmpty }
        }
        guard let name = setting("name"), let email = setting("email") else {
            throw GitError(
                .missingIdentity, "git does not know who you are",
                remedy: "git config --global user.name 'Your Name'; git config --global user.email you@example.org")
        }
        try requireNoNUL(name + email, "\(role.rawValue)'s name")
        var signature: UnsafeMutablePointer<git_signature>?
        try check(git_signature_now(&signature, name, email), "use '\(name) <\(email)>' as the \(role.rawValue)")
        defer { git_signature_free(signature) }
        guard let now = signature?.pointee.when else { throw GitError(.failed, "cannot read the clock") }
        let time = try environment[prefix + "DATE"].map { text throws(GitError) in try date(text, prefix) }
        return Identity(
            name: name, email: email, timeSeconds: time?.seconds ?? now.time,
            offsetMinutes: time?.offsetMinutes ?? now.offset)
    }

    private func date(_ text: String, _ prefix: String) throws(GitError) -> (seconds: Int64, offsetMinutes: Int32) {
        let parts = text.split(separator: " ")
        let seconds = parts.first.flatMap { Int64($0.first == "@" ? $0.dropFirst() : $0) }
        let zone = parts.count == 2 ? parts[1] : "+0000"
        guard parts.count <= 2, let seconds, seconds >= 0, zone.utf8.count == 5,
            let hoursAndMinutes = Int32(zone), abs(hoursAndMinutes) < 2400
        else {
            throw GitError(
                .invalidName, "\(prefix)DATE is '\(text)', which is not in the form 'seconds +hhmm'",
                remedy: "unset it, or set it to a time such as '1700000000 +0100'")
        }
        return (seconds, hoursAndMinutes / 100 * 60 + hoursAndMinutes % 100)
    }
}

extension Identity {
    func withSignature<Result>(
        _ body: (UnsafePointer<git_signature>) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        var signature: UnsafeMutablePointer<git_signature>?
        try check(
            git_signature_new(&signature, name, email, timeSeconds, offsetMinutes),
            "use '\(name) <\(email)>' in a commit")
        defer { git_signature_free(signature) }
        guard let signature else { throw GitError(.failed, "cannot use '\(name) <\(email)>' in a commit") }
        return try body(signature)
    }
}
