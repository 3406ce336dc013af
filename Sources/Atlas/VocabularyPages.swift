import Merging
import Records
import Reports
import Words

/// The maximum number of values and uses that a page of a condition lists.
private let valueLimit = 400

extension Atlas {
    /// The pages of all conditions.
    var conditionPages: [AtlasFile] { ledger.vocabulary.conditions.values.map(conditionPage) }

    /// A condition: its values with their attributes, and the quantities that depend on it.
    private func conditionPage(_ condition: Condition) -> AtlasFile {
        let frame = PageFrame(
            Place.condition(condition.slug), condition.title, in: nil, trail: [("Vocabulary", Place.vocabulary)],
            subtitle: "A condition")
        return page(frame) { [self] html in
            html.section("What it is", "") { html in
                html.facts { html in
                    html.fact("Kind", condition.kindPhrase)
                    html.fact("Used by", records.quantitiesByCondition[condition.slug, default: []].map(quantityItem))
                    html.fact("Name") { $0.tag("code", text: condition.slug) }
                }
            }
            let values = values(of: condition)
            html.section("Values", counted(values.count, "value")) { html in
                if values.isEmpty { html.tag("p", text: "No record names a value yet.") }
                addValues(&html, condition, Array(values.prefix(valueLimit)))
                if values.count > valueLimit {
                    html.tag("p", .class("s soft"), text: "And \(values.count - valueLimit) more.")
                }
            }
        }
    }

    private func values(of condition: Condition) -> [String] {
        switch condition.values {
        case .closed(let values): values
        case .open: ledger.vocabulary.values(of: condition.slug)
        case .numbers:
            ledger.vocabulary.values(of: condition.slug).sorted { a, b in
                (Number(a)?.doubleValue ?? .infinity, a) < (Number(b)?.doubleValue ?? .infinity, b)
            }
        }
    }

    private func addValues(_ html: inout Markup, _ condition: Condition, _ values: [String]) {
        guard values.contains(where: { ledger.vocabulary.value($0, of: condition.slug) != nil }) else {
            return html.tag("p") { html in
                html.links(values.map { ($0, condition.slug == Condition.model ? modelLink($0) : nil) })
            }
        }
        html.table(["Value", "Title", "Attributes"]) { html in
            for slug in values {
                let value = ledger.vocabulary.value(slug, of: condition.slug)
                html.tag("tr") { html in
                    html.tag("th", .text(.scope, "row")) {
                        $0.link(condition.slug == Condition.model ? modelLink(slug) : nil, slug)
                    }
                    html.tag("td") { $0.recordText(value?.title ?? ledger.models[slug]?.title ?? "") }
                    html.tag("td", .class("full")) { $0.recordText(value?.attributePhrase ?? "") }
                }
            }
        }
    }

    /// All constraints, one below the other.
    var constraintsPage: AtlasFile {
        let constraints = ledger.constraints.values.sorted { $0.slug < $1.slug }
        let frame = PageFrame(
            Place.constraint("").page, "Cells that cannot exist", in: nil, trail: [("Vocabulary", Place.vocabulary)],
            subtitle: counted(constraints.count, "constraint"))
        return page(frame) { [self] html in
            if constraints.isEmpty {
                html.tag("p", text: "No record says that some settings cannot exist together.")
            }
            for constraint in constraints {
                html.section(constraint.title ?? constraint.slug, constraint.slug, id: constraint.slug) { html in
                    if let why = constraint.why { html.tag("p") { $0.recordText(why) } }
                    html.facts { html in
                        html.fact("When") { html in
                            if constraint.when.sides.isEmpty {
                                html.text("at all settings")
                            } else {
                                addSettings(&html, constraint.when)
                            }
                        }
                        html.fact("Only") { addSettings(&$0, constraint.only) }
                    }
                }
            }
        }
    }

    /// The lists of all records that are not findings or questions.
    var vocabularyPages: [AtlasFile] {
        let lists: [(title: String, note: String, items: [VocabularyItem])] = [
            (
                "Quantities", "What was measured.",
                ledger.quantities.values.map { quantity in
                    let count = membersByQuantity[quantity.slug]?.count ?? 0
                    return VocabularyItem(
                        text: quantity.title, link: Place.quantity(quantity.slug),
                        note: count == 0 ? "no claim" : counted(count, "claim"))
                }
            ),
            (
                "Conditions", "The settings in which claims differ.",
                ledger.vocabulary.conditions.values.map {
                    VocabularyItem(text: $0.title, link: Place.condition($0.slug))
                }
            ),
            (
                "Assumptions", "What claims rely on without evidence.",
                ledger.assumptions.values.map {
                    VocabularyItem(text: $0.statement, link: Place.assumption($0.slug))
                }
            ),
            (
                "Toy models", "Models that this ledger can train again.",
                ledger.models.values.map { VocabularyItem(text: $0.title, link: Place.toy($0.slug)) }
            ),
            (
                "Constraints", "Settings that cannot exist together.",
                ledger.constraints.values.map {
                    VocabularyItem(text: $0.title ?? $0.slug, link: Place.constraint($0.slug))
                }
            ),
        ]
        let sorted = lists.map { list -> (String, String, [VocabularyItem]) in
            let items = list.items.sorted { ($0.text, $0.link.path ?? "") < ($1.text, $1.link.path ?? "") }
            return (list.title, list.note, items)
        }
        let pages = cutIntoPages(sorted.flatMap { list in list.2.map { (list.0, list.1, $0) } })
        return pages.enumerated().map { number, items in
            page(listFrame(Place.vocabulary, "Vocabulary", number, pages.count, in: nil)) { [self] html in
                addListPages(&html, Place.vocabulary, number, pages.count)
                for (title, note, _) in sorted {
                    let shown = items.filter { $0.0 == title }
                    guard !shown.isEmpty else { continue }
                    html.section(title, note) { html in
                        html.list(shown) { html, item in
                            html.link(item.2.link, item.2.text)
                            if let note = item.2.note { html.tag("span", .class("soft"), text: " \(note)") }
                        }
                    }
                }
            }
        }
    }
}

/// A record in the lists of the vocabulary.
private struct VocabularyItem: Sendable {
    var text: String
    var link: Link
    var note: String?
}

extension Condition {
    fileprivate var kindPhrase: String {
        let samples = namesSamples ? ", which name samples of one population" : ""
        return switch values {
        case .closed: "\(isOrdered ? "an ordered" : "a closed") list of values\(samples)"
        case .open(let attributes):
            "any value that has a record, with \(attributes.map { $0.isEmpty ? "no attributes" : listed($0) } ?? "any attributes")\(samples)"
        case .numbers: "any number\(samples)"
        }
    }
}

extension ConditionValue {
    fileprivate var attributePhrase: String {
        let sizes = [("blocks", blocks), ("heads", heads), ("width", width)].compactMap { name, count in
            count.map { "\(name) \($0)" }
        }
        let named = attributes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return ((isGeneral ? ["general"] : []) + sizes + named).joined(separator: "; ")
    }
}
