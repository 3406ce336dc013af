"""Runs jobs of the component of GitLab as its runner does: inputs, rules, artefacts and scripts."""

import glob
import os
import re
import shutil
import subprocess

import yaml
from world import read, write


def documents(path):
    """Returns the inputs and the jobs of a component."""
    spec, jobs = yaml.safe_load_all(read(path))
    return spec["spec"]["inputs"], jobs


def resolved(path, **inputs):
    """Returns the jobs with the values of inputs, and with what they extend."""
    declared, jobs = documents(path)
    unknown = set(inputs) - set(declared)
    assert not unknown, f"the component has no inputs {unknown}"

    def fill(value):
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [fill(item) for item in value]
        match = re.fullmatch(r"\$\[\[ inputs\.(\w+) \]\]", value) if isinstance(value, str) else None
        return inputs.get(match.group(1), declared[match.group(1)]["default"]) if match else value

    def extended(name):
        job = dict(jobs[name])
        if "extends" not in job:
            return job
        base = extended(job.pop("extends"))
        return base | job | {"variables": base.get("variables", {}) | job.get("variables", {})}

    return {name: fill(extended(name)) for name in jobs}


def holds(rule, variables):
    """Returns whether a condition such as `$A == "b" && $C == $D` holds."""
    def value(text):
        return text[1:-1] if text.startswith('"') else variables.get(text[1:], "")
    return all(value(left) == value(right) for left, right in (part.split(" == ") for part in rule.split(" && ")))


class Job:
    def __init__(self, folder, log, status):
        self.folder, self.log, self.status, self.failed = folder, log, status, status != 0


class GitLab:
    """Runs a pipeline of a ledger."""

    def __init__(self, world, ledger, source, sha="", fetched=(), secrets=None, target=None, inputs=None, path=None, **variables):
        self.world, self.ledger, self.fetched, self.secrets = world, ledger, fetched, secrets or {}
        self.folder = world.new_folder("run")
        os.makedirs(f"{self.folder}/artefacts")
        self.count = 0
        self.jobs = resolved(path or f"{world.action}/templates/ledger.yml", **(inputs or {}))
        self.variables = {
            "GITLAB_CI": "true", "CI": "true", "CI_PIPELINE_SOURCE": source, "CI_COMMIT_SHA": sha or world.head(ledger),
            "CI_DEFAULT_BRANCH": "main", "CI_SERVER_URL": os.path.dirname(ledger), "CI_PROJECT_PATH": os.path.basename(ledger),
            "CI_PROJECT_URL": ledger, "CI_PROJECT_ID": "1", "CI_JOB_TOKEN": "JOB-TOKEN", "CI_JOB_ID": "70",
        } | variables

    def selected(self):
        """Returns the names of the jobs whose rules hold."""
        return [name for name, job in self.jobs.items()
                if "script" in job and any(holds(rule["if"], self.variables) for rule in job["rules"])]

    def run(self, name, index=1):
        """Runs a job, after copying the artefacts that it needs."""
        job = self.jobs[name]
        self.count += 1
        folder = f"{self.folder}/job-{self.count}"
        workspace, home = f"{folder}/builds", f"{folder}/home"
        os.makedirs(workspace)
        os.makedirs(home)
        git = self.world.run
        if job["variables"].get("GIT_STRATEGY") != "none":
            git("git", "init", "-q", cwd=workspace)
            git("git", "remote", "add", "origin", self.ledger, cwd=workspace)
            git("git", "fetch", "-q", "origin", self.variables["CI_COMMIT_SHA"], *self.fetched, cwd=workspace)
            git("git", "checkout", "-q", "--detach", self.variables["CI_COMMIT_SHA"], cwd=workspace)
        for other in glob.glob(f"{self.folder}/artefacts/*"):
            if os.path.basename(other).split("~")[0] in job.get("needs", []):
                shutil.copytree(other, workspace, dirs_exist_ok=True)
        write(f"{folder}/bin/apt-get", "#!/bin/sh\n", 0o755)
        write(f"{home}/.gitconfig", "[protocol \"file\"]\n\tallow = always\n")
        # Variables of an environment are only for the jobs that name it.
        secrets = self.secrets if job.get("environment", {}).get("name") == "audit" else {}
        variables = self.world.environment | {"HOME": home, "PATH": f"{folder}/bin:/usr/bin:/bin"} | self.variables | {
            "CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(job.get("parallel", 1))} | {
            key: str(value) for key, value in job["variables"].items()} | secrets
        script = "\n".join(job["before_script"] + job["script"])
        # The image belongs to the job; this machine does not.
        for place in ["/opt/arbor-ledger", "/tmp/install.sh"]:
            script = script.replace(place, folder + place)
            variables = {key: value.replace(place, folder + place) for key, value in variables.items()}
        os.makedirs(f"{folder}/tmp")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script], cwd=workspace, env=variables, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode == 0 or job.get("artifacts", {}).get("when") == "always":
            for path in job.get("artifacts", {}).get("paths", []):
                target = f"{self.folder}/artefacts/{name}~{self.count}/{path}"
                os.makedirs(os.path.dirname(target), exist_ok=True)
                if os.path.isdir(f"{workspace}/{path}"):
                    shutil.copytree(f"{workspace}/{path}", target)
                elif os.path.exists(f"{workspace}/{path}"):
                    shutil.copy(f"{workspace}/{path}", target)
        return Job(workspace, done.stdout, done.returncode)
