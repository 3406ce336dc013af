"""Audits on a schedule: rounds of plan, shards and collection until nothing is left to run, and what must stop them."""

import base64
import json
import os
import shutil

from github import GitHub
from gitlab import GitLab
from tally import expect
from world import ROOT, read, write

PUBLISHED = f"{ROOT}/docs/workflows/audit-on-github.yml"
SHARDS = 3


def new_audited(world, name):
    """Makes a ledger that lists the key of audits, and returns its folder and the key."""
    ledger = world.new_ledger(name)
    world.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{name}-key")
    world.run(world.tool, "signers", "add", "audit@example.org", f"../{name}-key.pub", cwd=ledger)
    world.commit(ledger, "List the key")
    return ledger, base64.b64encode(read(f"{world.folder}/{name}-key").encode()).decode()


def merged(world, ledger, branch, where):
    """Checks what the branch adds, and merges it as a person would."""
    added = world.run("git", "diff", "--name-only", "main", branch, cwd=ledger).split()
    expect(len(added) == 2 and all(name.startswith("Verifiers/") for name in added), f"{where} adds {added}")
    world.run("git", "merge", "-q", branch, cwd=ledger)
    world.run("git", "branch", "-D", branch, cwd=ledger)


def branches(world, ledger):
    return world.run("git", "branch", "--format=%(refname:short)", cwd=ledger).split()


def expect_verified(world, ledger):
    shown = world.run(world.tool, "show", "half-a-dimension", cwd=ledger)
    expect("0.45 to 0.55, controlled" in shown, f"the audit does not count: {shown}")


def workflow(world):
    """Returns the workflow with fewer shards, which take less time here."""
    path = f"{world.folder}/audit.yml"
    write(path, read(PUBLISHED).replace("shards: 8", f"shards: {SHARDS}"))
    return path


def audit_on_github(world, ledger, key):
    run = GitHub(world, ledger, "schedule", secrets={"RUNNER_KEY": key})
    plan = run.job(workflow(world), "plan")
    if plan.failed:
        return run, plan, [], None
    shards = json.loads(run.needs["plan"]["outputs"]["shards"])
    jobs = [run.job(workflow(world), "shard", {"shard": number}, len(shards)) for number in shards]
    return run, plan, jobs, run.job(workflow(world), "collect")


def check_audit_on_github(world):
    ledger, key = new_audited(world, "github-audited")
    for number, wanted in enumerate([SHARDS, SHARDS, 0]):
        run, plan, shards, collect = audit_on_github(world, ledger, key)
        expect(not plan.failed and len(shards) == wanted, f"the round {number} has {len(shards)} shards: {plan.log}")
        if not wanted:
            expect(collect is None, "collects nothing")
            break
        expect(not any(shard.failed for shard in shards), f"shard: {shards[0].log}")
        expect(not collect.failed and "/compare/audit-7-1?expand=1" in collect.log, f"collect: {collect.log}")
        expect("GITHUB-TOKEN" not in read(f"{collect.workspace}/.git/config"), "the token is left in the clone")
        if number == 0:
            check_failures(world, ledger, run, collect, key)
        merged(world, ledger, "audit-7-1", f"round {number}")
    expect_verified(world, ledger)

    for what, secret, sentence in [
        ("no key", "", "RUNNER_KEY is empty"), ("no base64", "-----BEGIN", "RUNNER_KEY is not base64"),
        ("a public key", base64.b64encode(b"ssh-ed25519 AAAA").decode(), "is not a private key without a passphrase"),
    ]:
        _, plan, _, _ = audit_on_github(world, ledger, secret)
        expect(plan.status == 1 and sentence in plan.log, f"{what}: {plan.log}")


def check_failures(world, ledger, run, collect, key):
    """A missing shard costs its runs alone; another's key and a refused push stop the audit."""
    artefacts = f"{run.folder}/artefacts"
    shutil.rmtree(f"{artefacts}/results-1")
    collected = run.job(workflow(world), "collect")
    expect(collected.status == 1 and "cannot push the branch audit-7-1" in collected.log, f"an existing branch: {collected.log}")
    receipts = world.run("git", "show", "--format=", f"audit-7-1:{receipt(world, collect)}", cwd=ledger)
    fewer = world.run("git", "show", "--format=", f"audit-7-1:{receipt(world, collected)}", cwd=collected.workspace)
    expect(len(fewer) < len(receipts), "the runs of a missing shard are in the receipt")
    write(f"{ledger}/.git/hooks/pre-receive", "#!/bin/sh\necho protected branch; exit 1\n", 0o755)
    run.context["github"]["run_id"] = "8"
    refused = run.job(workflow(world), "collect")
    expect(refused.status == 1 and "protected branch" in refused.log, f"a refused push: {refused.log}")
    os.remove(f"{ledger}/.git/hooks/pre-receive")
    world.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "stranger-key")
    run.secrets["RUNNER_KEY"] = base64.b64encode(read(f"{world.folder}/stranger-key").encode()).decode()
    stranger = run.job(workflow(world), "collect")
    expect(stranger.failed and "audit-8-1" not in branches(world, ledger), f"another key collects: {stranger.log}")
    # A shard without its plan.
    shutil.rmtree(f"{artefacts}/plan")
    lost = run.job(workflow(world), "shard", {"shard": 1}, SHARDS)
    expect(lost.failed, f"a shard without a plan: {lost.log}")


def receipt(world, job):
    names = world.run("git", "show", "--name-only", "--format=", "HEAD", cwd=job.workspace).split()
    return next(name for name in names if name.endswith(".json"))


def check_audit_on_gitlab(world):
    ledger, key = new_audited(world, "gitlab-audited")
    os.symlink(ledger, f"{ledger}.git")

    def pipeline(secret=key, token="PUSH-TOKEN", **variables):
        return GitLab(world, ledger, "schedule", fetched=["refs/heads/main:refs/remotes/origin/main"],
                      secrets={"RUNNER_KEY": secret, "PUSH_TOKEN": token}, inputs={"shards": SHARDS}, CI_COMMIT_BRANCH="main",
                      **variables)

    expect(pipeline().selected() == [], "another schedule starts an audit")
    for number, left in enumerate([True, True, False]):
        run = pipeline(AUDIT="yes")
        expect(run.selected() == ["audit-plan", "audit-shard", "audit-collect"], f"the schedule starts {run.selected()}")
        plan = run.run("audit-plan")
        shards = [run.run("audit-shard", index) for index in range(1, SHARDS + 1)]
        collect = run.run("audit-collect")
        expect(not plan.failed and not collect.failed, f"round {number}: {plan.log}{collect.log}")
        expect(not any(shard.failed for shard in shards), f"shard: {shards[0].log}")
        if left:
            expect("source_branch%5D=audit-70" in collect.log, f"collect: {collect.log}")
            merged(world, ledger, "audit-70", f"round {number}")
        else:
            expect("There are no new receipts" in collect.log, f"collect: {collect.log}")
    expect_verified(world, ledger)
    collect = pipeline(token="", AUDIT="yes").run("audit-collect")
    expect(collect.status == 1 and "no token with which to push" in collect.log, f"no token: {collect.log}")
    plan = pipeline("", AUDIT="yes").run("audit-plan")
    expect(plan.status == 1 and "RUNNER_KEY is empty" in plan.log, f"no key: {plan.log}")
