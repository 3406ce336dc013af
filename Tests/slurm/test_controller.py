"""A controller that dies, loses its state, or forgets a job."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cluster import ClusterTest, wait_for  # noqa: E402


class Controller(ClusterTest):
    def setUp(self):
        super().setUp()
        self.is_dead = False
        self.addCleanup(lambda: self.is_dead and self.cluster.start_controller())

    def killed_after_submission(self, loses_state):
        ledger = self.ledger()
        ledger.add_pace(run=2)
        client = self.start(ledger, "pace")
        wait_for(lambda: "submitted" in client.text, 30, "the client submits")
        self.cluster.node("kill", "controller")
        self.is_dead = True
        wait_for(lambda: "the scheduler does not answer (" in client.text, 90, "the client says that Slurm does not answer")
        self.assertIsNone(client.process.poll(), client.text)
        self.cluster.start_controller(loses_state)
        self.is_dead = False
        released = set()

        def ended():
            self.cluster.resume_nodes()
            # The test does what the client advises for held tasks.
            for remedy in set(re.findall(r"scontrol release (\d+)", client.text)) - released:
                self.cluster.run("scontrol", "release", remedy, check=False)
                released.add(remedy)
            return client.process.poll() is not None
        wait_for(ended, 300, "the client ends")
        self.assertEqual(client.wait(), 0, client.text)
        self.assertIn("verified: own run", client.text)
        self.assert_counted_once(ledger, 8)
        return client

    def test_killed_controller(self):
        self.killed_after_submission(loses_state=False)

    def test_lost_state(self):
        self.killed_after_submission(loses_state=True)


class Forgotten(ClusterTest):
    settings = {"MINJOBAGE": "2"}

    def test_forgotten_job(self):
        ledger = self.ledger()
        ledger.add_pace(run=1)
        self.assert_succeeds(ledger.verify("--detach", "pace"))
        self.cluster.run("scancel", ledger.job())
        wait_for(lambda: not self.cluster.tasks(), 200, "Slurm forgets the job")
        lost = 8 - len(ledger.results())
        self.assertGreater(lost, 0)
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertIn("the scheduler does not know the job any more", done.errors)
        self.assertIn("verified: own run", done.output)
        self.assert_counted_once(ledger, 8)
        self.assertEqual(len(ledger.plans()), 2)

    def test_finished_and_forgotten_job(self):
        ledger = self.ledger()
        self.assert_succeeds(ledger.verify("--detach"))
        wait_for(lambda: len(ledger.results()) == 8, 60, "eight results")
        wait_for(lambda: not self.cluster.tasks(), 200, "Slurm forgets the job")
        done = ledger.verify()
        self.assert_succeeds(done)
        self.assert_counted_once(ledger, 16)
        self.assertEqual(len(ledger.plans()), 2)


if __name__ == "__main__":
    unittest.main()
