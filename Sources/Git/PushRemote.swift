extension Repository {
    /// Returns the remote repository to which git would push a branch: `branch.NAME.pushRemote`, `remote.pushDefault`,
    /// `branch.NAME.remote`, or `origin`. Returns nil if it has no address.
    package func pushRemote(of branch: String) -> String? {
        let name =
            configValue("branch.\(branch).pushRemote") ?? configValue("remote.pushDefault")
            ?? configValue("branch.\(branch).remote") ?? "origin"
        return configValue("remote.\(name).url") == nil ? nil : name
    }
}
