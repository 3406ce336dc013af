"""A kernel that attacks whoever runs it, for tests of the sandbox and of the protocol. Each run makes one attack.

usage: hostile.py ATTACK [KEY=VALUE ...]    (hostile.py --list prints the attacks)

An attack on the sandbox answers {"id": …, "failed": "contained: …"} or {"id": …, "failed": "escaped: …"}. An attack on
the protocol sends what the protocol does not allow. drive.py makes attacks without arbor-ledger.
"""

import sys

import containment
import misbehaviour  # Adds its attacks to those of protocol.
import protocol
import rights


def main():
    sandbox = {**containment.ATTACKS, **rights.ATTACKS}
    if sys.argv[1:] == ["--list"]:
        for kind, attacks in (("sandbox", sandbox), ("protocol", protocol.ATTACKS)):
            for name, attack in attacks.items():
                print(f"{kind}\t{name}\t{' '.join(attack.__doc__.split())}")
        return
    name, *pairs = sys.argv[1:]
    options = dict(pair.split("=", 1) for pair in pairs)
    if name in protocol.ATTACKS:
        worker = protocol.ATTACKS[name](options)
    else:
        worker = Contained(sandbox[name], options)
    worker.serve()


class Contained(protocol.Worker):
    """Reports whether an attack on the sandbox succeeded."""

    def __init__(self, attack, options):
        super().__init__(options)
        self.attack = attack

    def run(self, request):
        try:
            outcome = "escaped: " + self.attack(self.options)
        except containment.Contained as error:
            outcome = f"contained: {error}"
        except OSError as error:
            outcome = f"contained: {containment.name_of(error.errno)} at {error.filename or 'a call'}"
        self.send({"id": request["id"], "failed": outcome})


if __name__ == "__main__":
    main()
