"""Runs jobs of workflows as GitHub's runner does: checkouts, actions of this repository, artefacts and scripts."""

import fnmatch
import os
import re
import shutil
import subprocess

import yaml
from expressions import evaluate, filled
from world import read, write

# What the runner reads as a command in a line of the log (ActionCommand.cs of actions/runner).
COMMAND = re.compile(r"^\s*::([a-z-]+)(?: (.*?))?::(.*)$|^.*##\[([a-z-]+)(?: (.*?))?\](.*)$")


def commands(log):
    """Returns the commands in a log as (name, properties, text). Between `stop-commands` and its mark there are none."""
    found, mark = [], None
    for line in log.split("\n"):
        match = COMMAND.match(line)
        if mark is not None:
            mark = None if line.strip() == f"::{mark}::" else mark
        elif match:
            name, properties, text = match.groups()[:3] if match.group(1) else match.groups()[3:]
            if name == "stop-commands":
                mark = text
            else:
                found.append((name, properties, text))
    return found


class Job:
    """The state of one job: its folders, and what its steps have set."""

    def __init__(self, host, context):
        self.host, self.context, self.log, self.failed = host, context, "", False
        self.folder = f"{host.folder}/job-{len(host.jobs)}"
        host.jobs.append(self)
        self.workspace = f"{self.folder}/workspace"
        self.path = [f"{self.folder}/bin"]
        os.makedirs(self.workspace)
        os.mkdir(f"{self.folder}/temporary")
        for name in ["output", "summary", "path"]:
            write(f"{self.folder}/{name}", "")
        for name, text in ({"sudo": "#!/bin/sh\n"} | host.programs).items():
            write(f"{self.folder}/bin/{name}", text, 0o755)
        write(f"{self.folder}/.gitconfig", "[protocol \"file\"]\n\tallow = always\n")

    def environment(self):
        github = self.context["github"]
        return self.host.world.environment | self.host.variables | {
            "HOME": self.folder, "PATH": ":".join(self.path) + ":/usr/bin:/bin", "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": github["server_url"], "GITHUB_REPOSITORY": github["repository"],
            "GITHUB_RUN_ID": github["run_id"], "GITHUB_RUN_ATTEMPT": "1", "GITHUB_ACTION_PATH": self.host.world.action,
            "RUNNER_TEMP": f"{self.folder}/temporary", "GITHUB_OUTPUT": f"{self.folder}/output",
            "GITHUB_STEP_SUMMARY": f"{self.folder}/summary", "GITHUB_PATH": f"{self.folder}/path",
        }

    @property
    def summary(self):
        return read(f"{self.folder}/summary")

    def shell(self, script, variables, shell):
        command = {"bash": ["bash", "-e", "-c"], "sh": ["sh", "-e", "-c"]}[shell]
        done = subprocess.run(
            command + [script], cwd=self.workspace, env=self.environment() | {key: str(value) for key, value in variables.items()},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.log += done.stdout
        self.path = read(f"{self.folder}/path").split() + [f"{self.folder}/bin"]
        outputs = dict(line.split("=", 1) for line in read(f"{self.folder}/output").splitlines())
        write(f"{self.folder}/output", "")
        self.status = done.returncode
        return done.returncode == 0, outputs

    def steps(self, steps, context):
        """Runs steps, and returns whether all succeeded."""
        context["steps"] = {}
        succeeded = True
        for step in steps:
            condition = step.get("if", "")
            if not succeeded and "always()" not in condition or condition and not evaluate(condition, context):
                continue
            variables = filled(step.get("env", {}), context)
            if "run" in step:
                worked, outputs = self.shell(step["run"], variables, step.get("shell", "bash"))
            else:
                worked, outputs = self.action(step["uses"], filled(step.get("with", {}), context), context)
            if "id" in step:
                context["steps"][step["id"]] = {"outputs": outputs}
            succeeded = succeeded and worked
        return succeeded

    def action(self, name, given, context):
        if name == "./" or name.startswith("OWNER/arbor-ledger@"):
            action = yaml.safe_load(read(f"{self.host.world.action}/action.yml"))
            unknown = set(given) - set(action["inputs"])
            assert not unknown, f"the action has no inputs {unknown}"
            inputs = {key: given.get(key, item["default"]) for key, item in action["inputs"].items()}
            inner = {"inputs": {key: str(value) for key, value in inputs.items()}, "github": context["github"]}
            worked = self.steps(action["runs"]["steps"], inner)
            return worked, {key: filled(item["value"], inner) for key, item in action["outputs"].items()}
        kind = re.fullmatch(r"[a-z-]+/([a-z-]+(?:/[a-z-]+)?)@v\d+", name).group(1)
        return getattr(self, kind.replace("-", "_").replace("/", "_"))(given), {}

    def checkout(self, given):
        github, run = self.context["github"], self.host.world.run
        assert given.get("persist-credentials") is False
        run("git", "init", "-q", cwd=self.workspace)
        run("git", "remote", "add", "origin", self.host.ledger, cwd=self.workspace)
        depth = [] if given.get("fetch-depth") == 0 else ["--depth=1"]
        run("git", "fetch", "-q", *depth, "origin", "+refs/heads/*:refs/remotes/origin/*", github["ref"], cwd=self.workspace)
        where = ["-B", github["ref"].removeprefix("refs/heads/")] if github["ref"].startswith("refs/heads/") else ["--detach"]
        run("git", "checkout", "-q", *where, github["sha"], cwd=self.workspace)
        return True

    def upload_artifact(self, given):
        source, target = f"{self.workspace}/{given['path']}", f"{self.host.folder}/artefacts/{given['name']}"
        if not os.path.exists(source):
            return given.get("if-no-files-found") == "ignore"
        if os.path.isdir(source):
            shutil.copytree(source, target)
        else:
            os.makedirs(target)
            shutil.copy(source, target)
        return True

    def upload_pages_artifact(self, given):
        return self.upload_artifact({"name": "github-pages", "path": given["path"]})

    def deploy_pages(self, _):
        return True

    def download_artifact(self, given):
        stored = f"{self.host.folder}/artefacts"
        names = [name for name in os.listdir(stored) if fnmatch.fnmatchcase(name, given.get("pattern", given.get("name")))]
        for name in names:
            shutil.copytree(f"{stored}/{name}", f"{self.workspace}/{given.get('path', '')}", dirs_exist_ok=True)
        return bool(names)

    def codeql_action_upload_sarif(self, given):
        shutil.copy(f"{self.workspace}/{given['sarif_file']}", f"{self.host.folder}/alerts.sarif")
        return True


class GitHub:
    """Runs workflows of a ledger for one event."""

    def __init__(self, world, ledger, event_name="push", ref="refs/heads/main", sha="", event=None, secrets=None, variables=None,
                 settings=None, programs=None):
        self.world, self.ledger, self.secrets, self.jobs, self.needs = world, ledger, secrets or {}, [], {}
        self.variables, self.programs = variables or {}, programs or {}
        self.folder = world.new_folder("run")
        os.makedirs(f"{self.folder}/artefacts")
        github = {"event_name": event_name, "ref": ref, "sha": sha or world.head(ledger), "event": event or {}, "run_id": "7",
                  "server_url": os.path.dirname(ledger), "repository": os.path.basename(ledger), "token": "GITHUB-TOKEN"}
        self.context = {"github": github, "vars": settings or {}}

    def job(self, workflow, key, matrix=None, total=1):
        """Runs a job if its condition holds, and returns it; None if it is skipped."""
        job = yaml.safe_load(read(workflow))["jobs"][key]
        context = self.context | {"needs": self.needs, "matrix": matrix or {}, "strategy": {"job-total": total}}
        # Secrets of an environment are only for the jobs that name it.
        context["secrets"] = self.secrets if job.get("environment") == "audit" else {}
        condition = job.get("if", "")
        if condition and not evaluate(condition, context):
            return None
        state = Job(self, context)
        state.failed = not state.steps(job["steps"], context)
        outputs = filled(job.get("outputs", {}), context)
        self.needs[key] = {"result": "failure" if state.failed else "success", "outputs": outputs}
        return state
