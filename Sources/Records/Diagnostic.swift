import YAML

package enum Severity: String, Sendable, Codable, Comparable, CaseIterable {
    case error, warning, note

    package static func < (a: Severity, b: Severity) -> Bool {
        a.rank < b.rank
    }

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }
}

/// Something wrong with a file, at a place, with a remedy.
package struct Diagnostic: Hashable, Sendable {
    package var code: Code
    package var path: String
    package var mark: Mark
    package var message: String
    package var fix: String?

    package var severity: Severity { code.severity }

    package init(_ code: Code, path: String, mark: Mark, message: String, fix: String? = nil) {
        self.code = code
        self.path = path
        self.mark = mark
        self.message = cut(message)
        self.fix = fix.map(cut)
    }

    /// One kind of mistake; the raw value is what reports print.
    package enum Code: String, Sendable, CaseIterable {
        // Reading
        case syntax, encoding
        case controlCharacter = "control-character"
        case bidirectionalOverride = "bidirectional-override"
        case notComposed = "not-composed"
        case alias, tag
        case duplicateKey = "duplicate-key"
        case tooLarge = "too-large"
        case tooDeep = "too-deep"
        case tooManyNodes = "too-many-nodes"
        // Files and names
        case symlink, submodule
        case strayFile = "stray-file"
        case badName = "bad-name"
        case lookAlike = "look-alike"
        case duplicateSlug = "duplicate-slug"
        case crowdedFolder = "crowded-folder"
        // Shape
        case unknownKey = "unknown-key"
        case missingKey = "missing-key"
        case wrongType = "wrong-type"
        case outOfRange = "out-of-range"
        // References
        case unknownQuestion = "unknown-question"
        case unknownQuantity = "unknown-quantity"
        case unknownCondition = "unknown-condition"
        case unknownValue = "unknown-value"
        case unknownAssumption = "unknown-assumption"
        case unknownVerifier = "unknown-verifier"
        case unknownFinding = "unknown-finding"
        case unknownClaim = "unknown-claim"
        case unknownKernel = "unknown-kernel"
        case unknownSetting = "unknown-setting"
        // Meaning
        case missingCondition = "missing-condition"
        case testedOutsideScope = "tested-outside-scope"
        case selfContradiction = "self-contradiction"
        case cycle
        case wrongToyModel = "wrong-toy-model"
        case mixedNeeds = "mixed-needs"
        case badReceipt = "bad-receipt"
        case overBudget = "over-budget"
        // What a range of commits did
        case removedReceipt = "removed-receipt"
        case alteredReceipt = "altered-receipt"
        case deletedFinding = "deleted-finding"
        case changedClaim = "changed-claim"
        case droppedByMerge = "dropped-by-merge"
        case rewrittenHistory = "rewritten-history"
        // Warnings
        case overBroad = "over-broad"
        case wideRange = "wide-range"
        case impossibleShare = "impossible-share"
        case bestOfSeveral = "best-of-several"
        case secondHand = "second-hand"
        case likelyDuplicate = "likely-duplicate"
        case sourceTwice = "source-twice"
        case plannedTwice = "planned-twice"
        case alreadyDone = "already-done"
        case notebook
        // Notes
        case sameClaim = "same-claim"
        case unverified
        case staleReceipt = "stale-receipt"
        case noBridge = "no-bridge"
        case noQuestion = "no-question"
        case laterCondition = "later-condition"
        case lapsed
        case staleReadme = "stale-readme"

        package var severity: Severity {
            switch self {
            case .crowdedFolder, .overBroad, .wideRange, .impossibleShare, .bestOfSeveral, .secondHand,
                .likelyDuplicate, .sourceTwice, .plannedTwice, .alreadyDone, .notebook:
                .warning
            case .sameClaim, .unverified, .staleReceipt, .noBridge, .noQuestion, .laterCondition, .lapsed,
                .staleReadme:
                .note
            case .syntax, .encoding, .controlCharacter, .bidirectionalOverride, .notComposed, .alias, .tag,
                .duplicateKey, .tooLarge,
                .tooDeep, .tooManyNodes, .symlink, .submodule, .strayFile, .badName, .lookAlike, .duplicateSlug,
                .unknownKey, .missingKey, .wrongType, .outOfRange, .unknownQuestion, .unknownQuantity,
                .unknownCondition, .unknownValue, .unknownAssumption, .unknownVerifier, .unknownFinding, .unknownClaim,
                .unknownKernel, .unknownSetting, .missingCondition, .testedOutsideScope, .selfContradiction, .cycle,
                .wrongToyModel, .mixedNeeds, .badReceipt, .overBudget, .removedReceipt, .alteredReceipt,
                .deletedFinding,
                .changedClaim, .droppedByMerge, .rewrittenHistory:
                .error
            }
        }
    }
}

/// A key or text of a megabyte is not told in full, nor once for each that names it.
private func cut(_ text: String) -> String {
    text.utf8.count <= 2_000 ? text : String(text.unicodeScalars.prefix(500)) + "…"
}

extension Diagnostic: Comparable {
    package static func < (a: Diagnostic, b: Diagnostic) -> Bool {
        if a.path != b.path { return a.path < b.path }
        if a.mark != b.mark { return a.mark < b.mark }
        if a.code != b.code { return a.code.rawValue < b.code.rawValue }
        return a.message < b.message
    }
}
