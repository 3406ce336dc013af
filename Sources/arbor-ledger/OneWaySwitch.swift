import Synchronization

/// Turned on by whichever worker, and never off.
final class OneWaySwitch: Sendable {
    private let state = Atomic(false)

    var isOn: Bool { state.load(ordering: .relaxed) }

    func turnOn() { state.store(true, ordering: .relaxed) }
}
