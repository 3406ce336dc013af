/// What the whole ledger settles, for looking at a part of it.
package struct Settled: Sendable, Equatable {
    /// Assumptions whose question refuted them, and those whose question supports them; sorted.
    package var fallen: [String]
    package var discharged: [String]
    /// Sets of assumptions that cannot all hold; each sorted.
    package var nogoods: [[String]]

    package init(fallen: [String], discharged: [String], nogoods: [[String]]) {
        self.fallen = fallen
        self.discharged = discharged
        self.nogoods = nogoods
    }
}
