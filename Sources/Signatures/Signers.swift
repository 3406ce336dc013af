import Words

/// A line of the signers file: a key, and the people and purposes for which it counts.
package struct Signer: Sendable, Hashable {
    package var principals: [String]
    package var namespaces: [String]
    /// The first second at which the key is valid, in seconds since 1970; nil if the key was always valid.
    package var validAfter: Int64?
    /// The last second at which the key is valid; nil if the key remains valid.
    package var validBefore: Int64?
    package var key: PublicKey
    package var line: Int

    /// The person or organisation, as it is written in the file.
    package var name: String { principals.joined(separator: ",") }

    package func allows(_ namespaces: [String]) -> Bool {
        namespaces.allSatisfy { namespace in self.namespaces.contains { $0.hasSameBytes(as: namespace) } }
    }

    package func isValid(at time: Int64) -> Bool {
        (validAfter.map { $0 <= time } ?? true) && (validBefore.map { time <= $0 } ?? true)
    }
}

/// The keys whose signatures count. A key has one name for each namespace.
package struct Signers: Sendable, Equatable {
    package static let runnerNamespaces = ["arbor-ledger", "arbor-seed"]
    package static let maintainerNamespaces = ["git"]

    package var entries: [Signer] = []

    package init() {}

    /// Returns the name of the person if the key may sign for all these namespaces at a time; nil otherwise.
    package func principal(of key: PublicKey, for namespaces: [String], at time: Int64) -> String? {
        entries.first { $0.key == key && $0.allows(namespaces) && $0.isValid(at: time) }?.name
    }

    package func isListed(_ key: PublicKey, for namespaces: [String], at time: Int64) -> Bool {
        principal(of: key, for: namespaces, at: time) != nil
    }

    /// Whether any line allows a person to sign receipts.
    package var hasRunners: Bool { entries.contains { $0.allows(Self.runnerNamespaces) } }

    /// Whether any line allows a person to sign commits.
    package var hasMaintainers: Bool { entries.contains { $0.allows(Self.maintainerNamespaces) } }
}
