"""Tests atlases of generated ledgers.

Usage: test_ledgers.py TOOL SHOTS SEED
"""

import os
import sys
import tempfile

import ledgers
import test_atlas
from processes import environment, run


def main():
    tool, shots, seed = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), int(sys.argv[3])
    report = test_atlas.Report()
    for name, generate in ledgers.KINDS.items():
        print(f"== {name}, seed {seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="test-atlas-") as work:
            repository, around = f"{work}/source/ledger", environment(f"{work}/source/home")
            generate(repository, seed)
            for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "A made-up ledger"]):
                run(["git", *arguments], repository, around)
            print(run([tool, "check"], repository, around).splitlines()[-1])
            test_atlas.test(tool, repository, f"{shots}/{name}", name != "large", work, report)
    if report.failures:
        sys.exit(f"{report.failures} problems; pictures of pages are in {shots}")


if __name__ == "__main__":
    main()
