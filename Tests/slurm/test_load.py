"""How much of the nodes' time runs use, and how often the scheduler is asked. The figures are printed, and not compared."""

import datetime
import json
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cluster import SLOTS, ClusterTest  # noqa: E402


# The number of settings at which each kernel checks itself. 100 makes 800 runs.
SIZES = int(os.environ.get("SIZES", "25"))


class Load(ClusterTest):
    def task_seconds(self, job):
        """The seconds of each task of a job, from Slurm's log of finished jobs."""
        times = []
        for line in pathlib.Path(self.cluster.folder, "jobcomp.txt").read_text().splitlines():
            fields = dict(re.findall(r"(\w+)=(\S*)", line))
            if fields.get("Name") != job:
                continue
            start, end = (datetime.datetime.fromisoformat(fields[key]) for key in ("StartTime", "EndTime"))
            times.append((end - start).total_seconds())
        return times

    def test_share_of_time_in_runs(self):
        ledger = self.ledger(profile=f"scheduler: slurm\nslots: {SLOTS}\n")
        # Eight runs at each size, with a worker that needs 5 s to start.
        ledger.add_pace(start=5, run=0.3, sizes=SIZES, expected=0.3)
        ledger.wrap("sbatch")
        ledger.wrap("squeue")
        client = self.start(ledger, "pace")
        self.assertEqual(client.wait(900), 0, client.text)
        self.assert_counted_once(ledger, 8 * SIZES)
        self.assertEqual(len(ledger.calls("sbatch")), 1)
        self.assertEqual(len(ledger.results()), 8 * SIZES)
        job = json.loads((ledger.plans()[0] / "job.json").read_text())
        in_runs = sum(result["run"]["seconds"] for result in ledger.results())
        in_tasks = sum(self.task_seconds(job["name"]))
        lines = [line for line in client.text.splitlines() if line.startswith("job ")]
        print(f"\n{8 * SIZES} runs of 0.3 s in {job['shards']} tasks, 5 s to start a worker: {in_runs:.0f} s in runs of "
              f"{in_tasks:.0f} s in tasks, {in_runs / in_tasks:.1%}; {len(ledger.calls('squeue'))} calls of squeue, "
              f"{len(lines)} lines printed")

    def test_thousand_runs_in_one_submission(self):
        ledger = self.ledger()
        ledger.add_pace(sizes=125, expected=100)
        ledger.wrap("sbatch")
        ledger.wrap("squeue")
        done = ledger.verify("--detach", "pace")
        self.assert_succeeds(done)
        self.assertIn("submitted 1000 runs of 125 studies as job ", done.errors)
        submission, = ledger.calls("sbatch")
        self.assertRegex(submission, r"--array=1-\d+ ")
        self.assertLessEqual(len(ledger.calls("squeue")), 1)
        print(f"\n1000 runs planned and submitted in {done.seconds:.1f} s with one call of sbatch")
        before = len(ledger.calls("squeue"))
        status = ledger.verify("--status", "pace")
        self.assert_succeeds(status)
        self.assertEqual(len(ledger.calls("squeue")), before + 1)
        print(f"--status in {status.seconds:.1f} s with one call of squeue")
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertEqual(len(ledger.calls("sbatch")), 1)
        self.assert_counted_once(ledger, 1000)
        print(f"collected in {done.seconds:.1f} s with {len(ledger.calls('squeue')) - before - 1} calls of squeue")


if __name__ == "__main__":
    unittest.main()
