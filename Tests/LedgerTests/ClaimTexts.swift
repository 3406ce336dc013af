/// Texts of claims on the quantities of the base ledger.
func dimsClaim(_ value: String, _ density: String = "0.3", model: String = "toy", _ more: String = "") -> String {
    "  - {quantity: dims, value: \(value), tested: {model: \(model), density: \(density)}\(more)}"
}

func accuracyClaim(_ value: String, model: String = "r1", layer: String = "4", _ more: String = "") -> String {
    "  - {quantity: accuracy, value: \(value), tested: {model: \(model), task: maze, layer: \(layer)}\(more)}"
}

/// Returns the base ledger without its findings, combined with the given text.
func bareLedger(_ text: String) -> TestLedger {
    var ledger = baseLedger
    ledger.files.removeAll { $0.path.hasPrefix("Findings/") }
    return ledger + TestLedger(text)
}
