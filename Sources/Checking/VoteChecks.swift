import Records

/// Checks the questions and the dates of votes.
func checkVotes(_ context: CheckContext, today: String) -> [Diagnostic] {
    checkVotedQuestions(context)
        + context.state.votes.values.joined().flatMap { vote in
            checkDate(
                vote.date, vote.mark(of: "date"),
                path: RecordPlace.vote(question: vote.question, handle: vote.handle).path, today: today)
        }
}

/// Checks that the question of every vote exists.
private func checkVotedQuestions(_ context: CheckContext) -> [Diagnostic] {
    context.state.votes.filter { !context.existing.contains(.question(id: $0.key)) }.flatMap { id, votes in
        let moved = context.questions(namedAs: id)
        let fix =
            moved.count == 1
            ? "move it to \(RecordPlace.votesFolder(of: moved[0]))/"
            : context.mend(forQuestion: Located(id, .fileStart))?.sentence
                ?? "add \(RecordPlace.question(id: id).path), or remove it"
        return votes.map { vote in
            Diagnostic(
                .unknownQuestion, path: RecordPlace.vote(question: id, handle: vote.handle).path, mark: .fileStart,
                message: "the vote is on the unknown question \"\(id)\"", fix: fix)
        }
    }
}
