"""Checks the workflows, the action and the component, and runs their jobs with the tool, also where they must fail.

Usage: test_workflows.py TOOL SARIF_SCHEMA
"""

import concurrent.futures
import glob
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases_audit import check_audit_on_github, check_audit_on_gitlab  # noqa: E402
from cases_comment import check_comment, check_preview  # noqa: E402
from cases_gate import check_alerts, check_gate, check_limits  # noqa: E402
from cases_install import check_install, check_publish  # noqa: E402
from rules import (  # noqa: E402
    AUDIT, check_action, check_component, check_planted, check_schema, check_security, check_workflow,
)
from tally import expect, finish  # noqa: E402
from world import ROOT, World, read  # noqa: E402


def check_files():
    own = sorted(glob.glob(f"{ROOT}/.github/workflows/*.yml")) + [f"{ROOT}/docs/workflows/{AUDIT}"]
    for path in own:
        check_workflow(path)
    check_action(f"{ROOT}/action.yml")
    check_component(f"{ROOT}/templates/ledger.yml")
    check_security(*own, f"{ROOT}/action.yml")


def check_written(world):
    ledger = world.new_ledger("written")
    written = sorted(glob.glob(f"{ledger}/.github/workflows/*.yml"))
    expect(len(written) == 3, f"init writes {written}")
    for path in written:
        check_workflow(path)
    check_security(*written)
    check_schema("gitlab-ci", f"{ledger}/.gitlab-ci.yml")
    check_planted(f"{ledger}/.github/workflows", f"{ROOT}/templates/ledger.yml")


def main():
    schema = json.loads(read(sys.argv[2]))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(3) as workers:
        world = World(folder)
        cases = [lambda: check_limits(world, schema), lambda: check_audit_on_github(world), lambda: check_gate(world, schema),
                 lambda: check_audit_on_gitlab(world), lambda: check_preview(world), lambda: check_comment(world), check_files,
                 lambda: check_alerts(world, schema), lambda: check_install(world), lambda: check_publish(world)]
        check_written(world)
        for case in [workers.submit(case) for case in cases]:
            case.result()
    finish("checks of workflows")


main()
