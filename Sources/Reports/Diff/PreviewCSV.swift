import Records
import Words

func previewCSV(_ preview: BranchPreview) -> [UInt8] {
    let unmerged = preview.unmerged.map { file -> [CSVCell] in
        [.text("unmerged"), .text(file.path), .text("changed"), .text(""), .text(file.reason), .text("")]
    }
    let errors = preview.newErrors.map { error -> [CSVCell] in
        [
            .text("error"), .text("\(error.path):\(error.mark.line):\(error.mark.column)"), .text("new"), .text(""),
            .text("\(error.message) [\(error.code.name)]"), .text(error.path),
        ]
    }
    return csv(changeHeader, unmerged + errors + changeRows(preview.diff))
}
