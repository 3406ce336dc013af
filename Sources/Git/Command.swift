import Glibc

/// A child process that runs the git program. It is used for reads that are slow or impossible with libgit2.
struct Command: ~Copyable {
    /// The path of the git program. Relative entries of PATH are skipped, because a ledger could contain a file named
    /// `git`.
    private static let program: String? = {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").lazy.filter { $0.utf8.first == UInt8(ascii: "/") }
            .map { "\($0)/git" }.first { access($0, X_OK) == 0 }
    }()

    /// Options that prevent git from running programs that an attacker's `.git/config` names.
    private static let hardening = [
        "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
        "-c", "protocol.allow=never", "--no-pager",
    ]

    private let process: pid_t
    private let output: Int32

    /// Starts git in the repository `gitDirectory`. The variables in `environment` are added to an environment without
    /// git's own variables.
    init(_ arguments: [String], gitDirectory: String, environment: [String: String] = [:]) throws(GitError) {
        // If git started in a subfolder, it might list only the files in that subfolder.
        try self.init(
            ["--git-dir=\(gitDirectory)"] + Self.hardening + arguments, folder: gitDirectory,
            Self.environment.merging(environment) { $1 })
    }

    /// Starts git in `folder`. The child inherits those variables of the caller for which `isInherited` returns true.
    init(_ arguments: [String], in folder: String, inheriting isInherited: (String) -> Bool) throws(GitError) {
        let inherited = Self.callersEnvironment().filter { isInherited($0.key) }
        try self.init(Self.hardening + arguments, folder: folder, Self.environment.merging(inherited) { $1 })
    }

    private init(_ arguments: [String], folder: String, _ environment: [String: String]) throws(GitError) {
        guard let program = Self.program else {
            throw GitError(.failed, "the git program is not in PATH", remedy: "install git")
        }
        for argument in arguments { try requireNoNUL(argument, "argument of git") }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Self.failure("open a pipe", errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

        let words = [program, "-C", folder] + arguments
        let variables = environment.map { "\($0.key)=\($0.value)" }
        var child: pid_t = 0
        let code = Self.withCStrings(words) { words in
            Self.withCStrings(variables) { posix_spawn(&child, program, &actions, nil, words, $0) }
        }
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw Self.failure("run git", code)
        }
        (process, output) = (child, ends[0])
    }

    /// Returns git's output, split at NUL bytes; `doing` completes the sentence "git cannot …".
    consuming func fields(_ doing: String) throws(GitError) -> [ArraySlice<UInt8>] {
        try bytes(doing).split(separator: 0)
    }

    /// Returns the output of git.
    consuming func bytes(_ doing: String) throws(GitError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        close(output)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            throw GitError(.failed, "git cannot \(doing)", remedy: "run `git fsck` or `git status` to find the cause")
        }
        return bytes
    }

    private static let environment: [String: String] = {
        var variables = scrubbedEnvironment(callersEnvironment())
        variables["LC_ALL"] = "C"
        variables["GIT_OPTIONAL_LOCKS"] = "0"
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_NO_REPLACE_OBJECTS"] = "1"
        variables["GIT_LITERAL_PATHSPECS"] = "1"
        variables["GIT_NO_LAZY_FETCH"] = "1"
        return variables
    }()

    private static func callersEnvironment() -> [String: String] {
        var found: [String: String] = [:]
        var next = environ
        while let text = next.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return found
    }

    private static func withCStrings(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        let pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { $0.baseAddress.map(body) ?? EINVAL }
    }

    private static func failure(_ doing: String, _ code: Int32) -> GitError {
        GitError(.failed, "cannot \(doing): \(String(cString: strerror(code)))")
    }
}
