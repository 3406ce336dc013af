"""Claims whose runs a real Slurm makes, and what does not count."""

import base64
import hashlib
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cluster import ClusterTest, wait_for  # noqa: E402

NOBODY = 65534


class Verdicts(ClusterTest):
    def test_compiled_kernel(self):
        ledger = self.ledger()
        done = ledger.verify()
        self.assert_succeeds(done)
        self.assertIn("submitted 8 runs of 1 study as job ", done.errors)
        self.assertIn("8 of 8 runs finished", done.errors)
        self.assertIn("  verified: own run, control refuted\n", done.output)
        self.assertEqual(sorted(receipt["isControl"] for receipt in ledger.receipts()), [False, True])
        self.assertEqual(len(ledger.results()), 16)
        self.assert_counted_once(ledger, 16)
        ledger.commit("Add runs")
        repeated = ledger.run("verify", "--repeat", "--sample", "16")
        self.assert_succeeds(repeated)
        self.assertIn("16 of 16 repeated values identical to the last bit", " ".join(repeated.output.split()))
        # A second time there is nothing to do.
        again = ledger.verify()
        self.assert_succeeds(again)
        self.assertNotIn("submitted", again.errors)
        self.assertEqual(len(ledger.plans()), 2)

    def test_contributed_kernel(self):
        ledger = self.ledger()
        ledger.add_pace()
        done = ledger.verify("pace")
        self.assert_succeeds(done)
        self.assertIn("  verified: own run\n", done.output)
        receipt, = ledger.receipts()
        self.assertRegex(receipt["sandbox"], "^(full|partial) ")
        self.assertEqual([run["index"] for run in receipt["runs"]], list(range(8)))
        ledger.commit("Add runs")
        repeated = ledger.run("verify", "--repeat", "--sample", "8", "pace")
        self.assert_succeeds(repeated)
        self.assertIn("8 of 8 repeated values identical to the last bit", " ".join(repeated.output.split()))

    def test_kernel_that_is_not_allowed(self):
        ledger = self.ledger()
        ledger.add_pace(allowed=False)
        done = ledger.verify("pace")
        self.assertIn("you have not allowed the kernel pace to run", " ".join((done.output + done.errors).split()))
        self.assertEqual(done.status, ledger.run("verify", "pace").status)
        self.assertEqual((ledger.results(), ledger.receipts()), ([], []))
        ledger.allow()
        self.assert_succeeds(ledger.verify("pace"))
        self.assert_counted_once(ledger, 8)


class Commands(ClusterTest):
    def test_detach_and_status(self):
        ledger = self.ledger()
        planned = json.loads(ledger.verify("--status", "--format", "json").output)
        # The control is planned after the runs that it is for.
        self.assertEqual([(claim["is_control"], claim["planned"]) for claim in planned["claims"]], [(False, 8), (True, 0)])
        self.assertEqual(planned["jobs"], [])
        self.cluster.fill("urgent", 60)
        done = ledger.verify("--detach")
        self.assert_succeeds(done)
        self.assertIn("Next: arbor-ledger verify --on here", done.output)
        self.assertEqual(ledger.receipts(), [])
        status = json.loads(ledger.verify("--status", "--format", "json").output)
        claim = status["claims"][0]
        self.assertEqual((claim["queued"], claim["running"], claim["finished"], claim["planned"]), (8, 0, 0, 0))
        job, = status["jobs"]
        self.assertEqual((job["runs"], job["finished"], job["waiting_tasks"], job["ended"]), (8, 0, 1, None))
        text = ledger.verify("--status").output
        self.assertIn(f"job {job['id']} on here: 0 of 8 runs finished", text)
        # The filling jobs end, the runs are made, and the same command collects them.
        self.cluster.run("scancel", "--name=filling")
        wait_for(lambda: len(ledger.results()) == 8, 60, "eight results")
        self.assertEqual(json.loads(ledger.verify("--status", "--format", "json").output)["claims"][0]["finished"], 8)
        done = ledger.verify()
        self.assert_succeeds(done)
        self.assertIn("verified: own run", done.output)
        self.assert_counted_once(ledger, 16)

    def test_running_is_in_the_status(self):
        ledger = self.ledger()
        ledger.add_pace(run=4)
        self.assert_succeeds(ledger.verify("--detach", "pace"))
        wait_for(self.cluster.running, 30, "a task runs")
        claim, = json.loads(ledger.verify("--status", "--format", "json", "pace").output)["claims"]
        self.assertGreater(claim["running"], 0)
        self.assertEqual(claim["running"] + claim["queued"] + claim["finished"], 8)

    def test_cancel(self):
        ledger = self.ledger()
        ledger.add_pace(run=30)
        self.assert_succeeds(ledger.verify("--detach", "pace"))
        wait_for(self.cluster.running, 30, "a task runs")
        done = ledger.verify("--cancel", "pace")
        self.assert_succeeds(done)
        self.assertRegex(done.output, r"^Cancelled \d+\. ")
        wait_for(lambda: not self.cluster.tasks("RUNNING,PENDING"), 30, "no task waits or runs")
        again = ledger.verify("--cancel", "pace")
        self.assert_succeeds(again)
        self.assertEqual(again.output, "No job of this clone is active on here.\n")
        self.assertEqual(json.loads(ledger.verify("--status", "--format", "json", "pace").output)["claims"][0]["planned"], 8)

    def test_second_client(self):
        ledger = self.ledger()
        ledger.add_pace(run=3)
        first = self.start(ledger, "pace")
        wait_for(lambda: "submitted" in first.text, 30, "the first client submits")
        for arguments in ([], ["--detach"], ["--cancel"]):
            second = ledger.verify(*arguments, "pace")
            self.assertEqual(second.status, 2)
            self.assertIn("another process is submitting and collecting runs in ", second.errors)
        self.assertEqual(len(ledger.plans()), 1)
        self.assert_succeeds(ledger.verify("--status", "pace"))
        self.assertEqual(first.wait(), 0, first.text)
        self.assert_counted_once(ledger, 8)


class Trust(ClusterTest):
    """What other people can read, change and collect."""

    def detached(self):
        """A ledger whose first plan is finished and not collected."""
        ledger = self.ledger()
        self.assert_succeeds(ledger.verify("--detach"))
        wait_for(lambda: len(ledger.results()) == 8 and not self.cluster.running(), 60, "eight results")
        return ledger

    def test_plan_has_no_secrets(self):
        ledger = self.detached()
        plan, = ledger.plans()
        self.assertEqual(os.stat(plan).st_mode & 0o777, 0o700)
        self.assertEqual(os.stat(plan / "plan.json").st_mode & 0o777, 0o600)
        self.assert_succeeds(ledger.verify())
        private = pathlib.Path(ledger.key).read_text().splitlines()[1:-1]
        seeding = ledger.receipts()[0]["seeding"]
        token = base64.b64decode(seeding["signature"])[-64:]
        secrets = [line.encode() for line in private] + [
            token, token.hex().encode(), base64.b64encode(token), seeding["signature"].encode()]
        # Base64 of the token inside a longer text begins at one of three places.
        secrets += [base64.b64encode(bytes(shift) + token)[4:-4] for shift in range(3)]
        for path in plan.parent.rglob("*"):
            if path.is_file():
                found = [secret for secret in secrets if secret in path.read_bytes()]
                self.assertEqual(found, [], path)

    def test_altered_results(self):
        ledger = self.detached()
        folder = ledger.plans()[0] / "results"
        files = sorted(folder.iterdir())
        originals = [json.loads(file.read_text()) for file in files]

        def alter(number, change):
            result = json.loads(files[number].read_text())
            files[number].unlink()
            change(result)
            place(files[number], json.dumps(result).encode())

        def place(file, content):
            """Writes a file whose name has the digest of its content."""
            name = f"{file.name.split('.')[0]}.{hashlib.sha256(content).hexdigest()[:12]}.json"
            folder.joinpath(name).write_bytes(content)
            return folder / name

        # Files whose names fit their contents, but which are not results of the planned runs.
        alter(0, lambda result: result["run"].update(seed="0123456789abcdef"))
        alter(1, lambda result: result.update(study="0" * 64))
        alter(2, lambda result: result["run"].update(index=99))
        alter(3, lambda result: result["run"]["values"].pop("dimensions-per-feature"))
        ignored = []
        for number, content in ((4, b"{"), (5, bytes(range(256)))):
            files[number].unlink()
            ignored.append(place(files[number], content))
        files[6].unlink()
        files[6].symlink_to("/dev/zero")
        ignored.append(files[6])
        done = ledger.verify()
        self.assert_succeeds(done)
        for file in ignored:
            self.assertIn(f"ignored: {file} is not a result", done.errors)
        self.assertIn("submitted 7 runs of 1 study", done.errors)
        self.assert_counted_once(ledger, 16)
        recorded = {seed for _, _, seed in ledger.recorded_seeds()}
        self.assertNotIn("0123456789abcdef", recorded)
        self.assertLessEqual({result["run"]["seed"] for result in originals}, recorded)

    def test_altered_values(self):
        ledger = self.detached()
        file = sorted((ledger.plans()[0] / "results").iterdir())[0]
        result = json.loads(file.read_text())
        value = result["run"]["values"]["dimensions-per-feature"]
        value["hex"], value["decimal"] = "0x1.0p-1", "0.5"
        file.write_text(json.dumps(result))
        done = ledger.verify()
        self.assertIn(f"ignored: {file} was changed after its shard wrote it", done.errors)
        self.assertIn("submitted 1 run of 1 study", done.errors)
        self.assert_counted_once(ledger, 16)

    def test_results_of_another_user(self):
        ledger = self.detached()
        files = sorted((ledger.plans()[0] / "results").iterdir())
        os.chown(files[0], NOBODY, NOBODY)
        done = ledger.verify()
        self.assert_succeeds(done)
        self.assertIn(f"ignored: {files[0]} belongs to another user", done.errors)
        self.assertIn("submitted 1 run of 1 study", done.errors)
        self.assert_counted_once(ledger, 16)

    def test_another_user_collects(self):
        ledger = self.detached()
        plan, = ledger.plans()
        before = self.contents(ledger)
        for arguments in (["--on", "here"], ["--collect", plan]):
            done = ledger.run("verify", *arguments, user=NOBODY)
            self.assertNotEqual(done.status, 0)
            self.assert_sentence(done)
            self.assertEqual(self.contents(ledger), before)
        # The same in a clone of that user, with a plan that everyone can read.
        for path in [ledger.root, *pathlib.Path(ledger.root, ".git").rglob("*")]:
            os.chmod(path, os.stat(path).st_mode | 0o055)
        other = self.ledger()
        for path in [other.folder, *map(str, pathlib.Path(other.folder).rglob("*"))]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        done = other.run("verify", "--collect", plan, user=NOBODY)
        self.assertNotEqual(done.status, 0)
        self.assertIn("belongs to another user", done.errors)
        self.assertEqual((other.receipts(), self.contents(ledger)), ([], before))

    def test_another_key_collects(self):
        ledger = self.detached()
        before = self.contents(ledger)
        ledger.new_key()
        done = ledger.run("verify", "--collect", ledger.plans()[0])
        self.assertNotEqual(done.status, 0)
        self.assertIn("the seeds of this plan are those of ", done.errors)
        self.assertEqual(self.contents(ledger), before)

    def contents(self, ledger):
        return {
            str(path): path.read_bytes() for path in pathlib.Path(ledger.root).rglob("*")
            if path.is_file() and (".git" not in path.parts or "clusters" in path.parts)}


if __name__ == "__main__":
    unittest.main()
