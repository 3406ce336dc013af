import Foundation
import Testing

/// A method of making a commit, as a user would type it.
struct CommitMethod: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Shell commands that prepare the commit. `put FILE` writes the record to be added; `flip FILE` writes a good
    /// record in place of a bad one, or the reverse.
    var prepare: String
    var commit: String

    init(_ name: String, _ prepare: String, _ commit: String) {
        (testDescription, self.prepare, self.commit) = (name, prepare, commit)
    }
}

/// However a commit is made, the check judges exactly the content to be committed and changes nothing.
@Suite struct CommitMethodTests {
    private static let side = """
        git switch -qc side; put Findings/new.yaml; edit Side; git add -A; git commit -qnm side; git switch -q main
        """

    /// Commit methods for which git runs our hook.
    static let judged: [CommitMethod] = [
        CommitMethod("commit", "put Findings/new.yaml; git add -A", "git commit -qm x"),
        CommitMethod("commit -a", "track; put Findings/new.yaml", "git commit -qam x"),
        CommitMethod(
            "commit PATH", "put Findings/new.yaml; bad Findings/other.yaml; git add -A",
            "git commit -qm x Findings/new.yaml"),
        CommitMethod(
            "commit --only", "put Findings/new.yaml; bad Findings/other.yaml; git add -A; flip Findings/third.yaml",
            "git commit -qm x --only -- Findings/new.yaml"),
        CommitMethod(
            "commit --include", "track; good Findings/other.yaml; git add -A; put Findings/new.yaml",
            "git commit -qm x --include Findings/new.yaml"),
        CommitMethod(
            "a staged part", "put Findings/new.yaml; git add -A; flip Findings/new.yaml; bad Findings/untracked.yaml",
            "git commit -qm x"),
        CommitMethod(
            "--amend", "good Findings/new.yaml; git add -A; git commit -qm x; put Findings/new.yaml; git add -A",
            "git commit -q --amend --no-edit"),
        CommitMethod("--fixup", "put Findings/new.yaml; git add -A", "git commit -q --fixup HEAD"),
        CommitMethod("--allow-empty", "put Findings/new.yaml; git add -A", "git commit -q --allow-empty -m x"),
        CommitMethod(
            "a clean merge", "\(side); git commit -q --allow-empty -m main", "git merge -q --no-ff -m merge side"),
        CommitMethod(
            "a conflicted merge",
            "\(side); edit Main; git commit -qam main; git merge -q side || true; git checkout -q --ours Findings; git add -A",
            "git commit -qm merge"),
        CommitMethod(
            "a merge that was stopped", "\(side); git merge -q --no-ff --no-commit side", "git commit -qm merge"),
        CommitMethod("a squashed merge", "\(side); git merge -q --squash side", "git commit -qm squash"),
        CommitMethod(
            "rebase --exec", "git commit -q --allow-empty -m empty",
            "git rebase -q --exec \"cp '$candidate' Findings/new.yaml && git add -A && git commit -qm x\" HEAD~1"),
        CommitMethod(
            "a linked work tree",
            "git worktree add -q ../linked; put ../linked/Findings/new.yaml; git -C ../linked add -A",
            "git -C ../linked commit -qm x"),
        CommitMethod(
            "the ledger as a submodule",
            """
            git init -q ../super; git -C ../super -c protocol.file.allow=always submodule --quiet add "$PWD" ledger
            install ../super/ledger; put ../super/ledger/Findings/new.yaml; git -C ../super/ledger add -A
            """, "git -C ../super/ledger commit -qm x"),
        CommitMethod(
            "a ledger with a submodule",
            """
            git init -q ../lib; git -C ../lib commit -q --allow-empty -m lib
            git -c protocol.file.allow=always submodule --quiet add ../lib lib; put Findings/new.yaml; git add -A
            """, "git commit -qm x"),
        CommitMethod(
            "--git-dir and --work-tree",
            """
            elsewhere; put ../elsewhere/Findings/new.yaml; flip Findings/new.yaml
            git --git-dir="$PWD/.git" --work-tree=../elsewhere add -A
            """, "git --git-dir=.git --work-tree=../elsewhere commit -qm x"),
        CommitMethod(
            "--work-tree and commit -a, from elsewhere",
            """
            track; elsewhere; put ../elsewhere/Findings/new.yaml; top=$PWD
            """, "cd /; git --git-dir=\"$top/.git\" --work-tree=\"$top/../elsewhere\" commit -qam x"),
        CommitMethod(
            "GIT_DIR and GIT_WORK_TREE",
            "elsewhere; export GIT_DIR=\"$PWD/.git\" GIT_WORK_TREE=\"$PWD/../elsewhere\"; put ../elsewhere/Findings/new.yaml; git add -A; cd ..",
            "git commit -qm x"),
        CommitMethod("GIT_DIR alone", "export GIT_DIR=.git; put Findings/new.yaml; git add -A", "git commit -qm x"),
        CommitMethod(
            "a bare repository with a work tree",
            """
            git clone -q --bare . ../bare.git; elsewhere; install ../bare.git; export GIT_DIR="$PWD/../bare.git" GIT_WORK_TREE="$PWD/../elsewhere"
            put ../elsewhere/Findings/new.yaml; git add -A; cd ../elsewhere
            """, "git commit -qm x"),
        CommitMethod(
            "a bare repository's linked work tree",
            """
            git clone -q --bare . ../bare.git; install ../bare.git; git -C ../bare.git worktree add -q ../linked
            put ../linked/Findings/new.yaml; git -C ../linked add -A
            """, "git -C ../linked commit -qm x"),
        CommitMethod(
            "GIT_INDEX_FILE",
            """
            flip Findings/new.yaml; git add -A; export GIT_INDEX_FILE=.git/other; git read-tree HEAD
            put Findings/new.yaml; git add -A
            """, "git commit -qm x"),
        CommitMethod("a subfolder", "put Findings/new.yaml; git add -A; cd Findings", "git commit -qm x"),
        CommitMethod(
            "a path in a subfolder", "put Findings/new.yaml; git add -A; cd Findings", "git commit -qm x new.yaml"),
        CommitMethod("git -C", "put Findings/new.yaml; git add -A; top=$PWD; cd /", "git -C \"$top\" commit -qm x"),
        CommitMethod(
            "an orphan branch", "git checkout -q --orphan fresh; put Findings/new.yaml; git add -A", "git commit -qm x"),
        CommitMethod(
            "the first commit",
            """
            git init -q ../first; cp -r Claims Findings Verifiers ../first; install ../first; cd ../first
            put Findings/new.yaml; git add -A
            """, "git commit -qm x"),
        CommitMethod(
            "a detached HEAD", "git checkout -q --detach; put Findings/new.yaml; git add -A", "git commit -qm x"),
        CommitMethod(
            "beside a stash", "good Findings/kept.yaml; git add -A; git stash -q; put Findings/new.yaml; git add -A",
            "git commit -qm x"),
        CommitMethod(
            "core.hooksPath",
            "rm .git/hooks/pre-*; git config core.hooksPath ../hooks; install .; put Findings/new.yaml; git add -A",
            "git commit -qm x"),
        CommitMethod(
            "core.hooksPath in a linked work tree",
            """
            rm .git/hooks/pre-*; git config core.hooksPath own/hooks; git worktree add -q ../linked; install ../linked
            put ../linked/Findings/new.yaml; git -C ../linked add Findings
            """, "git -C ../linked commit -qm x"),
        CommitMethod(
            "core.hooksPath of this work tree alone",
            """
            rm .git/hooks/pre-*; git config core.hooksPath ../nowhere; git config extensions.worktreeConfig true
            git config --worktree core.hooksPath ../hooks; install .; put Findings/new.yaml; git add -A
            """, "git commit -qm x"),
        CommitMethod(
            "core.hooksPath of a linked work tree alone",
            """
            rm .git/hooks/pre-*; git config core.hooksPath ../nowhere; git config extensions.worktreeConfig true
            git worktree add -q ../linked; git -C ../linked config --worktree core.hooksPath own; install ../linked
            put ../linked/Findings/new.yaml; git -C ../linked add Findings
            """, "git -C ../linked commit -qm x"),
        CommitMethod(
            "a work tree's settings that git is not told to read",
            """
            rm .git/hooks/pre-*; git config --global extensions.worktreeConfig true
            git config --file .git/config.worktree core.hooksPath ../nowhere; install .
            put Findings/new.yaml; git add -A
            """, "git commit -qm x"),
    ]

    /// Commit methods for which git does not run our hook. `check BASE..TIP` finds the errors afterwards.
    static let unjudged: [CommitMethod] = [
        CommitMethod("--no-verify", "put Findings/new.yaml; git add -A", "git commit -qnm x"),
        CommitMethod("cherry-pick", "\(side)", "git cherry-pick side"),
        CommitMethod("a fast-forward", "\(side)", "git merge -q --ff-only side"),
        CommitMethod(
            "rebase", "\(side); git commit -q --allow-empty -m main",
            "git rebase -q main side; git branch -f main; git switch -q main"),
        CommitMethod(
            "revert",
            "put Findings/new.yaml; git add -A; git commit -qnm x; git rm -q Findings/new.yaml; git commit -qnm y",
            "git revert --no-edit HEAD"),
        CommitMethod("am", "\(side); git format-patch -q --stdout main..side >../patch", "git am -q ../patch"),
        CommitMethod(
            "pull --rebase",
            "\(side); git clone -q . ../clone; git -C ../clone fetch -q; git -C ../clone commit -q --allow-empty -m own; git merge -q --ff-only side",
            "git -C ../clone pull -q --rebase; git fetch -q ../clone main; git reset -q --hard FETCH_HEAD"),
        CommitMethod(
            "plumbing", "put Findings/new.yaml; git add -A",
            "git update-ref refs/heads/main $(git commit-tree -p HEAD -m x $(git write-tree))"),
    ]

    @Test(arguments: judged) func hookJudgesTheCommittedContent(method: CommitMethod) throws {
        for isGood in [true, false] {
            let place = try Place(isGood)
            let printed = try place.run(method)
            let context = "\(method.testDescription), \(isGood ? "good" : "bad"): \(printed)"
            #expect((printed.status == 0) == isGood, "\(context)")
            #expect(printed.errors.contains("[unknown-quantity]") == !isGood, "\(context)")
            // The file has one line per run of our hook; the line says whether the run left all bytes unchanged.
            let runs = Set(try place.ledger.read("\(place.ledger.root)/runs").split(separator: "\n"))
            #expect(runs == ["unchanged"], "\(context)")
        }
    }

    @Test(arguments: unjudged) func rangeCheckFindsErrorsThatNoHookSees(method: CommitMethod) throws {
        for isGood in [true, false] {
            let place = try Place(isGood)
            let base = try place.ledger.git("rev-parse", "HEAD")
            let printed = try place.run(method)
            #expect(printed.status == 0, "\(method.testDescription): \(printed)")
            #expect(!place.ledger.exists("\(place.ledger.root)/runs"), "\(method.testDescription): a hook ran")
            let judged = try place.ledger.run("check", "\(base)..HEAD")
            #expect(judged.status == (isGood ? 0 : 1), "\(method.testDescription): \(judged)")
            #expect(judged.output.contains("[unknown-quantity]") == !isGood)
        }
    }

    /// If a child process inherited git's variables, it would read and write the user's index.
    @Test func childrenDoNotInheritGitsVariables() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(modelFile, "steps: 200", "steps: 1000000")
        try ledger.edit(modelFile, "minutes: 2", "minutes: 100")
        try ledger.commit("Train for minutes")
        let names = try ledger.git("rev-parse", "--local-env-vars").split(separator: "\n").map(String.init)
        // The values must name this repository; otherwise no child process would start.
        var values = [
            "GIT_DIR": ledger.place(".git"), "GIT_WORK_TREE": ledger.path, "GIT_COMMON_DIR": ledger.place(".git"),
        ]
        for name in ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
            values[name] = ledger.place(".git/objects")
        }
        let set = Dictionary(uniqueKeysWithValues: names.map { ($0, values[$0] ?? ledger.place(".git/index")) })
        let verify = try ledger.start(["verify", "--jobs", "1"], extra: set)
        defer { kill(verify.id, SIGKILL) }
        let deadline = Date.now.addingTimeInterval(60)
        var seen: [String] = []
        // Until a child executes its own program, it shows its parent's environment.
        while !seen.contains("SWIFT_BACKTRACE=enable=no"), verify.isRunning, Date.now < deadline {
            usleep(2000)
            for child in children(of: verify.id) {
                let variables = FileManager.default.contents(atPath: "/proc/\(child)/environ") ?? Data()
                seen = variables.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            }
        }
        #expect(seen.contains("SWIFT_BACKTRACE=enable=no"))
        #expect(seen.filter { $0.hasPrefix("GIT_") } == [])
    }
}

/// A ledger with our hooks, and with a tool that records whether a check changed anything.
private struct Place {
    let ledger: TemporaryLedger

    init(_ isGood: Bool) throws {
        ledger = try TemporaryLedger.example()
        let good = finding("A finding", tested: "{model: superposition-geometry, density: 0.1}")
        let bad = good.replacingOccurrences(of: "dimensions-per", with: "dimension-per")
        try ledger.write("\(ledger.root)/good", good)
        try ledger.write("\(ledger.root)/bad", bad)
        try ledger.write("\(ledger.root)/watched-tool", watchedTool)
        try ledger.write("\(ledger.root)/prelude", prelude(isGood))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: "\(ledger.root)/watched-tool")
    }

    func run(_ method: CommitMethod) throws -> ProcessResult {
        let shell = "set -e; . \"$ROOT/prelude\"; install .\n\(method.prepare)\nrm -f \"$ROOT/runs\"\n"
        let environment = ledger.environment.merging(["ROOT": ledger.root, "BINARY": binary]) { $1 }
        return try RunningProcess("/bin/sh", ["-c", shell + method.commit], in: ledger.path, environment).wait()
    }

    private func prelude(_ isGood: Bool) -> String {
        """
        candidate=$ROOT/\(isGood ? "good" : "bad")
        put() { cp "$candidate" "$1"; }
        flip() { cp "$ROOT/\(isGood ? "bad" : "good")" "$1"; }
        good() { cp "$ROOT/good" "$1"; }
        bad() { cp "$ROOT/bad" "$1"; }
        edit() { sed -i "s/^title: .*/title: $1/" Findings/half-a-dimension.yaml; }
        track() { good Findings/new.yaml; echo "# tracked" >>Findings/new.yaml; git add -A; git commit -qnm tracked; }
        elsewhere() { mkdir ../elsewhere; cp -r Claims Findings Verifiers .arbor-ledger.yaml .editorconfig ../elsewhere; }
        # The installed scripts, with the tool that watches in place of the tool.
        install() {
            (cd "$1"; "$BINARY" hook install >/dev/null; folder=$(git rev-parse --git-path hooks); sed -i "s|^tool=.*|tool='$ROOT/watched-tool'|" "$folder"/pre-*[a-z])
        }

        """
    }

    private var watchedTool: String {
        """
        #!/bin/sh
        state() {
            find "$ROOT" -type f ! -path '*/arbor-ledger/*' ! -path "$ROOT/runs" -exec sha256sum {} + | LC_ALL=C sort
        }
        before=$(state)
        "$BINARY" "$@"
        code=$?
        [ "$before" = "$(state)" ] && echo unchanged >>"$ROOT/runs" || echo changed >>"$ROOT/runs"
        exit $code

        """
    }
}
