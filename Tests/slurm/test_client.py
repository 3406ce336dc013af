"""A client that is killed, and commands, disks and queues that fail."""

import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cluster import ClusterTest, wait_for  # noqa: E402

SCHEDULER = ("sbatch", "squeue", "scancel", "scontrol", "sinfo")


class Killed(ClusterTest):
    def killed_at_random(self, seed, **waits):
        ledger = self.ledger()
        ledger.wrap("sbatch", **waits)
        moments = random.Random(seed)
        for _ in range(6):
            client = self.start(ledger)
            time.sleep(moments.uniform(0.1, 6))
            client.kill()
        done = ledger.verify()
        self.assert_succeeds(done)
        self.assertIn("verified: own run, control refuted", done.output)
        self.assert_counted_once(ledger, 16)
        again = ledger.verify()
        self.assert_succeeds(again)
        self.assert_counted_once(ledger, 16)

    def test_killed_at_random_moments(self):
        self.killed_at_random(1)

    def test_killed_before_sbatch(self):
        self.killed_at_random(2, before="sleep 2")

    def test_killed_after_sbatch(self):
        self.killed_at_random(3, after="sleep 2")

    def test_killed_between_submission_and_its_number(self):
        """The job is found by its name, so that it is not submitted twice."""
        ledger = self.ledger()
        ledger.add_pace(run=2)
        ledger.wrap("sbatch", after="sleep 100")
        client = self.start(ledger, "pace")
        wait_for(lambda: self.cluster.tasks("PENDING,RUNNING"), 30, "the job is in the queue")
        client.kill()
        self.assertIsNone(ledger.job())
        ledger.unwrap("sbatch")
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertNotIn("submitted", done.errors)
        self.assertEqual((len(ledger.plans()), len(ledger.results())), (1, 8))
        self.assert_counted_once(ledger, 8)

    def test_interrupt(self):
        ledger = self.ledger()
        ledger.add_pace(run=3)
        client = self.start(ledger, "pace")
        wait_for(self.cluster.running, 30, "a task runs")
        client.signal(signal.SIGINT)
        status = client.wait(10)
        self.assertEqual(status, 130, client.text)
        self.assertIn(
            "the jobs go on, and the same command collects their results:\n  arbor-ledger verify --on here", client.text)
        self.assertTrue(self.cluster.running())
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertNotIn("submitted", done.errors)
        self.assert_counted_once(ledger, 8)


class Refused(ClusterTest):
    def test_missing_scheduler(self):
        ledger = self.ledger()
        # The programs that the tool needs, without those of Slurm.
        few = f"{ledger.folder}/few"
        os.mkdir(few)
        for name in ("git", "ssh-keygen", "sh", "env"):
            os.symlink(subprocess.check_output(["which", name], text=True).strip(), f"{few}/{name}")
        done = ledger.verify(PATH=few)
        self.assertEqual(done.status, 2)
        self.assert_sentence(done)
        self.assertIn("sbatch is not installed here, so that no job can be submitted", done.errors)
        self.assert_succeeds(ledger.verify())
        self.assert_counted_once(ledger, 16)

    def test_refused_job(self):
        for option, word in (("--partition=none", "partition"), ("--time=never", "time"), ("--no-such-option", "option")):
            with self.subTest(option):
                ledger = self.ledger(profile=f"scheduler: slurm\noptions: [{option}]\n")
                done = ledger.verify()
                self.assertEqual(done.status, 2)
                self.assert_sentence(done)
                self.assertRegex(done.errors, f"(?i)sbatch refused the job: .*{word}")
                self.assertFalse(self.cluster.tasks("PENDING,RUNNING"))
                ledger.profile("scheduler: slurm\n")
                self.assert_succeeds(ledger.verify())
                self.assert_counted_once(ledger, 16)

    def test_sbatch_that_hangs(self):
        ledger = self.ledger()
        ledger.wrap("sbatch", before="sleep 100")
        done = ledger.verify(seconds=60)
        self.assertEqual(done.status, 2)
        self.assert_sentence(done)
        self.assertIn("sbatch did not answer within 30 s; whether it took the job is unknown", done.errors)
        ledger.unwrap("sbatch")
        self.assert_succeeds(ledger.verify())
        self.assert_counted_once(ledger, 16)

    def test_squeue_that_fails(self):
        ledger = self.ledger()
        ledger.add_pace(run=3)
        ledger.wrap("squeue", instead="echo 'slurm_load_jobs error: Socket timed out on send/recv operation' >&2; false")
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertIn("the scheduler does not answer (slurm_load_jobs error: Socket timed out", done.errors)
        self.assert_counted_once(ledger, 8)
        self.assertEqual(len(ledger.plans()), 1)

    def test_squeue_that_cannot_reach_munge(self):
        """The number in the name of a socket is not that of the job."""
        ledger = self.ledger()
        ledger.add_pace(run=3)
        sockets = " ".join(f"munge.socket.{number}" for number in range(1000))
        ledger.wrap("squeue", instead=f"echo 'error: authentication: {sockets}' >&2; false")
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertIn("the scheduler does not answer", done.errors)
        self.assertEqual(len(ledger.plans()), 1)

    def test_squeue_that_hangs(self):
        ledger = self.ledger()
        ledger.add_pace(run=5)
        ledger.wrap("squeue", instead="sleep 100")
        client = self.start(ledger, "pace")
        sentence = "the scheduler does not answer (squeue did not answer within 30 s)"
        wait_for(lambda: sentence in client.text, 60, "a sentence")
        ledger.unwrap("squeue")
        self.assertEqual(client.wait(), 0, client.text)
        self.assert_counted_once(ledger, 8)
        self.assertEqual(len(ledger.plans()), 1)


class Waiting(ClusterTest):
    def test_held_tasks(self):
        ledger = self.ledger(profile="scheduler: slurm\noptions: [--hold]\n")
        client = self.start(ledger)
        wait_for(lambda: "submitted" in client.text, 30, "the client submits")
        silences, text, since = [], client.text, time.monotonic()
        end = since + 150
        while time.monotonic() < end:
            if client.text != text:
                silences.append(time.monotonic() - since)
                text, since = client.text, time.monotonic()
            time.sleep(0.2)
        silences.append(time.monotonic() - since)
        self.assertLessEqual(max(silences), 60)
        job = ledger.job()
        self.assertIn(f"(JobHeldUser: it is held; scontrol release {job}", client.text)
        self.cluster.run("scontrol", "release", job)
        # The second job, for the control, is held as well.
        wait_for(lambda: client.text.count("submitted") == 2, 60, "the client submits the control")
        self.cluster.run("scontrol", "release", ledger.job())
        self.assertEqual(client.wait(), 0, client.text)
        self.assert_counted_once(ledger, 16)


class FullDisk(ClusterTest):
    def ledger_on_small_disk(self, **settings):
        ledger = self.ledger()
        small = f"{ledger.folder}/small"
        os.mkdir(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2M", "tmpfs", small], capture_output=True).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", small], check=True)
        ledger.profile(f"scheduler: slurm\nfolder: {small}\n")
        return ledger, f"{small}/filler"

    def fill(self, path):
        with open(path, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def test_full_before_the_plan(self):
        ledger, filler = self.ledger_on_small_disk()
        self.fill(filler)
        done = ledger.verify()
        self.assertNotEqual(done.status, 0)
        self.assert_sentence(done)
        self.assertIn("o space left on device", done.errors)
        os.remove(filler)
        self.assert_succeeds(ledger.verify())
        self.assert_counted_once(ledger, 16)

    def test_full_before_the_results(self):
        ledger, filler = self.ledger_on_small_disk()
        self.cluster.fill("urgent", 100)
        client = self.start(ledger)
        wait_for(lambda: "submitted" in client.text, 30, "the client submits")
        self.fill(filler)
        self.cluster.run("scancel", "--name=filling")
        status = client.wait()
        self.assertIn("o space left on device", client.text)
        self.assertNotIn("verified", client.text)
        self.assertNotEqual(status, 0)
        os.remove(filler)
        done = ledger.verify()
        self.assert_succeeds(done)
        self.assertIn("verified: own run, control refuted", done.output)
        self.assert_counted_once(ledger, 16)


if __name__ == "__main__":
    unittest.main()
