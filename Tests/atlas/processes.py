"""Runs commands as somebody whose settings do not matter."""

import os
import subprocess
import sys


def run(arguments, directory, environment):
    done = subprocess.run(arguments, cwd=directory, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(home, **extra):
    os.makedirs(home, exist_ok=True)
    names = {role + what: value for role in ("GIT_AUTHOR_", "GIT_COMMITTER_")
             for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))}
    return {"PATH": os.environ["PATH"], "HOME": home, "GIT_CONFIG_NOSYSTEM": "1", **names, **extra}
