import Words

/// The people whose signatures count, one row for each line of the signers file.
package struct SignersReport: Report {
    package struct Row: Sendable, Equatable {
        package var principal: String
        package var namespaces: [String]
        package var isRunner: Bool
        package var isMaintainer: Bool
        package var keyType: String
        package var fingerprint: String
        /// The limits of the validity, in UTC, such as `2026-11-30T00:00:00Z`.
        package var validAfter: String?
        package var validBefore: String?
        /// Whether the line is only in the work tree, where it does not count.
        package var isOnlyInWorkTree: Bool

        package init(
            principal: String, namespaces: [String], isRunner: Bool, isMaintainer: Bool, keyType: String,
            fingerprint: String, validAfter: String?, validBefore: String?, isOnlyInWorkTree: Bool
        ) {
            self.principal = principal
            self.namespaces = namespaces
            self.isRunner = isRunner
            self.isMaintainer = isMaintainer
            self.keyType = keyType
            self.fingerprint = fingerprint
            self.validAfter = validAfter
            self.validBefore = validBefore
            self.isOnlyInWorkTree = isOnlyInWorkTree
        }
    }

    /// The name of the audit branch; nil if there is none.
    package var auditBranch: String?
    package var rows: [Row]

    package init(auditBranch: String?, _ rows: [Row]) { (self.auditBranch, self.rows) = (auditBranch, rows) }

    package static let name = "signers"
    package static let renderers = [
        Renderer("text", "a list, for the terminal", signersText), Renderer("json", "every field", json),
    ]
}

extension SignersReport.Row {
    var roles: [String] { (isRunner ? ["runner"] : []) + (isMaintainer ? ["maintainer"] : []) }

    var validity: String {
        switch (validAfter, validBefore) {
        case (nil, nil): "always valid"
        case (let after?, nil): "valid from \(after)"
        case (nil, let before?): "valid until \(before)"
        case (let after?, let before?): "valid from \(after) until \(before)"
        }
    }
}
