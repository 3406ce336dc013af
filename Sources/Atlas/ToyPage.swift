import Evidence
import KernelInterface
import Merging
import Records
import Reports
import Words

/// The maximum number of cells in a figure of measured values.
private let cellLimit = 60

extension Atlas {
    /// The pages of all toy models.
    var toyPages: [AtlasFile] { ledger.models.values.map(toyPage) }

    /// A toy model: its kernel, its cost, what was measured on it, and pictures of its trained networks.
    private func toyPage(_ model: ToyModel) -> AtlasFile {
        let frame = PageFrame(
            Place.toy(model.slug), model.title, in: .models, trail: [("Models", Place.models)],
            subtitle: "A toy model that this tool trains")
        return page(frame) { [self] html in
            let report = ToyModelReport(model, merge)
            html.hatching()
            addDescription(&html, model, report)
            addNetworks(&html, model)
            for measured in report.measurements { addMeasurement(&html, measured) }
            addToyClaims(&html, report)
            addToyCaveats(&html, model, report)
            addConfiguration(&html, model, report)
        }
    }

    private func addDescription(_ html: inout Markup, _ model: ToyModel, _ report: ToyModelReport) {
        let bridges = ledger.assumptions.values.sorted { $0.slug < $1.slug }.filter {
            $0.bridge?.from.contains { $0.value == model.slug } ?? false
        }
        html.section("What it is", "") { html in
            html.facts { html in
                html.fact("Reproduces", [questionItem(report.abstracts)])
                html.fact("Kernel", "\(report.kernel.name), version \(report.kernel.version): \(report.kernel.summary)")
                html.fact("Claims", report.agreementPhrase)
                if !bridges.isEmpty {
                    html.fact("Carries over if") { html in
                        html.list(bridges, isPlain: true) { html, assumption in
                            html.link(Place.assumption(assumption.slug), assumption.statement)
                            html.text(" (to ")
                            html.links((assumption.bridge?.to ?? []).map { modelItem($0.value) })
                            html.text(")")
                        }
                    }
                }
                html.fact("Among models", [("all records about it", modelLink(model.slug))])
                html.fact("Contributors", listed(model.contributors))
                html.fact("Train it on this machine") {
                    $0.tag("code", text: "arbor-ledger show \(model.slug) --train")
                }
            }
        }
    }

    private func addMeasurement(_ html: inout Markup, _ measured: ToyModelReport.Measured) {
        let slug = ledger.measurements[measured.id]?.slug ?? measured.id
        let doubts = merge.attackOutcome.undercuts.filter { $0.concerns(verifier: measured.id) }
        html.section(slug, "A measurement: \(measured.id)", id: slug) { html in
            html.facts { html in
                html.fact("Measures", measured.measures.map(quantityItem))
                html.fact("Conditions", measured.conditions.map { ($0, conditionLink($0)) })
                if !measured.control.isEmpty { html.fact("Control", settingsPhrase(measured.control)) }
                html.fact("Recorded", measured.runLines.joined(separator: "; "))
                if !doubts.isEmpty {
                    html.fact("Doubted by") { html in
                        html.list(doubts, isPlain: true) { html, doubt in
                            html.link(Place.claim(doubt.shownBy.id), undercutLine(doubt))
                        }
                    }
                }
            }
            if measured.cells.isEmpty {
                html.tag("pre", text: "arbor-ledger verify")
                html.tag("p", .class("s soft"), text: "No run is recorded yet. This makes the runs that claims need.")
            }
            for quantity in ledger.measurements[measured.id]?.numbers ?? [] {
                addValues(&html, measured, of: quantity)
            }
        }
    }

    /// Adds the recorded values of one quantity at each cell, with those of the control. Values that are the same
    /// everywhere take one line.
    private func addValues(_ html: inout Markup, _ measured: ToyModelReport.Measured, of name: String) {
        let quantity = ledger.quantities[name]
        let title = quantity?.title ?? name
        let cells = measured.cells.filter { !$0.control && $0.values[name] != nil }
        let rows = cells.prefix(cellLimit).compactMap { cell -> StripFigure.Row? in
            guard let spread = cell.values[name] else { return nil }
            // The control may differ in a condition of the measurement.
            let controlCell = cell.cell.merging(measured.control.filter { cell.cell[$0.key] != nil }) { $1 }
            let control = measured.cells.first { $0.control && $0.cell == controlCell }?.values[name]
            let (least, most) = (short(spread.least), short(spread.most))
            let notes = [
                least == most ? nil : "range \(least) to \(most)", control.map { "control \(short($0.mean))" },
            ]
            return StripFigure.Row(
                cell.cell.isEmpty ? "all runs" : settingsPhrase(cell.cell), nil,
                note: notes.compactMap(\.self).joined(separator: "; "),
                [control.map { .dots([$0.mean]) }, .whisker(spread.least, spread.most), .point(spread.mean)]
                    .compactMap(\.self),
                value: short(spread.mean), nil)
        }
        guard let first = rows.first else { return }
        if rows.count > 1, rows.allSatisfy({ ($0.value, $0.note) == (first.value, first.note) }) {
            let note = first.note.isEmpty ? "" : " (\(first.note))"
            return html.tag("p", .class("s")) { $0.recordText("\(title): \(first.value)\(note) throughout") }
        }
        let more = cells.count > cellLimit ? " \(cellLimit) of \(cells.count) cells are shown." : ""
        let unit = quantity.flatMap(unitNote).map { "\($0) " } ?? ""
        let note = "Points: means over the runs, with their range. Circles: means of the control."
        html.add(
            StripFigure(
                title, note: "\(quantity == nil ? "A number that the kernel measures. " : "")\(unit)\(note)\(more)",
                heads: ("Setting", "Mean"), rows: rows))
    }

    private func addNetworks(_ html: inout Markup, _ model: ToyModel) {
        html.section("Inside trained networks", "One network for each training setting.", id: "networks") { html in
            guard let views = state.networks[model.slug], !views.networks.isEmpty else {
                html.tag("p", text: "This atlas was built without pictures of networks. To train and draw them:")
                html.tag("pre", text: "arbor-ledger atlas DIR --train")
                return
            }
            for network in views.networks {
                let place = network.cell.isEmpty ? "" : " at \(settingsPhrase(network.cell))"
                html.tag("h3") { $0.recordText("Network\(place)") }
                html.tag("p", .class("s soft")) { html in
                    html.text("Seed ")
                    html.tag("code", text: network.seed)
                    if let failure = network.failure { html.recordText(": \(failure)") }
                    if network.failure == nil, network.pictures.isEmpty {
                        html.text(": the kernel draws no pictures of it")
                    }
                }
                for picture in network.pictures { html.add(picture) }
            }
            html.list(views.failures) { html, failure in html.recordText(failure.phrase) }
        }
    }

    private func addToyClaims(_ html: inout Markup, _ report: ToyModelReport) {
        html.section("Claims", counted(report.claims.count, "claim")) { html in
            guard !report.claims.isEmpty else {
                return html.tag("p", text: "No claim was tested on it alone.")
            }
            html.table(["Claim", "Quantity", "Says", "Evidence", "General models"]) { html in
                for line in report.claims.prefix(200) {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row")) {
                            $0.link(Place.claim(line.row.id), line.row.id.description)
                        }
                        html.tag("td", .class("full")) { html in
                            let item = quantityItem(line.row.quantity)
                            html.link(item.link, item.text)
                        }
                        html.tag("td") { $0.recordText(line.row.valueText) }
                        html.tag("td", .class("ev")) { html in
                            if let member = members[line.row.id] { html.add(evidence(of: member)) }
                        }
                        html.tag("td", .text(.dataLabel, "General models:"), text: line.general.word)
                    }
                }
            }
            if report.claims.count > 200 {
                html.tag("p", .class("s soft"), text: "And \(report.claims.count - 200) more.")
            }
        }
    }

    private func addToyCaveats(_ html: inout Markup, _ model: ToyModel, _ report: ToyModelReport) {
        guard !report.caveats.isEmpty else { return }
        html.section("Caveats", "Against the model, its measurements or its claims.") { html in
            html.list(Array(report.caveats.prefix(100))) { html, line in html.recordText(line) }
            if report.caveats.count > 100 {
                html.tag("p", .class("s soft"), text: "And \(report.caveats.count - 100) more.")
            }
        }
    }

    private func addConfiguration(_ html: inout Markup, _ model: ToyModel, _ report: ToyModelReport) {
        html.section("Configuration and cost", "") { html in
            html.table(["Parameter", "Value", "Meaning"]) { html in
                for parameter in report.config {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row"), text: parameter.name)
                        html.tag("td") { $0.recordText(parameter.value + (parameter.isDefault ? " (default)" : "")) }
                        html.tag("td", .class("full")) { $0.recordText(parameter.summary) }
                    }
                }
            }
            html.facts { html in
                html.fact(
                    "Limit of one run", "\(model.budget.minutes) min, \(model.budget.memoryGibibytes) GiB of memory")
                if !report.cost.isEmpty {
                    html.fact("Cost of one run") { html in
                        html.list(report.cost, isPlain: true) { html, cost in html.recordText(cost.phrase) }
                    }
                }
            }
        }
    }
}

extension GeneralAgreement {
    fileprivate var word: String {
        switch self {
        case .agrees: "agree"
        case .differs: "differ"
        case .unknown: "not compared"
        }
    }
}
