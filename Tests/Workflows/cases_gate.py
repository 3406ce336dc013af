"""The gate on both forges: ranges that pass, and those that must be refused."""

import gzip
import json
import os

import jsonschema
from github import GitHub, commands
from gitlab import GitLab
from tally import expect
from world import ROOT, read, write

HOSTILE = "x\\n::add-mask::a ##[add-mask]a"


def pull_request(world, ledger, **options):
    """Merges the branch `topic` into main, as GitHub and GitLab do to test it, and returns GitHub's run."""
    base, head = world.head(ledger, "main"), world.head(ledger, "topic")
    world.run("git", "checkout", "-q", "--detach", "main", cwd=ledger)
    world.run("git", "merge", "-q", "--no-ff", "-m", "Merge", "topic", cwd=ledger)
    world.run("git", "update-ref", "refs/pull/1/merge", "HEAD", cwd=ledger)
    event = {"pull_request": {"base": {"sha": base}, "head": {"sha": head}}}
    return GitHub(world, ledger, "pull_request", "refs/pull/1/merge", world.head(ledger), event, **options)


def merge_request(world, ledger, project=None, **variables):
    head, base = world.head(ledger, "topic"), world.run("git", "merge-base", "main", "topic", cwd=ledger).strip()
    given = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_MERGE_REQUEST_REF_PATH": "refs/merge-requests/1/head",
             "CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_URL": ledger, "CI_COMMIT_BEFORE_SHA": "0" * 40}
    return GitLab(world, project or ledger, "merge_request_event", head, **(given | variables))


def topic(world, ledger, change):
    world.run("git", "checkout", "-q", "-B", "topic", "main", cwd=ledger)
    change()
    world.commit(ledger, "Change")


def check_sarif(path, schema, where):
    """Checks what GitHub accepts: 10 MB, one run, 25,000 results, of which it keeps 5,000, and 25,000 rules."""
    with open(path, "rb") as file:
        data = file.read()
    expect(len(gzip.compress(data)) <= 10_000_000, f"{where}: more than 10 MB")
    log = json.loads(data)
    [run] = log["runs"]
    expect(len(run["results"]) <= 5_000 and len(run["tool"]["driver"]["rules"]) <= 25_000, f"{where}: too long")
    names = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    expect(len(names) == len(set(names)), f"{where}: equal fingerprints")
    results, run["results"] = run["results"], run["results"][:20]
    errors = [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(log)]
    expect(not errors, f"{where}: {errors[:2]}")
    return results, run.get("invocations", [])


def check_code_quality(path, where):
    entries = json.loads(read(path))
    for entry in entries[:100]:
        expect(set(entry) == {"check_name", "description", "fingerprint", "location", "severity"}, f"{where}: {entry}")
        expect(entry["severity"] in ("info", "minor", "major", "critical", "blocker"), f"{where}: {entry}")
        expect(entry["location"]["lines"]["begin"] >= 1, f"{where}: {entry}")
    expect(len({entry["fingerprint"] for entry in entries}) == len(entries), f"{where}: equal fingerprints")
    return entries


def check_gate(world, schema):
    ledger = world.new_ledger("gated")
    workflow = f"{ledger}/.github/workflows/ledger.yml"
    finding = read(f"{ledger}/Findings/half-a-dimension.yaml")

    def on_github(**options):
        job = pull_request(world, ledger, **options).job(workflow, "check")
        return job, [name for name, _, _ in commands(job.log)]

    topic(world, ledger, lambda: write(f"{ledger}/Findings/other.yaml", finding.replace("[0.45, 0.55]", "[0.4, 0.6]")))
    job, named = on_github()
    expect(not job.failed and named == ["warning"] and "0 errors" in job.log and "No two claims disagree" in job.log, f"gate: {job.log}")
    run = merge_request(world, ledger)
    expect(run.selected() == ["check", "preview"], f"a merge request starts {run.selected()}")
    job = run.run("check")
    expect(not job.failed and "0 errors" in job.log, f"gate: {job.log}")
    entries = check_code_quality(f"{job.folder}/gl-code-quality-report.json", "passing")
    expect([entry["severity"] for entry in entries] == ["minor"], f"{entries}")

    # A report that cannot be written is no result.
    write(f"{world.folder}/lost.yml", read(workflow).replace("report: ledger.sarif", "report: missing/ledger.sarif"))
    job = pull_request(world, ledger).job(f"{world.folder}/lost.yml", "check")
    expect(job.status == 2 and "the format sarif of the result could not be written" in job.log, f"gate: {job.log}")

    # An error in a finding of the range.
    topic(world, ledger, lambda: write(f"{ledger}/Findings/bad.yaml", finding.replace("quantity: dim", "quantity: dims")))
    job, named = on_github()
    expect(job.status == 1 and named == ["error"] and "::error file=Findings/bad.yaml,line=" in job.log, f"gate: {job.log}")
    expect("unknown-quantity" in job.summary, f"the summary is {job.summary}")
    results, _ = check_sarif(f"{job.workspace}/ledger.sarif", schema, "bad")
    expect([result["ruleId"] for result in results] == ["unknown-quantity"], f"{results}")
    job = merge_request(world, ledger).run("check")
    expect(job.status == 1 and "[unknown-quantity]" in job.log, f"gate: {job.log}")
    entries = check_code_quality(f"{job.folder}/gl-code-quality-report.json", "bad")
    expect([entry["check_name"] for entry in entries] == ["unknown-quantity"], f"{entries}")

    # The same in a merge queue, in a pipeline for merged results, and from a fork, whose main branch is older.
    event = {"merge_group": {"base_sha": world.head(ledger, "main")}}
    job = GitHub(world, ledger, "merge_group", "refs/heads/topic", world.head(ledger, "topic"), event).job(workflow, "check")
    expect(job.status == 1 and "::error file=Findings/bad.yaml" in job.log, f"gate: {job.log}")
    job = merge_request(world, ledger, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=world.head(ledger, "topic")).run("check")
    expect(job.status == 1 and "[unknown-quantity]" in job.log, f"gate: {job.log}")
    world.run("git", "clone", "-q", "--bare", ledger, "fork.git")
    world.run("git", "update-ref", "-d", "refs/heads/main", cwd=f"{world.folder}/fork.git")
    os.rename(ledger, f"{ledger}.git")
    job = merge_request(world, f"{ledger}.git", f"{world.folder}/fork.git", CI_PROJECT_ID="2",
                        CI_MERGE_REQUEST_PROJECT_URL=ledger).run("check")
    expect(job.status == 1 and "[unknown-quantity]" in job.log, f"gate of a fork: {job.log}")
    os.rename(f"{ledger}.git", ledger)

    # Texts of a finding and names of files are no commands, wherever they are printed.
    def hostile():
        write(f"{ledger}/Findings/::error::a.yaml", "title: x\n")
        write(f"{ledger}/Findings/bad.yaml", finding.replace("quantity: dim", f'"{HOSTILE}": 1\nquantity: dims'))
        write(f"{ledger}/Claims/bad/question.yaml", f'title: "{HOSTILE}"\n')
    topic(world, ledger, hostile)
    job, named = on_github()
    expect(job.status == 1 and set(named) == {"error"}, f"the log has the commands {named}: {job.log}")

    # A removed receipt.
    world.run("git", "checkout", "-q", "main", cwd=ledger)
    world.run(world.tool, "verify", cwd=ledger)
    world.commit(ledger, "Audit")
    receipts = world.run("git", "show", "--name-only", "--format=", cwd=ledger).split()
    topic(world, ledger, lambda: world.run("git", "rm", "-q", *receipts, cwd=ledger))
    job, named = on_github()
    expect(job.status == 1 and "title=removed-receipt" in job.log, f"gate: {job.log}")
    job = merge_request(world, ledger).run("check")
    expect(job.status == 1 and "[removed-receipt]" in job.log, f"gate: {job.log}")

    # An event without a range, a range that the clone lacks, and a rewritten audit branch.
    main = world.head(ledger, "main")
    job = GitHub(world, ledger, "workflow_dispatch", sha=main).job(workflow, "check")
    expect(job.status == 64 and "this event has no commits to compare with" in job.log, f"gate: {job.log}")
    job = GitHub(world, ledger, sha=main, event={"before": "1" * 40}).job(workflow, "check")
    expect(job.status == 64 and "1111111" in job.log, f"gate: {job.log}")
    world.run("git", "tag", "old", main, cwd=ledger)
    world.run("git", "checkout", "-q", "-B", "main", "main~1", cwd=ledger)
    rewritten = world.commit(ledger, "Other", "--allow-empty")
    push = GitLab(world, ledger, "push", rewritten, fetched=["refs/tags/old:refs/tags/old", "refs/heads/main:refs/remotes/origin/main"],
                  CI_COMMIT_BEFORE_SHA=main, CI_COMMIT_BRANCH="main")
    expect(push.selected() == ["check", "pages"], f"a push starts {push.selected()}")
    job = push.run("check")
    expect(job.status == 1 and "rewritten-history" in job.log, f"gate: {job.log}")


def check_limits(world, schema):
    """Thousands of errors: forges get as many as they show, most severe first, and a sentence about the rest."""
    ledger = world.new_ledger("large")
    finding = read(f"{ledger}/Findings/half-a-dimension.yaml")
    start, claim = finding.index("  - quantity"), finding[finding.index("  - quantity"):finding.index("caveats:")]
    world.run("git", "checkout", "-q", "-b", "topic", cwd=ledger)
    for number in range(11):
        write(f"{ledger}/Findings/f{number}.yaml", finding[:start] + 500 * claim.replace("quantity: dim", "quantity: dims"))
    world.commit(ledger, "Many")
    run = pull_request(world, ledger)
    job = run.job(f"{ledger}/.github/workflows/ledger.yml", "check")
    expect(job.status == 1, f"gate: {job.log[-500:]}")
    annotations = [name for name, _, _ in commands(job.log)]
    expect(annotations.count("error") == 10 and len(annotations) <= 20, f"{len(annotations)} annotations")
    expect("5490 errors" in job.log and "left out, because GitHub shows at most 10" in " ".join(job.log.split()), job.log[-500:])
    expect(len(job.summary.encode()) < 1 << 20, "the summary has more than 1 MiB")
    results, [invocation] = check_sarif(f"{job.workspace}/ledger.sarif", schema, "large")
    expect(len(results) == 5_000 and {result["level"] for result in results} == {"error"}, f"{len(results)} results")
    [notification] = invocation["toolExecutionNotifications"]
    expect("500 errors" in notification["message"]["text"], f"{notification}")
    job = merge_request(world, ledger).run("check")
    entries = check_code_quality(f"{job.folder}/gl-code-quality-report.json", "large")
    expect(job.status == 1 and len(entries) == 5_001, f"{len(entries)} entries")
    expect("500 errors" in entries[-1]["description"] and entries[-1]["check_name"] == "left-out", f"{entries[-1]}")


def check_alerts(world, schema):
    """Alerts are written for pushes to the audit branch alone, and only if the repository wants them."""
    ledger = world.new_ledger("alerts")
    before = world.head(ledger)
    write(f"{ledger}/Findings/bad.yaml", "title: x\n")
    world.commit(ledger, "Bad")
    workflow = f"{ledger}/.github/workflows/ledger.yml"
    for settings, event_name, wanted in [({"CODE_SCANNING": "on"}, "push", True), ({}, "push", False),
                                         ({"CODE_SCANNING": "on"}, "pull_request", False)]:
        event = {"before": before, "pull_request": {"base": {"sha": before}, "head": {"sha": world.head(ledger)}}}
        if event_name == "push":
            del event["pull_request"]
        run = GitHub(world, ledger, event_name, event=event, settings=settings)
        expect(run.job(workflow, "check").status == 1, "the gate passes")
        job = run.job(workflow, "alerts")
        expect((job is not None) == wanted, f"alerts of {event_name} with {settings}")
        if job:
            expect(not job.failed and check_sarif(f"{run.folder}/alerts.sarif", schema, "alerts")[0], "no alerts")
