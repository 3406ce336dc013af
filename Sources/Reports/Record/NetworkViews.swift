import KernelInterface
import Words

/// The pictures of a toy model's trained networks.
package struct NetworkViews: Sendable {
    package struct Network: Sendable {
        /// The network's settings, such as its density.
        package var cell: [String: String]
        /// The seed, as 16 hexadecimal digits.
        package var seed: String
        /// Whether the network was in the cache.
        package var isCached: Bool
        package var failure: String?
        /// The folder to which the network was exported.
        package var exportFolder: String?
        package var pictures: [Picture]

        package init(
            cell: [String: String], seed: String, isCached: Bool, failure: String?, exportFolder: String?,
            pictures: [Picture]
        ) {
            self.cell = cell
            self.seed = seed
            self.isCached = isCached
            self.failure = failure
            self.exportFolder = exportFolder
            self.pictures = pictures
        }
    }

    package var networks: [Network]
    /// The cells of networks that are not trained yet.
    package var missing: [[String: String]]
    /// The estimated time to train them on one core.
    package var missingSeconds: Double
    /// Networks that could not be drawn, with the reason.
    package var failures: [FailedRun]

    /// Whether every network was exported.
    package var isExported: Bool { failures.isEmpty && networks.allSatisfy { $0.exportFolder != nil } }

    package init(networks: [Network], missing: [[String: String]], missingSeconds: Double, failures: [FailedRun]) {
        self.networks = networks
        self.missing = missing
        self.missingSeconds = missingSeconds
        self.failures = failures
    }
}

extension NetworkViews {
    /// Lists the networks, and the command that trains the missing ones.
    func lines(model: String) -> [String] {
        var lines = networks.map { network in
            let name = cellPhrase(network.cell).map { "\($0): " } ?? ""
            let outcome = network.failure.map { ", \($0)" } ?? ""
            let exported = network.exportFolder.map { ", exported to \($0)" } ?? ""
            return "\(name)seed \(network.seed), \(network.isCached ? "cached" : "trained now")\(outcome)\(exported)"
        }
        lines += failures.map(\.phrase)
        if !networks.isEmpty, networks.allSatisfy({ $0.failure == nil && $0.pictures.isEmpty }) {
            lines.append("the kernel draws no pictures of \(networks.count == 1 ? "this network" : "these networks")")
        }
        if !missing.isEmpty {
            let cells = missing.compactMap(cellPhrase)
            let which = cells.isEmpty ? "" : " at \(listed(cells))"
            lines.append(
                "no trained network is cached\(which); `arbor-ledger show \(model) --train` trains \(missing.count == 1 ? "it" : "them") in about \(duration(missingSeconds))"
            )
        }
        return lines
    }

    /// Draws the pictures, grouped by title. The caption of each picture states its network's settings.
    func rows(width: Int) -> [String] {
        var titles: [String] = []
        for picture in networks.flatMap(\.pictures) where !titles.contains(picture.title) {
            titles.append(picture.title)
        }
        return titles.flatMap { title -> [String] in
            let blocks = networks.flatMap { network in
                network.pictures.filter { $0.title == title }.map { picture in
                    (
                        cellPhrase(network.cell) ?? "",
                        drawn(picture.content, width: networks.count > 1 ? smallWidth : width)
                    )
                }
            }
            let heading = TextStyle(width: width, hasColour: false).wrapped(title, indent: 0)
            return [""] + heading.split(separator: "\n").map(String.init)
                + flowed(blocks, width: width - 2).map { $0.isEmpty ? "" : "  \($0)" }
        }
    }
}

/// The width of each picture if there are several networks.
private let smallWidth = 24

private func cellPhrase(_ cell: [String: String]) -> String? {
    cell.isEmpty ? nil : cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}
