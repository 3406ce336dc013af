"""Attacks on a sandbox. Each returns what it reached, or raises Contained or OSError.

An attack undoes what it did: it kills its children and removes its files. The options in brackets name targets that
whoever runs the attack must provide, such as the port of a listener; without a listener, a refusal proves nothing.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import signal
import socket
import time

libc = ctypes.CDLL(None, use_errno=True)
MIB = 1 << 20


class Contained(Exception):
    """What stopped the attack."""


def name_of(number):
    return errno.errorcode.get(number, f"error {number}")


def stopped(error, step):
    return Contained(f"{name_of(error.errno)} at {step}")


def call(step, result):
    """Returns the result of a C function, or raises Contained if it is -1."""
    if result == -1:
        raise Contained(f"{name_of(ctypes.get_errno())} at {step}")
    return result


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


# Network


def tcp(options):
    """Connects to a TCP port on this machine [port=N of a listener]."""
    with socket.socket() as end:
        end.settimeout(3)
        try:
            end.connect(("127.0.0.1", int(options.get("port", 9))))
        except OSError as error:
            raise stopped(error, "connect") if error.errno else Contained("no answer at connect")
    return "connected by TCP"


def udp(options):
    """Sends a UDP packet to a port on this machine, and waits for the reply [port=N of a listener that replies]."""
    with socket.socket(type=socket.SOCK_DGRAM) as end:
        end.settimeout(1)
        try:
            end.sendto(b"hostile", ("127.0.0.1", int(options.get("port", 9))))
        except OSError as error:
            raise stopped(error, "sendto")
        try:
            end.recv(16)
        except OSError as error:
            raise stopped(error, "recv") if error.errno else Contained("no reply at recv")
    return "got a reply by UDP"


def unix_socket(options):
    """Connects to a Unix socket by its path [path=PATH of a listener]."""
    return _unix(options.get("path", "/run/docker.sock"))


def abstract_socket(options):
    """Connects to an abstract Unix socket [name=NAME of a listener]."""
    return _unix("\0" + options.get("name", "/tmp/.X11-unix/X0"))


def _unix(address):
    with socket.socket(socket.AF_UNIX) as end:
        try:
            end.connect(address)
        except OSError as error:
            raise stopped(error, "connect")
    return "connected by a Unix socket"


def netlink(options):
    """Asks the kernel for the network interfaces other than the loopback one."""
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
    if not names:
        raise Contained("no interface but lo")
    return f"sees {len(names)} network interfaces"


# Files


def read_home(options):
    """Reads the SSH keys of the user [path=FOLDER instead of ~/.ssh]."""
    return _listing(options.get("path") or os.path.expanduser("~/.ssh"))


def read_ledger(options):
    """Lists the folder of the ledger [path=FOLDER]."""
    return _listing(options.get("path", "/work"))


def _listing(folder):
    try:
        return f"sees {len(os.listdir(folder))} files in {folder}"
    except OSError as error:
        raise stopped(error, f"listdir of {folder}")


def read_passwd(options):
    """Reads a file of the machine [path=FILE instead of /etc/passwd]."""
    path = options.get("path", "/etc/passwd")
    try:
        with open(path) as file:
            return f"read {len(file.read())} characters of {path}"
    except OSError as error:
        raise stopped(error, f"open of {path}")


def write_outside(options):
    """Writes files outside /tmp [path=FOLDER besides the usual ones]."""
    folders = [options["path"]] if "path" in options else []
    folders += ["/", "/etc", "/usr", "/usr/bin", "/var", "/run", "/home", "/root", os.getcwd(), os.path.expanduser("~")]
    names = []
    for folder in folders:
        path = os.path.join(folder, f"hostile-{os.getpid()}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            os.unlink(path)
            names.append(folder)
        except OSError as error:
            last = name_of(error.errno)
    if not names:
        raise Contained(f"{last} at open")
    return "wrote to " + ", ".join(names)


def rewrite_itself(options):
    """Changes the program of the kernel."""
    path = os.path.abspath(__file__)
    try:
        with open(path, "ab"):
            return f"opened {path} for writing"
    except OSError as error:
        raise stopped(error, "open")


def replace_itself(options):
    """Puts a symbolic link in the place of a file of the kernel."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hostile-link")
    try:
        os.symlink("/etc/passwd", path)
        os.unlink(path)
    except OSError as error:
        raise stopped(error, "symlink")
    return "made a symbolic link in the folder of the kernel"


def fill_tmp(options):
    """Writes files to /tmp until that fails or there is a gibibyte of them [bytes=N]."""
    limit, written, path = int(options.get("bytes", 1 << 30)), 0, f"/tmp/hostile-{os.getpid()}"
    try:
        with open(path, "wb", buffering=0) as file:
            while written < limit:
                written += file.write(b"x" * MIB)
    except OSError as error:
        raise Contained(f"{name_of(error.errno)} at write after {written // MIB} MiB")
    finally:
        if os.path.exists(path):
            os.unlink(path)
    return f"wrote {written // MIB} MiB to /tmp"


def device(options):
    """Makes a device node for the memory of the machine, and opens it."""
    path = f"/tmp/hostile-device-{os.getpid()}"
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))
    except OSError as error:
        raise stopped(error, "mknod")
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError as error:
        raise stopped(error, "open of the device")
    finally:
        os.unlink(path)
    return "opened a device node of its own"


# Processes


def kill_process(options):
    """Sends SIGTERM to a process outside [pid=N]; without it, asks whether it may signal its parent."""
    pid = int(options.get("pid", os.getppid()))
    try:
        os.kill(pid, signal.SIGTERM if "pid" in options else 0)
    except OSError as error:
        raise stopped(error, "kill")
    _own_namespace(options, pid)
    return f"may signal process {pid}"


def kill_init(options):
    """Asks whether it may signal process 1 [pidns=N, the number of the namespace outside]."""
    try:
        os.kill(1, 0)
    except OSError as error:
        raise stopped(error, "kill")
    _own_namespace(options, 1)
    return "may signal process 1"


def _own_namespace(options, pid):
    if "pidns" in options and options["pidns"] not in os.readlink("/proc/self/ns/pid"):
        raise Contained(f"process {pid} is in a PID namespace of the sandbox")


def trace_process(options):
    """Attaches to a process outside as a debugger [pid=N instead of the parent]."""
    seize, detach = 0x4206, 17
    pid = int(options.get("pid", os.getppid()))
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    call("ptrace", libc.ptrace(seize, pid, None, None))
    libc.ptrace(detach, pid, None, None)
    _own_namespace(options, pid)
    return f"attached to process {pid}"


def see_processes(options):
    """Reads what other processes were started with [pid=N of a process outside]."""
    pid = options.get("pid")
    if pid:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return f"read {len(file.read())} bytes of the command of process {pid}"
        except OSError as error:
            raise stopped(error, "open")
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid(), os.getppid())]
    if not others:
        raise Contained("no other process in /proc")
    return f"sees {len(others)} other processes"


def fork_bomb(options):
    """Starts up to 2,000 processes at once [count=N]."""
    children, limit = [], int(options.get("count", 2000))
    try:
        while len(children) < limit:
            child = os.fork()
            if child == 0:
                while True:
                    time.sleep(60)
            children.append(child)
    except OSError as error:
        raise Contained(f"{name_of(error.errno)} at fork after {len(children)} processes")
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
    return f"reached {limit} processes"


def memory(options):
    """Fills memory until that fails or there are two gibibytes of it [bytes=N]. The sandbox may end the kernel instead."""
    limit, blocks = int(options.get("bytes", 2 << 30)), []
    try:
        while len(blocks) * 64 * MIB < limit:
            block = mmap.mmap(-1, 64 * MIB)
            blocks.append(block)
            for page in range(0, len(block), mmap.PAGESIZE):
                block[page] = 1
    except (MemoryError, OSError) as error:
        reached = len(blocks) * 64
        raise Contained(f"{name_of(getattr(error, 'errno', None) or errno.ENOMEM)} at mmap after {reached} MiB")
    return f"filled {limit // MIB} MiB"


# Rights and system calls


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
        tcp, udp, unix_socket, abstract_socket, netlink, read_home, read_ledger, read_passwd, write_outside,
        rewrite_itself, replace_itself, fill_tmp, device, kill_process, kill_init, trace_process, see_processes,
        fork_bomb, memory, user_namespace, mount, change_user, gain_rights, capabilities, host_name, terminal, io_uring,
        bpf, keyring, perf_events, user_faults, environment, descriptors)
}
