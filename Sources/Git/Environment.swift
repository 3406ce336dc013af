/// Returns an environment without git's own variables, for a child process.
///
/// git sets GIT_DIR, GIT_INDEX_FILE and others for hooks; a child that inherits them would use the user's index instead
/// of its own repository's. All variables in `git rev-parse --local-env-vars` begin with `GIT_`.
package func scrubbedEnvironment(_ environment: [String: String]) -> [String: String] {
    environment.filter { !$0.key.utf8.starts(with: "GIT_".utf8) }
}
