"""Attacks on a sandbox by system calls, and by what was left open. See containment.py."""

import ctypes
import fcntl
import os
import platform
import socket

from containment import Contained, call, libc, name_of, stopped


def in_child(attack):
    """Makes an attack in a child process, because it would change this one. Returns or raises what it does."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = "escaped " + attack()
        except Contained as error:
            text = f"contained {error}"
        except OSError as error:
            text = f"contained {name_of(error.errno)} at a call"
        except BaseException as error:
            text = f"contained {type(error).__name__}"
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        outcome, _, text = pipe.read().partition(" ")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if outcome == "escaped":
        return text
    raise Contained(text or f"status {status} of the child process")


def user_namespace(options):
    """Makes a user namespace, in which it would have all capabilities."""
    return in_child(lambda: call("unshare", libc.unshare(0x10000000)) or "made a user namespace")


def mount(options):
    """Mounts a file system over /tmp, in a mount namespace of its own."""
    def attack():
        call("unshare", libc.unshare(0x00020000))
        call("mount", libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None))
        call("mount", libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None))
        return "mounted a file system"
    return in_child(attack)


def change_user(options):
    """Becomes another user."""
    def attack():
        os.setgroups([]) if os.geteuid() == 0 else None
        os.setresuid(12345, 12345, 12345)
        return "became user 12345"
    return in_child(attack)


def gain_rights(options):
    """Asks whether programs that it starts may gain rights by being set-user-ID."""
    if call("prctl", libc.prctl(39, 0, 0, 0, 0)):
        raise Contained("no_new_privs is set")
    return "no_new_privs is not set"


def capabilities(options):
    """Asks whether it has capabilities."""
    with open("/proc/self/status") as status:
        held = next(line.split()[1] for line in status if line.startswith("CapEff:"))
    if int(held, 16) == 0:
        raise Contained("no capabilities")
    return f"has capabilities {held}"


def host_name(options):
    """Sets the name of the machine, to the name that it has."""
    name = socket.gethostname().encode()
    def attack():
        call("sethostname", libc.sethostname(name, len(name)))
        if "utsns" in options and options["utsns"] not in os.readlink("/proc/self/ns/uts"):
            raise Contained("the name is that of a namespace of the sandbox")
        return "set the host name"
    return in_child(attack)


def terminal(options):
    """Types a character into the terminal that it was started from."""
    try:
        end = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise stopped(error, "open of /dev/tty")
    try:
        fcntl.ioctl(end, 0x5412, b" ")
    except OSError as error:
        raise stopped(error, "ioctl")
    finally:
        os.close(end)
    return "typed into the terminal"


NUMBERS = {  # system call: number on x86-64, number on arm64
    "io_uring_setup": (425, 425), "bpf": (321, 280), "keyctl": (250, 219), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
}


def _system_call(name, *arguments):
    number = NUMBERS[name][platform.machine() == "aarch64"]
    call(name, libc.syscall(number, *arguments))
    return f"made the system call {name}"


def io_uring(options):
    """Sets up an io_uring, which goes around filters of system calls."""
    return in_child(lambda: _system_call("io_uring_setup", 1, ctypes.create_string_buffer(120)))


def bpf(options):
    """Makes a BPF map."""
    attributes = (ctypes.c_uint32 * 16)(2, 4, 4, 1)
    return in_child(lambda: _system_call("bpf", 0, attributes, ctypes.sizeof(attributes)))


def keyring(options):
    """Looks for the keyring of the user's session."""
    return in_child(lambda: _system_call("keyctl", 0, ctypes.c_int32(-4), 0))


def perf_events(options):
    """Counts events of this machine by perf_event_open."""
    attributes = (ctypes.c_uint32 * 32)(1, 128)
    return in_child(lambda: _system_call("perf_event_open", attributes, 0, -1, -1, 0))


def user_faults(options):
    """Takes over the handling of page faults."""
    return in_child(lambda: _system_call("userfaultfd", 1))


# What was left open


def environment(options):
    """Looks for secrets in the environment [secret=TEXT that the parent's environment holds]."""
    secret = options.get("secret", "secret").encode()
    places = []
    for path in sorted({"/proc/self/environ", f"/proc/{os.getppid()}/environ", "/proc/1/environ"}):
        try:
            with open(path, "rb") as file:
                if secret in file.read():
                    places.append(path)
        except OSError:
            continue
    if not places:
        raise Contained("no secret in the environment")
    return "found the secret in " + ", ".join(places)


def descriptors(options):
    """Looks for open files other than input, output and log."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if int(name) > 2 and not target.startswith(f"/proc/{os.getpid()}/fd"):
            found.append(f"{name} ({target})")
    if not found:
        raise Contained("no other open file")
    return "inherited " + ", ".join(found)


ATTACKS = {
    function.__name__.replace("_", "-"): function
    for function in (
        user_namespace, mount, change_user, gain_rights, capabilities, host_name, terminal, io_uring, bpf, keyring,
        perf_events, user_faults, environment, descriptors)
}
