"""Imitates the commands of PBS, LSF, Grid Engine and of a scheduler without a name. It really runs the tasks.

The forms of the output are those of the manuals. A file `fault` in the folder makes the commands fail:
refuse       the command that submits refuses
no-number    it prints no number
lose         its job ends without running anything
held         its tasks wait until a person does something
brief        its tasks are killed after their first run
unreachable  the command that lists the tasks cannot reach the server

usage: fake_scheduler.py FOLDER KIND submit|status|cancel ARGUMENTS
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

COMMANDS = {
    "pbs": {"submit": "qsub", "status": "qstat", "cancel": "qdel"},
    "lsf": {"submit": "bsub", "status": "bjobs", "cancel": "bkill"},
    "sge": {"submit": "qsub", "status": "qstat", "cancel": "qdel"},
    "other": {"submit": "my-submit", "status": "my-status", "cancel": "my-cancel"},
}
INDEX = {"pbs": "PBS_ARRAY_INDEX", "lsf": "LSB_JOBINDEX", "sge": "SGE_TASK_ID", "other": "MY_TASK"}
WORDS = {
    "pbs": {"held": "H", "waiting": "Q", "running": "R", "ended": "X"},
    "lsf": {"held": "PSUSP", "waiting": "PEND", "running": "RUN", "ended": "DONE"},
    "sge": {"held": "Eqw", "waiting": "qw", "running": "r"},
    "other": {"waiting": "QUEUED", "running": "RUNNING", "ended": "OVER"},
}
# Arguments that take a value.
VALUES = {
    "pbs": ["-N", "-J", "-j", "-o", "-l", "-A"], "lsf": ["-J", "-o", "-q"], "sge": ["-N", "-t", "-j", "-o", "-S", "-P"],
    "other": [],
}


class Scheduler:
    def __init__(self, folder, kind):
        self.folder, self.kind = pathlib.Path(folder), kind
        fault = self.folder / "fault"
        self.fault = fault.read_text() if fault.exists() else ""

    def install(self, bin):
        """Writes the commands into a folder of PATH."""
        self.folder.mkdir()
        for action, command in COMMANDS[self.kind].items():
            path = pathlib.Path(bin, command)
            path.write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {self.folder} {self.kind} {action} "$@"\n')
            path.chmod(0o755)

    def set_fault(self, fault):
        (self.folder / "fault").write_text(fault)

    def jobs(self):
        return sorted(self.folder.glob("[0-9]*"))

    # Submitting

    def submit(self, arguments):
        if self.fault == "refuse":
            sys.exit(f"{COMMANDS[self.kind]['submit']}: unknown queue or project 9999")
        options, rest = {}, list(arguments)
        while rest and rest[0].startswith("-"):
            name = rest.pop(0)
            if name.startswith("--"):
                name, _, options[name.partition("=")[0]] = name.partition("=")
            else:
                options[name] = rest.pop(0) if name in VALUES[self.kind] else None
        count = {
            "pbs": lambda: options["-J"].split("-")[1], "sge": lambda: options["-t"].split("-")[1],
            "lsf": lambda: options["-J"].split("[1-")[1][:-1], "other": lambda: options["--tasks"],
        }[self.kind]()
        # bsub joins its arguments to a line for the shell.
        command = ["/bin/sh", "-c", "exec " + " ".join(rest)] if self.kind == "lsf" else ["/bin/sh", *rest]
        job = self.folder / str(1234 + len(self.jobs()))
        job.mkdir()
        (job / "job.json").write_text(json.dumps({"command": command, "count": int(count), "options": options}))
        if self.fault not in ("lose", "held"):
            subprocess.Popen(
                [sys.executable, __file__, self.folder, self.kind, "run", job.name], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if self.fault == "no-number":
            print("Thank you.")
            return
        print({
            "pbs": f"{job.name}[].server", "lsf": f"Job <{job.name}> is submitted to default queue <normal>.",
            "sge": f"{job.name}.1-{count}:1", "other": f"j-{job.name} accepted on 2 of 64 machines",
        }[self.kind])

    def run(self, arguments):
        """Runs two tasks of a job at a time."""
        job = self.folder / arguments[0]
        about = json.loads((job / "job.json").read_text())
        (job / "runner").write_text(str(os.getpid()))
        for first in range(1, about["count"] + 1, 2):
            running = []
            for task in range(first, min(first + 2, about["count"] + 1)):
                (job / f"{task}.began").touch()
                with open(job / f"{task}.log", "wb") as log:
                    running.append((task, subprocess.Popen(
                        about["command"], env=os.environ | {INDEX[self.kind]: str(task)}, stdin=subprocess.DEVNULL,
                        stdout=log, stderr=log)))
            for task, process in running:
                script = about["command"][-1]
                self.wait(process, shlex.split(script)[-1] if self.kind == "lsf" else script)
                (job / f"{task}.ended").touch()

    def wait(self, process, script):
        results = pathlib.Path(script).parent / "results"
        while process.poll() is None:
            if self.fault == "brief" and list(results.glob("*.json")):
                process.kill()
            time.sleep(0.05)

    # Listing

    def phases(self, job):
        about = json.loads((job / "job.json").read_text())
        if (job / "cancelled").exists() or not (job / "runner").exists() and self.fault == "lose":
            return {}
        phases = {
            task: "ended" if (job / f"{task}.ended").exists() else
            "running" if (job / f"{task}.began").exists() else
            "held" if self.fault == "held" else "waiting" for task in range(1, about["count"] + 1)}
        return {} if set(phases.values()) == {"ended"} else phases

    def job(self, identifier):
        digits = "".join(letter for letter in identifier.split("[")[0] if letter.isdigit())
        return self.folder / digits

    def status(self, arguments):
        if self.fault == "unreachable":
            # Numbers in the message are not those of jobs.
            sys.exit(f"{COMMANDS[self.kind]['status']}: cannot connect to server 10.0.12.34:51234 (errno=15033)")
        words = WORDS[self.kind]
        if self.kind == "sge":
            lines = []
            for job in self.jobs():
                for task, phase in self.phases(job).items():
                    if phase != "ended":
                        lines.append(
                            f"{job.name:>7} 0.55500 arbor-0123 ada {words[phase]:<5} 11/30/2026 12:34:56 all.q@n1 1 {task}")
            # Another job, whose number holds the first job's number, always runs.
            lines.append("  12345 0.55500 other      bob r     11/30/2026 12:34:12 all.q@n1234 1")
            print("job-ID  prior   name  user  state submit/start at  queue  slots ja-task-ID\n" + "-" * 80)
            print("\n".join(lines))
            return
        job = self.job(arguments[-1])
        phases = self.phases(job) if job.exists() else {}
        if not phases:
            print({
                "pbs": f"qstat: Unknown Job Id {arguments[-1]}", "lsf": f"Job <{arguments[-1]}> is not found",
                "other": f"no job {arguments[-1]}"}[self.kind], file=sys.stderr)
            sys.exit(153)
        if self.kind == "pbs":
            print("Job id            Name             User              Time Use S Queue")
            print("----------------  ---------------- ----------------  -------- - -----")
            print(f"{job.name}[].server     arbor-0123       ada                      0 B workq")
            for task, phase in phases.items():
                print(f"{job.name}[{task}].server    arbor-0123       ada               00:00:01 {words[phase]} workq")
        elif self.kind == "lsf":
            for task, phase in phases.items():
                print(f"{task:<8} {words[phase]:<5}")
        else:
            for task, phase in phases.items():
                print(f"{arguments[-1]}.{task} on m{task}: {words[phase]} since 12:00")

    def cancel(self, arguments):
        job = self.job(arguments[-1])
        if not job.exists():
            sys.exit(f"no job {arguments[-1]}")
        (job / "cancelled").touch()
        self.stop(job)

    def stop(self, job):
        """Ends the tasks of a job."""
        try:
            os.killpg(int((job / "runner").read_text()), 9)
        except (FileNotFoundError, ProcessLookupError, ValueError):
            pass

    def remove(self):
        for job in self.jobs():
            self.stop(job)


if __name__ == "__main__":
    folder, kind, action, *arguments = sys.argv[1:]
    getattr(Scheduler(folder, kind), action)(arguments)
