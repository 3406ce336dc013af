/// Returns an environment without git's own variables, for a child process.
///
/// git sets GIT_DIR, GIT_INDEX_FILE and other variables for hooks. A child that inherits these variables would use the
/// user's index instead of the index of its own repository. All variables in `git rev-parse --local-env-vars` begin
/// with `GIT_`.
package func scrubbedEnvironment(_ environment: [String: String]) -> [String: String] {
    environment.filter { !$0.key.utf8.starts(with: "GIT_".utf8) }
}
