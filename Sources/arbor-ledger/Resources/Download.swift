import Records
import Words

/// Downloads the content of one resource.
struct Download {
    let resource: Resource
    let store: ResourceStore
    /// The largest size in bytes.
    let byteLimit: Int
    let progress: DownloadProgress

    private static let redirectLimit = 5

    /// Tries each source in turn, and returns the digest of the stored content.
    func run(with curl: Curl) async throws -> String {
        defer { progress.end() }
        var failures: [String] = []
        for source in resource.sources {
            guard let address = source.place.address else {
                failures.append("\(source.text.value): \(Self.registryRemedy)")
                continue
            }
            let file = try partialFile(address)
            do throws(FetchFailure) {
                return try await fetch(address, into: file, curl)
            } catch {
                if error.isLasting { try file.remove() }
                failures.append("\(source.text.value): \(error.message)")
            }
        }
        let slug = resource.slug
        throw Refusal(
            message: "the resource \"\(slug)\" was not fetched: \(failures.joined(separator: "; "))",
            remedy: "try again later, or get the file and run `arbor-ledger fetch \(slug) --from FILE`")
    }

    private static let registryRemedy =
        "artefacts of a registry are fetched with `oras blob fetch` and added with `arbor-ledger fetch --from`"

    /// A download continues only if the record has a digest, which shows whether the content is still the same.
    private func partialFile(_ address: WebAddress) throws -> PartialFile {
        try store.partialFile(resource.sha256 ?? sha256(address.text))
    }

    /// Fetches the content. If the rest of an earlier download does not fit its beginning, starts again once.
    private func fetch(_ address: WebAddress, into file: PartialFile, _ curl: Curl) async throws(FetchFailure) -> String
    {
        if resource.sha256 == nil { try file.restart() }
        var isResumed = file.byteCount > 0
        if !isResumed || file.sha256 != resource.sha256 { isResumed = try await transfer(address, into: file, curl) }
        if isResumed, file.sha256 != resource.sha256 {
            try file.restart()
            _ = try await transfer(address, into: file, curl)
        }
        try checkContent(of: file)
        return try keep(file)
    }

    private func keep(_ file: PartialFile) throws(FetchFailure) -> String {
        do throws(FileError) {
            try file.keep()
            return file.sha256
        } catch {
            throw FetchFailure("\(error)")
        }
    }

    private func checkContent(of file: PartialFile) throws(FetchFailure) {
        if let digest = resource.sha256, file.sha256 != digest {
            throw FetchFailure("the content has the SHA-256 \(file.sha256) instead of \(digest)", isLasting: true)
        }
        if let size = resource.byteCount, file.byteCount != size {
            throw FetchFailure("the content has \(counted(file.byteCount, "byte")) instead of \(size)", isLasting: true)
        }
    }

    /// Copies a local file into the store.
    func add(_ path: String) throws -> String {
        let file = try store.partialFile(sha256("copy of \(path)"))
        do {
            try file.restart()
            guard try file.append(contentsOf: path, byteLimit: byteLimit) else { throw tooLarge(nil) }
            try checkContent(of: file)
            return try keep(file)
        } catch let error as FetchFailure {
            try file.remove()
            throw Refusal(message: "\(path) was not added: \(error.message)")
        }
    }

    /// Requests the rest of the content and follows redirects. Returns whether bytes were added to an earlier download.
    private func transfer(_ address: WebAddress, into file: PartialFile, _ curl: Curl) async throws(FetchFailure)
        -> Bool
    {
        var address = address
        for _ in 0...Self.redirectLimit {
            let start = file.byteCount
            var location: String?
            var isResumed = start > 0
            // Whether the server lacks the requested part, perhaps because the content has changed.
            var isRefused = false
            try await curl.request(address, from: start) { (head) throws(FetchFailure) in
                location = head.location
                guard location == nil else { return false }
                isRefused = start > 0 && (head.status == 416 || head.status == 206 && head.rangeStart != start)
                guard !isRefused else { return false }
                isResumed = try accept(head, from: start)
                if start > 0, !isResumed { try file.restart() }
                return true
            } append: { (bytes) throws(FetchFailure) in
                guard file.byteCount + bytes.count <= byteLimit else { throw tooLarge(nil) }
                try file.append(bytes)
                progress.advance(from: file.byteCount - bytes.count, to: file.byteCount)
            }
            if isRefused {
                try file.restart()
                continue
            }
            guard let location else { return isResumed }
            address = try redirect(address, to: location)
        }
        throw FetchFailure("the server redirects more than \(Self.redirectLimit) times")
    }

    /// Checks the head of a response, and returns whether its body continues the earlier download.
    private func accept(_ head: ResponseHead, from start: Int) throws(FetchFailure) -> Bool {
        guard [200, 206].contains(head.status) else { throw FetchFailure("the server answered \(head.status)") }
        let isContinued = head.status == 206
        guard !isContinued || start > 0 else { throw FetchFailure("the server sent only a part of the content") }
        if let length = head.contentLength {
            let total = length.addingReportingOverflow(isContinued ? start : 0)
            guard !total.overflow, total.partialValue <= byteLimit else { throw tooLarge(length) }
        }
        return isContinued
    }

    private func tooLarge(_ size: Int?) -> FetchFailure {
        let limit = resource.byteCount == byteLimit ? "of the record" : "of --max-bytes"
        let known = size.map { "\($0) bytes exceed" } ?? "the content exceeds"
        return FetchFailure("\(known) the \(byteLimit) bytes \(limit)", isLasting: true)
    }
}

/// Returns the address of a redirect, which must be https and public.
func redirect(_ address: WebAddress, to location: String) throws(FetchFailure) -> WebAddress {
    do throws(SourceProblem) {
        return try address.redirected(to: location)
    } catch {
        throw FetchFailure("the server redirects to an address that is not followed: \(error.message)", isLasting: true)
    }
}
