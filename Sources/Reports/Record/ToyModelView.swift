import Merging
import Records
import Words

/// The width of pictures. It is fixed, because the view is built before a format is chosen.
private let drawnWidth = 76

extension RecordView {
    init(_ model: ToyModel, _ merge: Merge) {
        self.init(model.slug, .toyModel, model.title, .model(slug: model.slug))
        let report = ToyModelReport(model, merge)
        toyModel = report
        claims = report.claims.map(\.row)
        add("abstracts", [([model.abstracts.value, report.question].compactMap(\.self)).joined(separator: ": ")])
        add("kernel", ["\(report.kernel.name), version \(report.kernel.version): \(report.kernel.summary)"])
        add("config", tableRows(report.config.map(\.row), width: drawnWidth), isDrawn: true)
        add("budget of one run", ["\(model.budget.minutes) min, \(model.budget.memoryGibibytes) GiB"])
        add("cost of one run", report.cost.map(\.phrase))
        add("bridges", report.bridges)
        add("claims", report.claims.map(\.phrase) + [report.agreementPhrase].compactMap(\.self))
        add("caveats", report.caveats)
        add("resources", model.resources.map { $0.phrase(in: merge.state) })
        for measured in report.measurements { add(measured) }
    }

    /// Adds the pictures of the toy model's trained networks.
    package mutating func add(_ views: NetworkViews) {
        toyModel?.networks = views
        add("trained networks", views.lines(model: id))
        add("inside", Array(views.rows(width: drawnWidth).drop(while: \.isEmpty)), isDrawn: true)
    }

    private mutating func add(_ measured: ToyModelReport.Measured) {
        let conditions = measured.conditions.isEmpty ? "" : " by \(listed(measured.conditions))"
        let control = measured.control.isEmpty ? "" : "; control: \(settingsPhrase(measured.control))"
        add(measured.id, ["measures \(listed(measured.measures))\(conditions)\(control)"] + measured.runLines)
        addMeans(measured)
    }

    /// Adds the mean values of recorded runs at each cell.
    mutating func addMeans(_ measured: ToyModelReport.Measured) {
        add(
            "\(measured.id), means over the runs",
            Array(measured.pictures.flatMap { [""] + titled($0, width: drawnWidth) }.dropFirst()), isDrawn: true)
    }
}
