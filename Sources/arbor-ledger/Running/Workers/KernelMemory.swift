import Words

/// Small facts about kernels and weights that are expensive to compute again. They are authenticated with the user's
/// key, and can be deleted at any time.
struct KernelMemory {
    private let folder: String
    private let key: HMACKey

    init(_ home: KernelHome, _ name: String) {
        folder = "\(home.cacheDirectory)/\(name)"
        key = home.hmacKey
    }

    /// Returns the fact that was stored under a name; nil if there is none, or if it was altered.
    func text(of name: String) -> String? {
        guard case .bytes(let bytes)? = try? readFile("\(folder)/\(name)", limit: 1024),
            let content = key.verified(bytes, at: name)
        else { return nil }
        return String(decoding: content, as: UTF8.self)
    }

    /// Remembers a text. If this fails, the fact is computed again later.
    func remember(_ text: String, as name: String) {
        try? writeFile("\(folder)/\(name)", key.authenticated(Array(text.utf8), at: name), mode: 0o600)
    }
}
