import KernelInterface
import Records
import Words
import YAML

/// Checks the kernels of the ledger: the digests of their files, and the quantities that they give.
func checkKernels(_ context: CheckContext) -> [Diagnostic] {
    let kernels = context.state.kernels
    let strays = context.state.kernelFiles.flatMap { kernel, files in
        kernels[kernel] == nil ? checkStrays(files, of: kernel, context) : []
    }
    return strays + kernels.values.flatMap { checkKernel($0, context) }
}

/// Reports the files of a folder without a record of a kernel.
private func checkStrays(_ files: [String: KernelFile], of kernel: String, _ context: CheckContext) -> [Diagnostic] {
    let place = RecordPlace.kernel(slug: kernel)
    guard !context.existing.contains(place), let first = files.keys.min() else { return [] }
    return [
        Diagnostic(
            .unknownKernel, path: RecordPlace.kernelFile(kernel: kernel, file: first).path, mark: .fileStart,
            message: "the folder has no \(RecordPlace.kernelFileName)",
            fix: "write \(place.path) with `arbor-ledger new kernel`, or move the files out of Kernels")
    ]
}

private func checkKernel(_ kernel: CommandKernel, _ context: CheckContext) -> [Diagnostic] {
    let path = RecordPlace.kernel(slug: kernel.slug).path
    var diagnostics: [Diagnostic] = []
    func report(
        _ code: Diagnostic.Code, _ mark: Mark, _ message: String, _ fix: String, edits: [Edit] = []
    ) {
        diagnostics.append(Diagnostic(code, path: path, mark: mark, message: message, fix: fix, edits: edits))
    }
    if context.compiledKernels.contains(where: { $0.name == kernel.slug }) {
        report(
            .takenKernelName, .fileStart, "\"\(kernel.slug)\" is the name of a kernel that is part of arbor-ledger",
            "rename the folder")
    }
    let files = context.state.kernelFiles[kernel.slug] ?? [:]
    for file in kernel.files {
        let name = file.name.value
        guard let found = files[name] else {
            let place = RecordPlace.kernelFile(kernel: kernel.slug, file: name)
            guard !context.existing.contains(place) else { continue }
            report(.unknownFile, file.name.mark, "there is no file \(place.path)", "add it, or remove the entry")
            continue
        }
        guard found.sha256 != file.sha256.value else { continue }
        report(
            .changedProgram, file.sha256.mark, "the content of \"\(name)\" has another SHA-256",
            "write \(found.sha256)",
            edits: Edit.replacing(file.sha256.mark, with: found.sha256))
    }
    let listed = Set(kernel.files.map(\.name.value))
    for name in files.keys.sorted() where !listed.contains(name) {
        diagnostics.append(
            Diagnostic(
                .unlistedFile, path: RecordPlace.kernelFile(kernel: kernel.slug, file: name).path, mark: .fileStart,
                message: "the program cannot see this file, because \"files\" of \(path) does not list it",
                fix: "add it to `files`, or move it out of the folder"))
    }
    for measurement in kernel.measurements {
        for quantity in measurement.quantities where context.state.quantities[quantity] == nil {
            guard !context.existing.contains(.quantity(slug: quantity)) else { continue }
            report(
                .unknownQuantity, kernel.mark(of: "measurements"),
                "\"\(measurement.name)\" gives the unknown quantity \"\(quantity)\"",
                didYouMean(quantity, context.state.quantities.keys)
                    ?? "add \(RecordPlace.quantity(slug: quantity).path)")
        }
    }
    return diagnostics
}

extension Diagnostic.Code {
    package static let takenKernelName = Self(
        "taken-kernel-name", .error, "A kernel has the name of a kernel of arbor-ledger.")
    package static let changedProgram = Self(
        "changed-program", .error, "A file of a kernel does not have the recorded SHA-256.")
    package static let unlistedFile = Self("unlisted-file", .warning, "A kernel's program cannot see a file.")

    package static let ofKernels = [takenKernelName, changedProgram, unlistedFile]
}
