"""Nodes that die or hang, jobs that are preempted, and time limits."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cluster import ClusterTest, wait_for  # noqa: E402


class Nodes(ClusterTest):
    def setUp(self):
        super().setUp()
        self.hurt = None
        self.addCleanup(self.heal)

    def heal(self):
        if self.hurt:
            self.cluster.node("start", self.hurt)

    def hurt_node(self, what):
        """Hurts the node of the first running task. Returns the tasks that ran there."""
        tasks = self.cluster.running()
        self.hurt = tasks[0][3]
        self.cluster.node(what, self.hurt)
        return [task for task in tasks if task[3] == self.hurt]

    def starts(self, ledger):
        """How often each task began, by its log."""
        return {
            path.name: path.read_text().count("arbor-ledger: shard ")
            for plan in ledger.plans() for path in plan.glob("logs/*.log")}

    def test_killed_node(self):
        ledger = self.ledger()
        ledger.add_pace(run=12)
        client = self.start(ledger, "pace")
        wait_for(lambda: sum(self.starts(ledger).values()) >= 5, 60, "all tasks run")
        lost = self.hurt_node("kill")
        self.assertEqual(client.wait(), 0, client.text)
        self.assertIn("verified: own run", client.text)
        self.assert_counted_once(ledger, 8)
        starts = self.starts(ledger)
        for job, task, *_ in lost:
            self.assertEqual(starts[f"{job}_{task}.log"], 2, starts)

    def test_hung_node(self):
        ledger = self.ledger()
        # Three tasks, so that Slurm can start the lost ones again while they run. Each first makes four runs as a
        # self-check.
        ledger.add_pace(run=12, expected=600)
        self.assert_succeeds(ledger.verify("--detach", "pace"))
        wait_for(lambda: sum(self.starts(ledger).values()) == 3, 60, "three tasks run")
        lost = self.hurt_node("hang")
        wait_for(lambda: not self.cluster.tasks("RUNNING,PENDING,COMPLETING"), 400, "all tasks end")
        results = ledger.results()
        starts = self.starts(ledger)
        for job, task, *_ in lost:
            self.assertEqual(starts[f"{job}_{task}.log"], 2, starts)
        # The tasks that Slurm reported as lost made their runs, and the tasks that replaced them made the same runs
        # again.
        made = sum(
            int(count) for plan in ledger.plans() for path in plan.glob("logs/*.log")
            for count in re.findall(r"(\d+) runs? to make", path.read_text()))
        self.assertGreater(made, 8)
        self.assertEqual(len(results), made)
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertIn("verified: own run", done.output)
        self.assert_counted_once(ledger, 8)
        self.assertEqual(ledger.results(), results)
        # The second results are recognised by their values.
        receipts = ledger.receipts()
        self.assert_succeeds(ledger.verify("pace"))
        self.assertEqual(ledger.receipts(), receipts)

    def test_preemption(self):
        ledger = self.ledger()
        ledger.add_pace(run=8)
        client = self.start(ledger, "pace")
        wait_for(lambda: sum(self.starts(ledger).values()) >= 5, 60, "all tasks run")
        self.cluster.fill("urgent", 10)
        wait_for(lambda: any(task[2] == "PENDING" for task in self.cluster.tasks()), 30, "a task is preempted")
        self.assertEqual(client.wait(), 0, client.text)
        self.assertIn("verified: own run", client.text)
        self.assert_counted_once(ledger, 8)
        self.assertIn(2, self.starts(ledger).values())


class TimeLimits(ClusterTest):
    def test_runs_before_the_limit_are_kept(self):
        """The self-check and eight runs of one shard need more time than the limit: each job makes a part of them."""
        ledger = self.ledger(profile="scheduler: slurm\noptions: [--time=1]\n")
        ledger.add_pace(run=10, expected=1)
        client = self.start(ledger, "pace")
        self.assertEqual(client.wait(900), 0, client.text)
        self.assertIn("its tasks ended as TIMEOUT", client.text)
        self.assertIn("verified: own run", client.text)
        self.assert_counted_once(ledger, 8)
        self.assertEqual(len(ledger.results()), 8)
        self.assertGreater(len(ledger.plans()), 1)

    def test_run_longer_than_the_limit(self):
        ledger = self.ledger(profile="scheduler: slurm\noptions: [--time=1]\n")
        ledger.add_pace(run=900, expected=1)
        client = self.start(ledger, "pace")
        self.assertEqual(client.wait(900), 2, client.text)
        text = " ".join(client.text.split())
        self.assertIn(
            "3 jobs ended without a result that counts for it; the last one: TIMEOUT (raise --time in `options` of the profile)", text)
        self.assertNotIn("verified", text)
        self.assertEqual((len(ledger.plans()), ledger.results(), ledger.receipts()), (3, [], []))


if __name__ == "__main__":
    unittest.main()
