"""Attacks on a sandbox. Each returns what it reached, or raises Contained or OSError.

An attack undoes what it did: it kills its children and removes its files. The options in brackets name targets that
whoever runs the attack must provide, such as the port of a listener; without a listener, a refusal proves nothing.
"""

import ctypes
import errno
import mmap
import os
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
    for folder in sorted({folder for folder in folders if not f"{folder}/".startswith("/tmp/")}):
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


ATTACKS = {
    function.__name__.replace("_", "-"): function
    for function in (
        tcp, udp, unix_socket, abstract_socket, netlink, read_home, read_ledger, read_passwd, write_outside,
        rewrite_itself, replace_itself, fill_tmp, device, kill_process, kill_init, trace_process, see_processes,
        fork_bomb, memory)
}
