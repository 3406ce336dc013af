"""PBS, LSF, Grid Engine and a scheduler without a name, imitated by a program that really runs the tasks."""

import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cluster import LedgerTest, wait_for  # noqa: E402
from fake_scheduler import COMMANDS, Scheduler  # noqa: E402

OTHER = """scheduler: other
submit: [my-submit, "--tasks={n}", "--name={name}", "--logs={logs}", "{script}"]
status: [my-status, "{id}"]
cancel: [my-cancel, "{id}"]
index: MY_TASK
job_id: word
waiting: [QUEUED]
running: [RUNNING]
"""


class Schedulers(LedgerTest):
    def each(self, **pace):
        """A ledger and a scheduler of each kind."""
        for kind in COMMANDS:
            with self.subTest(kind):
                yield kind, *self.under(kind, **pace)

    def under(self, kind, **pace):
        """A ledger with the kernel `pace`, and its scheduler, which is called `here`."""
        ledger = self.ledger(profile=OTHER if kind == "other" else f"scheduler: {kind}\n")
        scheduler = Scheduler(f"{ledger.folder}/scheduler", kind)
        scheduler.install(ledger.bin)
        self.addCleanup(scheduler.remove)
        ledger.add_pace(**pace)
        return ledger, scheduler

    def ended(self, scheduler):
        return sorted(int(path.stem) for path in scheduler.jobs()[-1].glob("*.ended"))

    def test_verdict(self):
        for kind, ledger, scheduler in self.each(expected=600):
            done = ledger.verify("pace")
            self.assert_succeeds(done)
            self.assertIn("submitted 8 runs of 1 study as job ", done.errors)
            self.assertIn("verified: own run", done.output)
            self.assert_counted_once(ledger, 8)
            # Each task made its own shard.
            job, = scheduler.jobs()
            count = json.loads((job / "job.json").read_text())["count"]
            self.assertEqual(count, 3)
            wait_for(lambda: self.ended(scheduler) == [1, 2, 3], 30, "all tasks end")
            for task in (1, 2, 3):
                self.assertIn(f"shard {task} of 3: ", (job / f"{task}.log").read_text())
            self.assertEqual(len(ledger.results()), 8)

    def test_smallest_array(self):
        """PBS refuses an array of one task."""
        for kind, ledger, scheduler in self.each(expected=1):
            self.assert_succeeds(ledger.verify("pace"))
            self.assert_counted_once(ledger, 8)
            about = json.loads((scheduler.jobs()[0] / "job.json").read_text())
            self.assertEqual(about["count"], 2 if kind == "pbs" else 1)

    def test_refused_job(self):
        for kind, ledger, scheduler in self.each():
            scheduler.set_fault("refuse")
            done = ledger.verify("pace")
            self.assertEqual(done.status, 2)
            self.assertIn(
                f"arbor-ledger: {COMMANDS[kind]['submit']} refused the job: "
                f"{COMMANDS[kind]['submit']}: unknown queue or project 9999\n", done.errors)
            scheduler.set_fault("")
            self.assert_succeeds(ledger.verify("pace"))
            self.assert_counted_once(ledger, 8)

    def test_no_number(self):
        for kind, ledger, scheduler in self.each():
            scheduler.set_fault("no-number")
            done = ledger.verify("pace")
            if kind == "pbs" or kind == "other":
                # The tool takes the first word for the number of the job, and the scheduler does not know this number.
                self.assertIn("as job Thank", done.errors)
            else:
                self.assertEqual(done.status, 2)
                self.assertIn("printed no number of a job: Thank you.", done.errors)

    def test_lost_job(self):
        """A job that ends without results is submitted again, and given up after three times."""
        for kind, ledger, scheduler in self.each():
            scheduler.set_fault("lose")
            done = ledger.verify("pace")
            self.assertEqual(done.status, 2)
            text = " ".join(done.output.split())
            self.assertIn("3 jobs ended without a result that counts for it", text)
            self.assertNotIn("verified", text)
            self.assertEqual((len(scheduler.jobs()), ledger.results(), ledger.receipts()), (3, [], []))
            scheduler.set_fault("")
            # A script that repeats the command with --detach submits no more jobs; the command without --detach does.
            done = ledger.verify("--detach", "pace")
            self.assertEqual(done.status, 2)
            self.assertIn("without --detach, the command tries again", " ".join(done.output.split()))
            self.assertEqual(len(scheduler.jobs()), 3)
            done = ledger.verify("pace")
            self.assert_succeeds(done)
            self.assertIn("verified: own run", done.output)

    def test_jobs_that_make_a_part(self):
        """Any number of jobs with progress is no reason to give up."""
        ledger, scheduler = self.under("lsf", run=0.5, expected=1)
        scheduler.set_fault("brief")
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertIn("verified: own run", done.output)
        self.assertGreater(len(scheduler.jobs()), 3)
        self.assert_counted_once(ledger, 8)

    def test_server_that_does_not_answer(self):
        """The results are counted without the scheduler."""
        for kind, ledger, scheduler in self.each(run=1):
            scheduler.set_fault("unreachable")
            done = ledger.verify("pace")
            self.assert_succeeds(done)
            self.assertIn(
                f"the scheduler does not answer ({COMMANDS[kind]['status']}: cannot connect to server", done.errors)
            self.assertEqual(len(scheduler.jobs()), 1)
            self.assert_counted_once(ledger, 8)

    def test_status_and_cancel(self):
        for kind, ledger, scheduler in self.each(run=60):
            self.assert_succeeds(ledger.verify("--detach", "pace"))
            job, = scheduler.jobs()
            wait_for(lambda: (job / "2.began").exists(), 30, "two tasks run")
            status = json.loads(ledger.verify("--status", "--format", "json", "pace").output)
            report, = status["jobs"]
            # PBS also lists the array itself.
            self.assertEqual(report["running_tasks"], 3 if kind == "pbs" else 2)
            self.assertEqual(report["waiting_tasks"], 3)
            claim, = status["claims"]
            self.assertEqual((claim["planned"], claim["running"] + claim["queued"]), (0, 8))
            self.assert_succeeds(ledger.verify("--cancel", "pace"))
            self.assertTrue((job / "cancelled").exists())
            claim, = json.loads(ledger.verify("--status", "--format", "json", "pace").output)["claims"]
            self.assertEqual((claim["planned"], claim["running"] + claim["queued"]), (8, 0))

    def test_held_tasks(self):
        """What waits for a person is shown with what the person can do."""
        remedies = {
            "pbs": "H: it is held; qrls 1234[].server", "lsf": "PSUSP: it is held; bresume 1234",
            "sge": "Eqw: it failed to start; qstat -j 1234 says why, and qmod -cj 1234 tries again"}
        for kind, ledger, scheduler in self.each():
            if kind == "other":
                continue  # Its words for states are its own.
            scheduler.set_fault("held")
            self.assert_succeeds(ledger.verify("--detach", "pace"))
            report, = json.loads(ledger.verify("--status", "--format", "json", "pace").output)["jobs"]
            self.assertEqual((report["waiting_tasks"], report["reasons"]), (5, [remedies[kind]]))

    def test_blank_in_a_path(self):
        for kind, ledger, scheduler in self.each(expected=1):
            shared = f"{ledger.folder}/shared folder's"
            os.mkdir(shared)
            ledger.profile((OTHER if kind == "other" else f"scheduler: {kind}\n") + f'folder: "{shared}"\n')
            self.assert_succeeds(ledger.verify("pace"))
            self.assert_counted_once(ledger, 8)

    def test_missing_commands(self):
        for kind, ledger, scheduler in self.each():
            for command in COMMANDS[kind].values():
                os.remove(f"{ledger.bin}/{command}")
            done = ledger.verify("pace")
            self.assertEqual(done.status, 2)
            self.assertIn(f"{COMMANDS[kind]['submit']} is not installed here, so that no job can be submitted", done.errors)
            self.assertEqual(ledger.plans(), [])

    def test_mistakes_in_profiles(self):
        ledger = self.ledger()
        for profile, message in (
            ("scheduler: other\n", 'a cluster profile with `scheduler: other` needs "submit"'),
            ("scheduler: slurm\nsubmit: [x]\n", '"submit" is only for `scheduler: other`'),
            ("scheduler: slurm\nfolder: here\n", '"folder" must be an absolute path'),
            ("scheduler: cray\n", "cray"),
            ("scheduler: slurm\noptions: [--clusters=far]\n", "--clusters=far cannot be an option"),
            ("scheduler: slurm\noptions: [-a, 1-3]\n", "-a cannot be an option: the tool sets it"),
        ):
            with self.subTest(profile):
                ledger.profile(profile)
                done = ledger.verify()
                self.assertEqual(done.status, 1)
                self.assertIn(message, done.errors)
        done = ledger.run("verify", "--on", "slrum")
        self.assertEqual(done.status, 64)
        self.assertIn("slurm", done.errors)


if __name__ == "__main__":
    unittest.main()
