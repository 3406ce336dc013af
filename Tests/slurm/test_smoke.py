"""A fast part of the tests: verdicts on Slurm and under the imitations, and what is refused."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_claims  # noqa: E402
import test_schedulers  # noqa: E402
from cluster import ClusterTest  # noqa: E402


class OnSlurm(ClusterTest):
    test_compiled_kernel = test_claims.Verdicts.test_compiled_kernel
    test_contributed_kernel = test_claims.Verdicts.test_contributed_kernel
    test_another_key_collects = test_claims.Trust.test_another_key_collects
    detached, contents = test_claims.Trust.detached, test_claims.Trust.contents


def load_tests(loader, _, pattern):
    suite = loader.loadTestsFromTestCase(OnSlurm)
    for name in ("test_verdict", "test_missing_commands", "test_mistakes_in_profiles"):
        suite.addTest(test_schedulers.Schedulers(name))
    return suite


if __name__ == "__main__":
    unittest.main()
