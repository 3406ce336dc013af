"""What every workflow, the action and the component must keep to: public schemas, least privilege, no code in expressions."""

import json
import os
import re
import subprocess
import sys
import tempfile

import yaml
from gitlab import documents
from tally import expect, failures
from world import ROOT, read, write

CHECKER = os.path.join(os.path.dirname(sys.executable), "check-jsonschema")
AUDITOR = os.path.join(os.path.dirname(sys.executable), "zizmor")
# What a job may do besides reading the repository, by the workflow's name and the job.
ALLOWED = {
    ("ledger.yml", "alerts"): {"actions": "read", "contents": "read", "security-events": "write"},
    ("atlas.yml", "publish"): {"pages": "write", "id-token": "write"},
    ("atlas-comment.yml", "comment"): {"actions": "read", "pull-requests": "write"},
    ("audit-on-github.yml", "collect"): {"contents": "write"},
}
# This repository's own workflow checks out the default branch for its action.
OWN_COMMENT = ALLOWED[("atlas-comment.yml", "comment")] | {"contents": "read"}
# The only workflow that uses a secret. It runs only code of the audit branch: no event of it is made by a pull request.
AUDIT = "audit-on-github.yml"
ACTION = re.compile(r"((actions/[a-z-]+|github/codeql-action/upload-sarif)@(v\d+|[0-9a-f]{40})|OWNER/arbor-ledger@v0\.1\.0|\./)")


def check_schema(schema, path):
    done = subprocess.run([CHECKER, "--builtin-schema", f"vendor.{schema}", path], capture_output=True, text=True)
    expect(done.returncode == 0, f"{path}: {done.stdout}{done.stderr}")
    return done.returncode == 0


def check_security(*paths):
    """Asks zizmor, which looks for mistakes in workflows that let a contributor run code or read tokens."""
    settings = f"{ROOT}/Tests/Workflows/zizmor.yml"
    done = subprocess.run(
        [AUDITOR, "--offline", "--no-progress", "--color=never", f"--config={settings}", *paths], capture_output=True, text=True)
    expect(done.returncode == 0, f"zizmor: {done.stdout}{done.stderr}")


def check_shell(script, where):
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
    expect(done.returncode == 0, f"{where}: {done.stderr}")
    # An expression is replaced before the shell reads the script, so it would be read as code.
    expect("${{" not in script and "$[[" not in script, f"{where}: an expression in a script")


def check_workflow(path):
    name = os.path.basename(path)
    check_schema("github-workflows", path)
    workflow = yaml.safe_load(read(path))
    events = workflow[True]  # YAML 1.1 reads `on` as a truth value.
    expect("pull_request_target" not in events, f"{path}: pull_request_target")
    expect(workflow["permissions"] in ({"contents": "read"}, {}), f"{path}: permissions {workflow['permissions']}")
    # What a pull request stores in a cache cannot be read by main, but a job that anybody starts on main can be tricked.
    expect("cache" not in json.dumps(workflow["jobs"]), f"{path}: a cache")
    for key, job in workflow["jobs"].items():
        where = f"{path}, job {key}"
        allowed = OWN_COMMENT if path == f"{ROOT}/.github/workflows/atlas-comment.yml" else ALLOWED.get((name, key), {})
        expect(job.get("permissions", {}) == allowed, f"{where}: {job.get('permissions')}")
        expect(job["runs-on"] == "ubuntu-latest", f"{where}: runs on {job['runs-on']}")
        expect("timeout-minutes" in job, f"{where}: no time limit")
        expect(name == AUDIT or "secrets" not in json.dumps(job), f"{where}: uses secrets")
        for step in job["steps"]:
            action = step.get("uses")
            expect(action is None or ACTION.fullmatch(action), f"{where}: {action}")
            if action and action.startswith("actions/checkout@"):
                expect(step["with"]["persist-credentials"] is False, f"{where}: leaves the token in the clone")
                # A job that can write checks out the audit branch or nothing, never what a pull request brought.
                expect(not {"ref", "repository"} & set(step["with"]), f"{where}: checks out something else")
                expect(not job.get("permissions") or not {"push", "pull_request"} & set(events), f"{where}: checks out")
            if "run" in step:
                check_shell(step["run"], where)
        if name == AUDIT:
            expect(set(events) == {"schedule", "workflow_dispatch"}, f"{path}: events {events}")
            expect(("secrets" in json.dumps(job)) == (key != "shard"), f"{where}: the key")
            expect((job.get("environment") == "audit") == (key != "shard"), f"{where}: the environment")


def check_action(path):
    check_schema("github-actions", path)
    action = yaml.safe_load(read(path))
    named = set(re.findall(r"inputs\.([a-z0-9-]+)", json.dumps(action["runs"])))
    expect(named == set(action["inputs"]), f"{path}: inputs {named ^ set(action['inputs'])} are not used or not declared")
    for step in action["runs"]["steps"]:
        check_shell(step["run"], path)
    for script in sorted(os.listdir(f"{ROOT}/Scripts/forge")):
        check_shell(read(f"{ROOT}/Scripts/forge/{script}"), script)


def check_component(path):
    inputs, jobs = documents(path)
    with tempfile.TemporaryDirectory() as folder:
        # The schema has no place for the value of an input that is a number.
        number = re.sub(r"\$\[\[ inputs\.shards \]\]", str(inputs["shards"]["default"]), read(path).split("\n---\n")[1])
        for name, text in [("inputs.yml", read(path).split("\n---\n")[0]), ("jobs.yml", number)]:
            write(f"{folder}/{name}", text)
            check_schema("gitlab-ci", f"{folder}/{name}")
    named = set(re.findall(r"inputs\.(\w+)", json.dumps(jobs)))
    expect(named == set(inputs), f"{path}: inputs {named ^ set(inputs)} are not used or not declared")
    [install] = [line for line in jobs[".arbor-ledger"]["before_script"] if line.startswith("cat > /tmp/install.sh")]
    expect(install == f"cat > /tmp/install.sh <<'END'\n{read(f'{ROOT}/Scripts/forge/install.sh')}END\n",
           f"{path} has another text than Scripts/forge/install.sh")
    for name, job in jobs.items():
        expect(not {"cache", "tags", "image", "services"} & set(job) or name == ".arbor-ledger", f"{path}, {name}: {set(job)}")
        expect("tags" not in job and "cache" not in job, f"{path}, {name}: names a runner or a cache")
        for line in job.get("script", []) + job.get("before_script", []):
            expect(isinstance(line, str), f"{path}, {name}: {line} is no text")
            check_shell(line, f"{path}, {name}")
    keyed = {name for name, job in jobs.items() if "environment" in job}
    expect(keyed == {"audit-plan", "audit-collect"}, f"{path}: the key is for {keyed}")
    expect("RUNNER_KEY" not in json.dumps(jobs), f"{path}: names the key")


# Mistakes that somebody could make in a workflow or in the component. Each must be found.
PLANTED = [
    ("ledger.yml", "runs-on: ubuntu-latest", "runs-on: [self-hosted]"), ("ledger.yml", "pull_request:", "pull_request_target:"),
    ("ledger.yml", "permissions: {contents: read}", "permissions: write-all"),
    ("ledger.yml", "persist-credentials: false", "persist-credentials: true"),
    ("ledger.yml", "actions/checkout@v4", "stranger/checkout@v4"), ("ledger.yml", "actions/checkout@v4", "actions/checkout@main"),
    ("ledger.yml", "actions/upload-artifact@v4", "actions/cache@v4"), ("ledger.yml", "timeout-minutes: 30", "timeout: 30"),
    ("ledger.yml", "{fetch-depth: 0,", "{ref: topic, fetch-depth: 0,"),
    ("atlas.yml", "run: arbor-ledger atlas site", "run: echo ${{ github.head_ref }}"),
    ("atlas.yml", "run: arbor-ledger atlas site", "run: if then"),
    ("atlas.yml", "run: arbor-ledger atlas site", "run: arbor-ledger atlas site\n        env: {KEY: \"${{ secrets.KEY }}\"}"),
    ("atlas-comment.yml", "actions: read", "actions: write"),
]
PLANTED_IN_THE_COMPONENT = [
    ("curl --disable", "curl"), ("image: debian:12", "image: debian:12\n  tags: [mine]"), ("timeout: 1 hour", "cache: {paths: [tool]}"),
    ("- arbor-ledger atlas public", "- echo $[[ inputs.claims ]]"), ("parallel:", "paralel:"),
    ("needs: [audit-plan]", "needs: [audit-plan]\n  environment: audit"), ("type: number", "type: numbers"),
]


def found(check, path):
    """Returns what a check finds, which is not counted as a failure."""
    before = len(failures)
    check(path)
    problems = failures[before:]
    del failures[before:]
    return problems


def check_planted(workflows, component):
    """The files pass, and each planted mistake is found. Runs alone, because it takes back what is found."""
    with tempfile.TemporaryDirectory() as folder:
        for name, good, bad in PLANTED:
            text = read(f"{workflows}/{name}")
            expect(good in text, f"{name} has no {good}")
            write(f"{folder}/{name}", text.replace(good, bad, 1))
            expect(found(check_workflow, f"{folder}/{name}"), f"{name} passes with {bad}")
        text = read(component)
        for good, bad in PLANTED_IN_THE_COMPONENT:
            expect(good in text, f"the component has no {good}")
            write(f"{folder}/component.yml", text.replace(good, bad, 1))
            expect(found(check_component, f"{folder}/component.yml"), f"the component passes with {bad}")
        write(f"{folder}/ledger.yml", read(f"{workflows}/ledger.yml").replace(
            "- uses: OWNER", "- run: echo ${{ github.event.pull_request.title }}\n      - uses: OWNER"))
        expect(found(check_security, f"{folder}/ledger.yml"), "zizmor does not find code in a title")
