"""Previews of pull requests, and the workflow that writes them as comments."""

import json
import os
import zipfile

from cases_gate import merge_request, pull_request, topic
from github import GitHub, commands
from gitlab import GitLab
from tally import expect
from world import ROOT, read, write

GH = """#!/usr/bin/python3
import json, os, shutil, sys
arguments, folder = sys.argv[1:], os.environ["FAKE"]
with open(folder + "/calls", "a") as file:
    file.write(json.dumps(arguments) + "\\n")
path = next(it for it in arguments if it.startswith("repos/"))
name = path.split("?")[0].split("/")[-1]
if name in os.environ.get("BROKEN", ""):
    sys.exit("HTTP 403: Resource not accessible by integration")
if os.environ["GH_TOKEN"] != "GITHUB-TOKEN":
    sys.exit("no token")
if path.endswith("/zip"):
    shutil.copyfileobj(open(folder + "/preview.zip", "rb"), sys.stdout.buffer)
elif "--input" in arguments:
    shutil.copy(arguments[arguments.index("--input") + 1], folder + "/posted.json")
else:
    print(open(folder + "/" + name + ".json").read())
"""
PULLS = [{"number": 8, "head": {"sha": "b" * 40}}, {"number": 9, "head": {"sha": "a" * 40}}]
BRANCH = "$(touch pwned)`touch pwned`"


def comment(world, ledger, workflow, preview, pulls=PULLS, comments=("[]",), entry="preview.txt", size=100, conclusion="success", broken=""):
    """Runs the job with these answers of GitHub. Returns the job, the calls and the body of the comment."""
    folder = world.new_folder("answers")
    answers = {"pulls": json.dumps(pulls), "comments": "\n".join(comments),
               "artifacts": json.dumps({"artifacts": [{"name": "preview", "size_in_bytes": size, "id": 5}]})}
    for name, answer in answers.items():
        write(f"{folder}/{name}.json", answer)
    with zipfile.ZipFile(f"{folder}/preview.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, preview)
    event = {"workflow_run": {
        "event": "pull_request", "conclusion": conclusion, "id": "7", "head_sha": "a" * 40, "head_branch": BRANCH,
        "head_repository": {"owner": {"login": "stranger"}}}}
    run = GitHub(world, ledger, "workflow_run", event=event, programs={"gh": GH},
                 variables={"FAKE": folder, "BROKEN": broken})
    job = run.job(workflow, "comment")
    if job is None:
        return None, [], None
    expect(not os.path.exists(f"{job.workspace}/pwned"), "the comment's script runs what a branch is called")
    calls = [json.loads(line) for line in read(f"{folder}/calls").splitlines()]
    if not os.path.exists(f"{folder}/posted.json"):
        return job, calls, None
    posted = json.loads(read(f"{folder}/posted.json"))
    expect(list(posted) == ["body"], f"the comment sends {list(posted)}")
    return job, calls, posted["body"]


def check_comment(world):
    ledger = world.new_ledger("commented")
    for workflow in [f"{ledger}/.github/workflows/atlas-comment.yml", f"{ROOT}/.github/workflows/atlas-comment.yml"]:
        job, calls, body = comment(world, ledger, workflow, "Questions\n  + one\n")
        expect(not job.failed and body == "<!-- atlas preview -->\nWhat commit aaaaaaaaaaaa changes, as its own run reports it:\n\n"
               "```text\nQuestions\n  + one\n\n```\n", f"the comment is {body!r}: {job.log}")
        expect(calls[0][-1] == f"head=stranger:{BRANCH}", f"{calls[0]}")
        expect("repos/commented/issues/9/comments" in calls[-1], f"{calls[-1]}")

    hostile = "```\n@everyone ![x](https://example.org/x.png) <img src=x>\n~~~\n\u202etxet\u2066 \x1b[31m\x00 <!-- atlas preview -->\n"
    job, _, body = comment(world, ledger, workflow, hostile.encode() + b"\xff\xfe" + b"y" * 100_000)
    fence = body.split("\n")
    expect([line for line in fence if line.lstrip().startswith("```")] == ["```text", "```"], "the code block ends early")
    expect(fence.index("```text") == 3 and fence[-2:] == ["```", ""], "text stands outside the code block")
    expect(not set(body) & set("\u202e\u2066\x1b\x00\r"), "control characters are kept")
    expect("@everyone ![x](https" in body, "the text of the preview is lost")
    expect(len(body) < 51_000, f"the comment has {len(body)} characters")
    expect(not commands(job.log), f"the preview reaches the log: {job.log}")

    # The old comment may be on a later page.
    bot = {"login": "github-actions[bot]"}
    pages = [json.dumps([{"id": 1, "user": {"login": "stranger"}, "body": "<!-- atlas preview -->"}]),
             json.dumps([{"id": 2, "user": bot, "body": "x"}, {"id": 3, "user": bot, "body": "<!-- atlas preview -->\nold"}])]
    _, calls, _ = comment(world, ledger, workflow, "new", comments=pages)
    expect("PATCH" in calls[-1] and "repos/commented/issues/comments/3" in calls[-1], f"{calls[-1]}")

    # Nothing is written if the pull request has moved on, its run failed, or the artefact is something else.
    for options in [{"pulls": PULLS[:1]}, {"size": 2_000_000}]:
        job, _, body = comment(world, ledger, workflow, "new", **options)
        expect(not job.failed and body is None and "moved on or has no preview" in job.log, f"comments with {options}: {job.log}")
    expect(comment(world, ledger, workflow, "new", conclusion="failure")[0] is None, "comments on a failed run")
    for options in [{"entry": "other.txt"}, {"broken": "pulls"}, {"broken": "artifacts"}, {"broken": "zip"}, {"broken": "comments"}]:
        job, _, body = comment(world, ledger, workflow, "new", **options)
        sentence = "HTTP 403" if "broken" in options else "the artefact holds no preview.txt"
        expect(job.failed and body is None and sentence in job.log, f"comment with {options}: {job.log}")


def check_preview(world):
    """What a pull request changes, on both forges, and the atlas that is published after it."""
    ledger = world.new_ledger("previewed")
    workflow = f"{ledger}/.github/workflows/atlas.yml"
    finding = read(f"{ledger}/Findings/half-a-dimension.yaml")
    topic(world, ledger, lambda: write(f"{ledger}/Findings/::error::other.yaml", finding))
    run = pull_request(world, ledger)
    job = run.job(workflow, "preview")
    expect(not job.failed and not commands(job.log), f"preview: {job.log}")
    expect(os.path.getsize(f"{run.folder}/artefacts/preview/preview.txt") > 0, "the preview is empty")
    expect(job.summary == read(f"{job.workspace}/preview.md") and job.summary.startswith("## "), f"the summary is {job.summary}")
    run.job(workflow, "build")
    expect(run.job(workflow, "publish") is None, "publishes a pull request")
    request = merge_request(world, ledger)
    job = request.run("preview")
    expect(not job.failed and read(f"{job.folder}/preview.md").startswith("## "), f"preview: {job.log}")
    # A checkout that is no merge, or a base that is missing.
    job = GitHub(world, ledger, "pull_request", sha=world.head(ledger, "main")).job(workflow, "preview")
    expect(job.failed and "HEAD^1" in job.log, f"preview: {job.log}")
    request.variables["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = "1" * 40
    job = request.run("preview")
    expect(job.failed and "1111111" in job.log, f"preview: {job.log}")

    world.run("git", "checkout", "-q", "main", cwd=ledger)
    push = GitHub(world, ledger, event={"before": "0" * 40, "repository": {"has_pages": True}})
    expect(push.job(workflow, "preview") is None, "previews a push")
    job = push.job(workflow, "build")
    expect(not job.failed and os.path.exists(f"{push.folder}/artefacts/github-pages/index.html"), f"atlas: {job.log}")
    expect(push.job(workflow, "publish") is not None, "does not publish")
    push = GitLab(world, ledger, "push", fetched=["refs/heads/main:refs/remotes/origin/main"], CI_COMMIT_BRANCH="main",
                  CI_COMMIT_BEFORE_SHA="0" * 40)
    job = push.run("pages")
    expect(not job.failed and os.path.exists(f"{job.folder}/public/index.html"), f"pages: {job.log}")
    # Without a ledger there is nothing to publish.
    world.run("git", "rm", "-rq", "Claims", "Findings", "Verifiers", ".arbor-ledger.yaml", cwd=ledger)
    world.commit(ledger, "Remove")
    job = GitHub(world, ledger, event={"repository": {"has_pages": True}}).job(workflow, "build")
    expect(job.failed, f"publishes the atlas of no ledger: {job.log}")
