import Checking
import Merging
import Records
import Words

/// The settings and the person by which `list` selects records.
package struct ClaimSelection: Sendable {
    /// The wanted value of each condition or attribute, such as `model` and `model.family`.
    package var settings: [(condition: String, value: String)]
    /// A part of the name of an author or contributor.
    package var person: String?

    package init(settings: [(condition: String, value: String)] = [], person: String? = nil) {
        (self.settings, self.person) = (settings, person)
    }

    package var isEverything: Bool { settings.isEmpty && person == nil }

    /// The selection in words; nil if it selects everything.
    package var phrase: String? {
        let parts =
            (settings.isEmpty ? [] : ["with \(listed(settings.map { "\($0.condition) \($0.value)" }))"])
            + (person.map { ["by \"\($0)\""] } ?? [])
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// Whether the settings that a claim names (tested or not) include the wanted ones, and a person of its finding has
    /// the wanted name. A claim that leaves out a condition names no value of it.
    package func contains(_ claim: Claim, of finding: Finding, _ vocabulary: Vocabulary) -> Bool {
        guard contains(people: finding.authors + finding.contributors) else { return false }
        guard !settings.isEmpty else { return true }
        let boxes = [claim.tested] + (claim.holdsFor.map { [$0] } ?? [])
        let scopes = boxes.map { Scope($0, vocabulary: vocabulary) }
        return settings.allSatisfy { condition, value in
            let (base, attribute) = Vocabulary.split(condition)
            return zip(boxes, scopes).contains { box, scope in
                let named = box.mentions(base) || box.mentions(condition)
                guard named, let values = scope.values(of: base) else { return false }
                guard let attribute else { return values.contains(value) }
                return !vocabulary.values(of: base, having: attribute, in: [value]).filter(values.contains).isEmpty
            }
        }
    }

    package func contains(people: some Sequence<String>) -> Bool {
        guard let person else { return true }
        let wanted = person.lowercased()
        return people.contains { $0.lowercased().containsBytes(wanted) }
    }

    /// Whether single settings, such as those of a task, are the wanted ones.
    package func contains(_ cell: [String: String], _ vocabulary: Vocabulary) -> Bool {
        settings.allSatisfy { condition, value in
            let (base, attribute) = Vocabulary.split(condition)
            guard let held = cell[base] else { return false }
            return attribute.map { vocabulary.value(held, of: base)?.attributes[$0] == value } ?? (held == value)
        }
    }
}

/// A setting that no record can have.
package struct UnknownSetting: Error, Sendable {
    package var message: String
    package var remedy: String?
}

extension Vocabulary {
    /// Refuses a condition or a value that the ledger does not know.
    package func requireKnown(_ value: String, of condition: String) throws(UnknownSetting) {
        let (base, attribute) = Vocabulary.split(condition)
        guard let known = conditions[base] else {
            throw UnknownSetting(
                message: "there is no condition \"\(base)\"",
                remedy: didYouMean(base, conditions.keys)
                    ?? "`arbor-ledger list conditions` lists them")
        }
        if let attribute, !attributeNames(of: base).contains(attribute) {
            throw UnknownSetting(
                message: "no value of \(base) has the attribute \"\(attribute)\"",
                remedy: didYouMean(attribute, attributeNames(of: base)))
        }
        guard value != Condition.notApplicable, !known.isNumber, !isKnown(value, of: base, attribute) else { return }
        let values = knownValues(of: base, attribute)
        throw UnknownSetting(
            message: "\(condition) has no value \"\(value)\"",
            remedy: didYouMean(value, values) ?? "it has \(listed(shortList(values.sorted())))")
    }
}
