"""A kernel of a few lines: the whole protocol without a package, and without arbor_kernel.py.

mean       the mean of config `draws` numbers that the seed chooses; with outcome: failed or unsupported, no value
constant   0.5 for each seed; its sample shows that the seed is used

usage: plain.py [--start-seconds SECONDS]   (waits so long before it reads requests)
"""

import hashlib
import json
import os
import struct
import sys
import time

DESCRIPTION = {
    "arbor": 1, "kernel": "plain", "version": 1, "same_seed": "bytes", "platform": {"python": "3"},
    "measurements": {
        "mean": {"quantities": ["plain-mean"], "settings": ["outcome"]},
        "constant": {"quantities": ["plain-constant"], "settings": []},
    },
}


def main():
    if sys.argv[1:2] == ["--start-seconds"]:
        time.sleep(float(sys.argv[2]))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        action = request.get("do")
        if action == "end":
            return
        if action == "describe":
            send(DESCRIPTION)
        elif action == "write":
            for number in range(request["count"]):
                send({"id": request["id"], "text": {"prompt": f"Number {number}?", "text": str(drawn(request, number))}})
            send({"id": request["id"], "values": {}})
        elif action == "run":
            send({"id": request["id"], **answer(request)})


def answer(request):
    outcome = request.get("settings", {}).get("outcome", "value")
    if outcome != "value":
        return {outcome: "the setting says so"}
    if request["measurement"] == "constant":
        return {"values": {"plain-constant": 0.5}, "sample": digest([drawn(request, 0)])}
    if request["measurement"] != "mean":
        return {"unsupported": f"there is no measurement {request['measurement']}"}
    count = int(request.get("config", {}).get("draws", 8))
    numbers = []
    for number in range(count):
        numbers.append(drawn(request, number))
        if 4 * (number + 1) % count == 0:
            send({"id": request["id"], "progress": (number + 1) / count})
    return {"values": {"plain-mean": (sum(numbers) / count).hex()}, "sample": digest(numbers)}


def drawn(request, number):
    """Returns a number that is at least 0 and below 1, from the run's seed."""
    return struct.unpack(">I", digest([request["seed"], number], raw=True)[:4])[0] / 2**32


def digest(thing, raw=False):
    sha256 = hashlib.sha256(json.dumps(thing).encode())
    return sha256.digest() if raw else sha256.hexdigest()


def send(message):
    os.write(1, json.dumps(message).encode() + b"\n")


main()
