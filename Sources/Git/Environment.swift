/// The environment for a child process without git's own variables.
///
/// git sets GIT_DIR, GIT_INDEX_FILE and others for its hooks; a child that inherits them would read and write the
/// user's index instead of its own repository. All that `git rev-parse --local-env-vars` lists begin with `GIT_`.
package func scrubbedEnvironment(_ environment: [String: String]) -> [String: String] {
    environment.filter { !$0.key.utf8.starts(with: "GIT_".utf8) }
}
