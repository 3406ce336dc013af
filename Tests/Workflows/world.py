"""A temporary folder with a release on an https server, the action that installs it, and a ledger."""

import hashlib
import http.server
import os
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import threading

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TOOL = os.path.abspath(sys.argv[1])


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/release.tar.xz")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


class World:
    def __init__(self, folder):
        self.folder = folder
        self.environment = {
            "PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": f"{folder}/tmp",
            "CURL_CA_BUNDLE": f"{folder}/server.pem", "LC_ALL": "C.UTF-8",
        }
        os.mkdir(f"{folder}/tmp")
        os.mkdir(f"{folder}/served")
        for name, value in [("user.name", "Ada"), ("user.email", "ada@example.org"), ("protocol.file.allow", "always"),
                            ("init.defaultBranch", "main"), ("uploadpack.allowAnySHA1InWant", "true")]:
            self.run("git", "config", "--global", name, value)
        self.make_release()
        self.serve()
        self.publish()

    def run(self, *command, cwd=None, status=0, **variables):
        """Runs a command and returns what it prints."""
        done = subprocess.run(
            command, cwd=cwd or self.folder, env=self.environment | variables, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace")
        assert done.returncode == status, f"{command} ended with {done.returncode}: {done.stdout}"
        return done.stdout

    def make_release(self):
        """Makes an archive with the layout of a release, whose program starts the tool under test."""
        tree = f"{self.folder}/arbor-ledger-0.1.0-linux-x86_64"
        write(f"{tree}/bin/arbor-ledger", f'#!/bin/sh\nexec {TOOL} "$@"\n', 0o755)
        shutil.copytree(f"{ROOT}/Scripts/forge", f"{tree}/share/arbor-ledger/forge")
        self.tool = f"{tree}/bin/arbor-ledger"
        self.archive("release", tree)
        shutil.copytree(tree, f"{self.folder}/broken")
        write(f"{self.folder}/broken/bin/arbor-ledger", "#!/bin/sh\nexit 1\n", 0o755)
        self.archive("broken", f"{self.folder}/broken")
        write(f"{self.folder}/served/text.tar.xz", "no archive\n")

    def archive(self, name, tree):
        with tarfile.open(f"{self.folder}/served/{name}.tar.xz", "w:xz") as tar:
            tar.add(tree, os.path.basename(tree))

    def digest(self, name):
        with open(f"{self.folder}/served/{name}.tar.xz", "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def serve(self):
        self.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "server.key",
                 "-out", "server.pem")
        server = http.server.ThreadingHTTPServer(
            ("localhost", 0), lambda *values: Handler(*values, directory=f"{self.folder}/served"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{self.folder}/server.pem", f"{self.folder}/server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.address = f"https://localhost:{server.server_port}"

    def publish(self):
        """Publishes the release in a copy of what forges read from this repository."""
        self.action = f"{self.folder}/action"
        for name in ["Scripts/forge", "Scripts/release", "templates"]:
            shutil.copytree(f"{ROOT}/{name}", f"{self.action}/{name}")
        shutil.copy(f"{ROOT}/action.yml", self.action)
        name = "arbor-ledger-0.1.0-linux-x86_64.tar.xz"
        os.rename(f"{self.folder}/served/release.tar.xz", f"{self.folder}/served/{name}")
        os.symlink(name, f"{self.folder}/served/release.tar.xz")
        write(f"{self.folder}/SHA256SUMS", f"{self.digest('broken')}  broken.deb\n{self.digest('release')}  {name}\n")
        self.run("sh", f"{self.action}/Scripts/release/publish.sh", "SHA256SUMS", f"{self.address}/")

    def new_ledger(self, name):
        """Makes a ledger with the example of `init`, and returns its folder."""
        ledger = f"{self.folder}/{name}"
        self.run("git", "init", "-q", name)
        self.run(TOOL, "init", "--no-hook", cwd=ledger)
        self.commit(ledger, "Begin")
        return ledger

    def new_folder(self, prefix):
        return tempfile.mkdtemp(prefix=f"{prefix}-", dir=self.folder)

    def commit(self, ledger, message, *more):
        self.run("git", "add", "-A", cwd=ledger)
        self.run("git", "commit", "-q", "-m", message, *more, cwd=ledger)
        return self.head(ledger)

    def head(self, ledger, revision="HEAD"):
        return self.run("git", "rev-parse", revision, cwd=ledger).strip()
