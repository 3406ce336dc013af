import Synchronization

/// A flag that any worker can turn on, and that no worker can turn off.
final class OneWaySwitch: Sendable {
    private let state = Atomic(false)

    var isOn: Bool { state.load(ordering: .relaxed) }

    func turnOn() { state.store(true, ordering: .relaxed) }
}
