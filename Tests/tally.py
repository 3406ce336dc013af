"""Counts the checks of a script that hold, and collects those that fail."""

import sys
import threading

failures = []
passed = 0
lock = threading.Lock()


def expect(holds, what):
    global passed
    with lock:
        if holds:
            passed += 1
        else:
            failures.append(what)


def finish(noun):
    """Prints the result and ends the script."""
    for failure in failures[:40]:
        print(f"FAIL  {failure}")
    print(f"{passed} {noun} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)
