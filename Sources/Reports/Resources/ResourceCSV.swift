import Words

func resourceCSV(_ report: ResourceReport) -> [UInt8] {
    csv(
        [
            "resource", "title", "kind", "bytes", "sha256", "licence", "made_by", "storage", "path", "sources",
            "dead_sources", "used_by",
        ],
        report.rows.map { row in
            [
                .text(row.resource.slug), .text(row.resource.title), .text(row.resource.kind.rawValue),
                .number(row.resource.byteCount), .text(row.resource.sha256), .text(row.resource.licence),
                .text(row.resource.originPhrase), .text(row.storageWord), .text(row.storedPath),
                .list(row.sources.map(\.text)), .list(row.sources.filter { $0.check?.isDead ?? false }.map(\.text)),
                .list(row.users),
            ]
        })
}
