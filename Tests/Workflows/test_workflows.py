"""Checks the workflows of this repository and those that `init` writes, and runs the one that writes comments.

Usage: test_workflows.py TOOL
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import expect, finish  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CHECKER = os.path.join(os.path.dirname(sys.executable), "check-jsonschema")
# What a job may do besides reading the repository, by the end of the workflow's path and the job.
ALLOWED = {
    ("atlas.yml", "publish"): {"pages": "write", "id-token": "write"},
    ("atlas-comment.yml", "comment"): {"actions": "read", "pull-requests": "write"},
    ("audit-on-github.yml", "collect"): {"contents": "write"},
}
# The only workflow that uses a secret. It runs only code of the audit branch: no event of it is made by a pull request.
AUDIT = "audit-on-github.yml"


def scripts(job):
    for step in job["steps"]:
        if "run" in step:
            yield step["run"]


def check_shell(script, where):
    done = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True)
    expect(done.returncode == 0, f"{where}: {done.stderr}")
    # An expression is replaced before the shell reads the script, so it would be read as code.
    expect("${{" not in script, f"{where}: an expression in a script")


def check_workflow(path):
    name = os.path.basename(path)
    done = subprocess.run(
        [CHECKER, "--builtin-schema", "vendor.github-workflows", path], capture_output=True, text=True)
    expect(done.returncode == 0, f"{path}: {done.stdout}{done.stderr}")
    with open(path, encoding="utf-8") as file:
        workflow = yaml.safe_load(file)
    events = workflow[True]  # YAML 1.1 reads `on` as a truth value.
    expect("pull_request_target" not in events, f"{path}: pull_request_target")
    expect(workflow["permissions"] in ({"contents": "read"}, {}), f"{path}: permissions {workflow['permissions']}")
    for key, job in workflow["jobs"].items():
        where = f"{path}, job {key}"
        expect(job.get("permissions", {}) == ALLOWED.get((name, key), {}), f"{where}: {job.get('permissions')}")
        expect(job["runs-on"] == "ubuntu-latest", f"{where}: runs on {job['runs-on']}")
        expect(name == AUDIT or "secrets" not in json.dumps(job), f"{where}: uses secrets")
        for step in job["steps"]:
            action = step.get("uses")
            expect(action is None or re.fullmatch(r"actions/[a-z-]+@(v\d+|[0-9a-f]{40})", action), f"{where}: {action}")
            if action and action.startswith("actions/checkout@"):
                expect(step["with"]["persist-credentials"] is False, f"{where}: leaves the token in the clone")
        for script in scripts(job):
            check_shell(script, where)
        if name == AUDIT:
            expect(set(events) == {"schedule", "workflow_dispatch"}, f"{path}: events {events}")
            expect(("secrets" in json.dumps(job)) == (key != "shard"), f"{where}: the key")
        elif job.get("permissions"):
            # A job that can write never runs what a pull request brought.
            expect(not any("checkout" in step.get("uses", "") for step in job["steps"]), f"{where}: checks out")


def check_gitlab(path):
    done = subprocess.run([CHECKER, "--builtin-schema", "vendor.gitlab-ci", path], capture_output=True, text=True)
    expect(done.returncode == 0, f"{path}: {done.stdout}{done.stderr}")
    with open(path, encoding="utf-8") as file:
        pipeline = yaml.safe_load(file)
    for name, job in [("default", pipeline["default"])] + [(key, job) for key, job in pipeline.items() if "script" in job]:
        for line in job.get("script", []) + job.get("before_script", []):
            expect(isinstance(line, str), f"{path}, {name}: {line} is no text")
            check_shell(line, f"{path}, {name}")
    expect(pipeline["pages"]["artifacts"]["paths"] == ["public"], f"{path}: publishes another folder")


GH = """#!/usr/bin/env python3
import json, os, shutil, sys
arguments, folder = sys.argv[1:], os.environ["FAKE"]
with open(folder + "/calls", "a") as file:
    file.write(json.dumps(arguments) + "\\n")
path = next(it for it in arguments if it.startswith("repos/"))
if path.endswith("/zip"):
    shutil.copyfileobj(open(folder + "/preview.zip", "rb"), sys.stdout.buffer)
elif "--input" in arguments:
    shutil.copy(arguments[arguments.index("--input") + 1], folder + "/posted.json")
else:
    print(open(folder + "/" + path.split("?")[0].split("/")[-1] + ".json").read())
"""


def comment(script, preview, pulls, comments=(), entry="preview.txt", size=100):
    """Runs the script with these answers of GitHub. Returns the calls and the body of the comment."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/bin")
        os.mkdir(f"{folder}/temporary")
        with open(f"{folder}/bin/gh", "w") as file:
            file.write(GH)
        os.chmod(f"{folder}/bin/gh", 0o755)
        answers = {"pulls": list(pulls), "artifacts": {"artifacts": [{"name": "preview", "size_in_bytes": size, "id": 5}]},
                   "comments": list(comments)}
        for name, answer in answers.items():
            with open(f"{folder}/{name}.json", "w") as file:
                json.dump(answer, file)
        with zipfile.ZipFile(f"{folder}/preview.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(entry, preview)
        environment = {
            "PATH": f"{folder}/bin:/usr/bin:/bin", "FAKE": folder, "RUNNER_TEMP": f"{folder}/temporary", "GH_TOKEN": "", "RUN": "7",
            "REPOSITORY": "lab/ledger", "SHA": "a" * 40, "HEAD": "stranger:$(touch pwned)`touch pwned`",
        }
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
        expect(done.returncode == 0, f"the comment's script ended with {done.returncode}: {done.stderr}")
        expect(not os.path.exists(f"{folder}/pwned"), "the comment's script runs what a branch is called")
        with open(f"{folder}/calls") as file:
            calls = [json.loads(line) for line in file]
        body = None
        if os.path.exists(f"{folder}/posted.json"):
            with open(f"{folder}/posted.json", encoding="utf-8") as file:
                posted = json.load(file)
            expect(list(posted) == ["body"], f"the comment sends {list(posted)}")
            body = posted["body"]
        return calls, body


def check_comment(path):
    with open(path, encoding="utf-8") as file:
        workflow = yaml.safe_load(file)
    [script] = scripts(workflow["jobs"]["comment"])
    pulls = [{"number": 8, "head": {"sha": "b" * 40}}, {"number": 9, "head": {"sha": "a" * 40}}]
    calls, body = comment(script, "Questions\n  + one\n", pulls)
    expect(body == "<!-- atlas preview -->\nWhat commit aaaaaaaaaaaa changes, as its own run reports it:\n\n"
           "```text\nQuestions\n  + one\n\n```\n", f"the comment is {body!r}")
    expect(calls[0][-1] == "head=stranger:$(touch pwned)`touch pwned`", f"{calls[0]}")
    expect("repos/lab/ledger/issues/9/comments" in calls[-1], f"{calls[-1]}")

    hostile = "```\n@everyone ![x](https://example.org/x.png) <img src=x>\n~~~\n\u202etxet\u2066 \x1b[31m\x00 <!-- atlas preview -->\n"
    _, body = comment(script, hostile.encode() + b"\xff\xfe" + b"y" * 100_000, pulls)
    fence = body.split("\n")
    expect([line for line in fence if line.lstrip().startswith("```")] == ["```text", "```"], "the code block ends early")
    expect(fence.index("```text") == 3 and fence[-2:] == ["```", ""], "text stands outside the code block")
    expect(not set(body) & set("\u202e\u2066\x1b\x00\r"), "control characters are kept")
    expect("@everyone ![x](https" in body, "the text of the preview is lost")
    expect(len(body) < 51_000, f"the comment has {len(body)} characters")

    bot = {"login": "github-actions[bot]"}
    others = [{"id": 1, "user": {"login": "stranger"}, "body": "<!-- atlas preview -->"}, {"id": 2, "user": bot, "body": "x"},
              {"id": 3, "user": bot, "body": "<!-- atlas preview -->\nold"}]
    calls, _ = comment(script, "new", pulls, others)
    expect("PATCH" in calls[-1] and "repos/lab/ledger/issues/comments/3" in calls[-1], f"{calls[-1]}")
    # Nothing is said if the pull request has moved on, or the artefact is something else.
    expect(comment(script, "new", pulls[:1])[1] is None, "comments on another commit")
    expect(comment(script, "new", pulls, size=2_000_000)[1] is None, "reads a large artefact")


def steps_of(workflow, job):
    return [step["run"] for step in workflow["jobs"][job]["steps"]
            if "run" in step and not step.get("name", "").startswith(("Build", "Push"))]


def check_audit(path):
    """Runs the scripts of the jobs, in clones of a ledger. Actions carry files between jobs; here they are copied."""
    with open(path, encoding="utf-8") as file:
        workflow = yaml.safe_load(file)
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        os.mkdir(f"{folder}/bin")
        os.symlink(TOOL, f"{folder}/bin/arbor-ledger")

        def run(*command, cwd):
            return subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, text=True).stdout

        for name, value in [("user.name", "Ada"), ("user.email", "ada@example.org"), ("protocol.file.allow", "always")]:
            run("git", "config", "--global", name, value, cwd=folder)
        run("git", "init", "-q", "-b", "main", "ledger", cwd=folder)
        run("arbor-ledger", "init", "--no-hook", cwd=f"{folder}/ledger")
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "audit-key", cwd=folder)
        run("arbor-ledger", "signers", "add", "audit@example.org", "../audit-key.pub", cwd=f"{folder}/ledger")
        run("git", "add", "-A", cwd=f"{folder}/ledger")
        run("git", "commit", "-qm", "Begin", cwd=f"{folder}/ledger")
        with open(f"{folder}/audit-key") as file:
            secret = file.read().rstrip()

        def make(job, cwd, shards, **more):
            os.makedirs(f"{folder}/temporary-{job}", exist_ok=True)
            variables = environment | {key: str(value) for key, value in workflow["env"].items()} | {
                "SHARDS": shards, "RUNNER_TEMP": f"{folder}/temporary-{job}", "GITHUB_OUTPUT": f"{folder}/output",
                "GITHUB_STEP_SUMMARY": f"{folder}/summary", "BRANCH": "audit-7"} | more
            open(variables["GITHUB_OUTPUT"], "w").close()
            for script in steps_of(workflow, job):
                done = subprocess.run(
                    ["bash", "-e", "-o", "pipefail", "-c", script], cwd=cwd, env=variables, capture_output=True, text=True)
                expect(done.returncode == 0, f"the script of {job} ended with {done.returncode}: {done.stdout}{done.stderr}")
            with open(variables["GITHUB_OUTPUT"]) as file:
                return dict(line.rstrip("\n").split("=", 1) for line in file)

        def round_(number, wanted):
            run("git", "clone", "-q", "ledger", f"plan-{number}", cwd=folder)
            output = make("plan", f"{folder}/plan-{number}", "3", RUNNER_KEY=secret)
            expect(output == {"shards": wanted}, f"the shards are {output}")
            shards = json.loads(wanted)
            for shard in shards:
                node = f"{folder}/node-{number}-{shard}"
                os.mkdir(node)
                shutil.copytree(f"{folder}/plan-{number}/plan", f"{node}/plan")
                make("shard", node, "3", SHARD=str(shard), COUNT=str(len(shards)), HOME=node)
            if not shards:
                return
            run("git", "clone", "-q", "ledger", f"collect-{number}", cwd=folder)
            shutil.copytree(f"{folder}/plan-{number}/plan", f"{folder}/collect-{number}/plan")
            for shard in shards:
                shutil.copytree(
                    f"{folder}/node-{number}-{shard}/plan/results", f"{folder}/collect-{number}/plan/results",
                    dirs_exist_ok=True)
            make("collect", f"{folder}/collect-{number}", "3", RUNNER_KEY=secret, BRANCH=f"audit-{number}")
            added = run("git", "diff", "--name-only", "origin/main", f"audit-{number}", cwd=f"{folder}/collect-{number}")
            expect(all(name.startswith("Verifiers/") for name in added.split()), f"the branch adds {added}")
            expect(len(added.split()) == 2, f"round {number} adds {added}")
            run("git", "pull", "-q", f"../collect-{number}", f"audit-{number}", cwd=f"{folder}/ledger")

        round_(1, "[1,2,3]")
        round_(2, "[1,2,3]")
        round_(3, "[]")
        merged = run("arbor-ledger", "show", "half-a-dimension", cwd=f"{folder}/ledger")
        expect("0.45 to 0.55, controlled" in merged, f"the audit does not count: {merged}")


def main():
    for path in sorted(glob.glob(f"{ROOT}/.github/workflows/*.yml")):
        check_workflow(path)
    check_workflow(f"{ROOT}/docs/workflows/{AUDIT}")
    check_audit(f"{ROOT}/docs/workflows/{AUDIT}")
    check_comment(f"{ROOT}/.github/workflows/atlas-comment.yml")
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", "init", "-q", "-b", "main", "ledger"], cwd=folder, env=environment, check=True)
        ledger = f"{folder}/ledger"
        subprocess.run([TOOL, "init", "--no-hook"], cwd=ledger, env=environment, check=True, capture_output=True)
        written = sorted(glob.glob(f"{ledger}/.github/workflows/*.yml"))
        expect(len(written) == 3, f"init writes {written}")
        for path in written:
            check_workflow(path)
        with open(f"{ledger}/.github/workflows/atlas-comment.yml") as one, \
                open(f"{ROOT}/.github/workflows/atlas-comment.yml") as other:
            expect(one.read() == other.read(), "the two workflows that write comments differ")
        check_gitlab(f"{ledger}/.gitlab-ci.yml")
    finish("checks of workflows")


main()
