import Records

/// Checks that the question of every vote exists.
func checkVotes(_ context: CheckContext) -> [Diagnostic] {
    context.state.votes.filter { !context.existing.contains(.question(id: $0.key)) }.flatMap { id, votes in
        let moved = context.questions(namedAs: id)
        let fix =
            moved.count == 1
            ? "move it to \(RecordPlace.votesFolder(of: moved[0]))/"
            : context.remedy(forQuestion: id) ?? "add \(RecordPlace.question(id: id).path), or remove it"
        return votes.map { vote in
            Diagnostic(
                .unknownQuestion, path: RecordPlace.vote(question: id, handle: vote.handle).path, mark: .fileStart,
                message: "the vote is on the unknown question \"\(id)\"", fix: fix)
        }
    }
}
