"""Installing a release, and each way in which it must stop."""

import os
import subprocess

from tally import expect
from world import ROOT, read, write


def install(world, address, digest, **variables):
    folder = f"{world.new_folder('install')}/installed"
    done = subprocess.run(
        ["sh", f"{ROOT}/Scripts/forge/install.sh", address, digest, folder], env=world.environment | variables,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        expect(not os.path.exists(folder) or "cannot unpack" in done.stdout or "does not start" in done.stdout,
               f"{address}: something was installed: {done.stdout}")
    return done.returncode, done.stdout, folder


def check_install(world):
    release, digest = f"{world.address}/release.tar.xz", world.digest("release")
    status, text, folder = install(world, release, digest)
    expect(status == 0 and text == f"arbor-ledger {world.run(f'{folder}/bin/arbor-ledger', '--version')}", f"install: {text}")

    def refused(what, sentence, address=release, sha256=digest, **variables):
        status, text, _ = install(world, address, sha256, **variables)
        expect(status == 1 and sentence in text, f"install, {what}: {status} {text}")

    refused("no release", "no release is published yet", "", "")
    refused("no digest", "no release is published yet", sha256="")
    refused("http", "must begin with https://, but is http://", address=release.replace("https", "http"))
    refused("a local file", "must begin with https://, but is file:///", address="file:///etc/passwd")
    refused("an option", "must begin with https://, but is --config", address="--config")
    refused("another digest", f"has the SHA-256 {digest}, not {'0' * 64}; nothing was installed", sha256="0" * 64)
    refused("a short digest", f"has the SHA-256 {digest}, not 00; nothing was installed", sha256="00")
    refused("no digest at all", "must have 64 hexadecimal digits", sha256="latest")
    refused("a missing file", "cannot download", address=f"{world.address}/other.tar.xz")
    refused("a redirection to http", "cannot download", address=f"{world.address}/moved")
    refused("a server with an unknown certificate", "cannot download", CURL_CA_BUNDLE="/dev/null")
    refused("no archive", "cannot unpack", f"{world.address}/text.tar.xz", world.digest("text"))
    refused("a program that does not start", "does not start here", f"{world.address}/broken.tar.xz", world.digest("broken"))
    write(f"{world.folder}/arm/uname", "#!/bin/sh\necho Linux aarch64\n", 0o755)
    refused("another processor", "this is Linux aarch64", PATH=f"{world.folder}/arm:/usr/bin:/bin")


def check_publish(world):
    """The defaults name the release; without a release, both forges say what is missing."""
    for name in ["action.yml", "templates/ledger.yml"]:
        expect(f'"{world.address}/arbor-ledger-0.1.0-linux-x86_64.tar.xz"' in read(f"{world.action}/{name}"), f"{name}: address")
        expect(f'"{world.digest("release")}"' in read(f"{world.action}/{name}"), f"{name}: digest")
    publish = f"{world.action}/Scripts/release/publish.sh"
    for address, sentence in [("http://example.org", "must begin with https://"), ("https://a|b", "unusual character")]:
        text = world.run("sh", publish, "SHA256SUMS", address, status=1)
        expect(sentence in text, f"publish {address}: {text}")
    write(f"{world.folder}/empty", "")
    text = world.run("sh", publish, "empty", "https://example.org", status=1)
    expect("has no arbor-ledger-VERSION-linux-x86_64.tar.xz" in text, f"publish: {text}")
