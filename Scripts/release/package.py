"""Makes the artefacts of a release from one binary: tar.xz, wheel, .deb, SBOM, Containerfile and SHA256SUMS.

The same binary and commit give the same bytes. Usage: package.py SOURCE SCRATCH LIBRARIES MIMALLOC BINARY OUTPUT, with
SOURCE_DATE_EPOCH and COMMIT set; release.sh calls it.
"""

import base64
import gzip
import hashlib
import io
import json
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

import components
import sbom

HERE = pathlib.Path(__file__).parent
EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])
COMMIT = os.environ["COMMIT"]
SUMMARY = "Git-backed ledger of findings about how reasoning models work"
COMPLETIONS = {
    "bash": "share/bash-completion/completions/arbor-ledger",
    "zsh": "share/zsh/vendor-completions/_arbor-ledger",
    "fish": "share/fish/vendor_completions.d/arbor-ledger.fish",
}


def output_of(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def compressed(text):
    data = io.BytesIO()
    with gzip.GzipFile(fileobj=data, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(text)
    return data.getvalue()


def write(path, content, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)


def date(pattern):
    return time.strftime(pattern, time.gmtime(EPOCH))


def glibc_version(binary):
    """The newest symbol version of glibc that the binary needs; no other library may be needed."""
    needed = set(re.findall(r"Shared library: \[(.*?)\]", output_of("readelf", "-d", binary)))
    other = {name for name in needed if not re.match(r"(libc|libm|ld-linux.*)\.so", name)}
    if other:
        raise SystemExit(f"the binary needs libraries besides libc and libm: {', '.join(sorted(other))}")
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", output_of("readelf", "-V", binary))
    return max((int(major), int(minor)) for major, minor in versions)


def make_tree(tree, binary, version, source, found, bill):
    """The installed files, below /usr, /usr/local or another prefix."""
    write(tree / "bin/arbor-ledger", binary.read_bytes(), 0o755)
    for shell, path in COMPLETIONS.items():
        write(tree / path, output_of(binary, "--generate-completion-script", shell))
    with tempfile.TemporaryDirectory() as folder:
        described = output_of(binary, "--experimental-dump-help")
        output_of(sys.executable, HERE / "manual.py", folder, version, date("%Y-%m-%d"), input=described)
        for page in pathlib.Path(folder).iterdir():
            write(tree / f"share/man/man1/{page.name}.gz", compressed(page.read_bytes()))
    for script in (source / "Scripts/forge").iterdir():
        text = script.read_bytes()
        write(tree / "share/arbor-ledger/forge" / script.name, text, 0o755 if text.startswith(b"#!") else 0o644)
    documents = tree / "share/doc/arbor-ledger"
    write(documents / "changelog.gz", compressed((source / "CHANGELOG.md").read_bytes()))
    write(documents / "copyright", copyright_file(found))
    write(documents / "arbor-ledger.spdx.json", bill)
    components.write_licences(found, documents / "licences")


def copyright_file(found):
    lines = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
        "Upstream-Name: arbor-ledger",
        f"Comment: Built from commit {COMMIT}.",
        "",
        "Files: *",
        f"Copyright: {date('%Y')} the contributors of arbor-ledger",
        "License: none-stated",
        " The repository states no licence.",
    ]
    for component in found:
        lines += [
            "",
            f"Files: {component.name}",
            f"Comment: version {component.version}, linked into usr/bin/arbor-ledger",
            f"Copyright: see usr/share/doc/arbor-ledger/licences/{component.name}",
            f"License: {component.name}",
            f" {component.licence}",
            " .",
            f" The texts are in /usr/share/doc/arbor-ledger/licences/{component.name}; those that are on every Debian",
            " system are in /usr/share/common-licenses too.",
        ]
    return "\n".join(lines) + "\n"


def files_of(tree):
    return sorted(path for path in tree.rglob("*") if path.is_file())


def make_tar(tree, name, output):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(tree.rglob("*")):
            entry = tar.gettarinfo(path, f"{name}/{path.relative_to(tree)}")
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mtime = EPOCH
            entry.mode = 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644
            if path.is_file():
                with path.open("rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    write(output / f"{name}.tar.xz", lzma.compress(data.getvalue(), preset=9))


class Compressor:
    """Compresses with libdeflate, which makes the wheel 3 % smaller than zlib does."""

    def __init__(self):
        self.parts = []

    def compress(self, data):
        self.parts.append(bytes(data))
        return b""

    def flush(self):
        packed = subprocess.run(
            ["libdeflate-gzip", "-12", "-c"], input=b"".join(self.parts), stdout=subprocess.PIPE, check=True
        ).stdout
        # The stream is between a header of 10 bytes and a trailer of 8.
        return packed[10:-8]


def make_wheel(tree, version, glibc, machine, output):
    tag = f"py3-none-manylinux_{glibc[0]}_{glibc[1]}_{machine}"
    base = f"arbor_ledger-{version}"
    information = f"{base}.dist-info"
    contents = {}
    licences = []
    for path in files_of(tree):
        place = path.relative_to(tree)
        if place.parts[0] == "bin":
            contents[f"{base}.data/scripts/{place.name}"] = path
        elif place.parts[:3] == ("share", "doc", "arbor-ledger"):
            inner = pathlib.Path(*place.parts[3:])
            if inner.parts[0] == "licences":
                licences.append(str(inner.relative_to("licences")))
                contents[f"{information}/licenses/{licences[-1]}"] = path
            elif inner.suffix == ".json":
                # The place that PEP 770 gives to SBOMs.
                contents[f"{information}/sboms/{inner.name}"] = path
        else:
            contents[f"{base}.data/data/{place}"] = path
    metadata = [
        "Metadata-Version: 2.4", "Name: arbor-ledger", f"Version: {version}", f"Summary: {SUMMARY}",
        "Requires-Python: >=3.8", "Requires-External: git", "Classifier: Environment :: Console",
        "Classifier: Operating System :: POSIX :: Linux",
        *(f"License-File: {name}" for name in licences), "Description-Content-Type: text/markdown", "",
        f"The program `arbor-ledger` for Linux with glibc {glibc[0]}.{glibc[1]} or later. `arbor-ledger --help` lists its",
        "commands. Re-running toy models needs OpenBLAS (Debian: libopenblas0-pthread); nothing else does.", "",
    ]
    wheel = ["Wheel-Version: 1.0", "Generator: arbor-ledger", "Root-Is-Purelib: false", f"Tag: {tag}", ""]
    contents[f"{information}/METADATA"] = "\n".join(metadata).encode()
    contents[f"{information}/WHEEL"] = "\n".join(wheel).encode()
    record = []
    with zipfile.ZipFile(output / f"{base}-{tag}.whl", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:

        def add(name, data, mode):
            entry = zipfile.ZipInfo(name, time.gmtime(EPOCH)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100000 | mode) << 16
            entry.create_system = 3
            with archive.open(entry, "w") as file:
                if len(data) > 1_000_000:
                    file._compressor = Compressor()
                file.write(data)

        # RECORD is last, as the format recommends.
        for name in sorted(contents):
            content = contents[name]
            data = content if isinstance(content, bytes) else content.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")
            add(name, data, 0o755 if "/scripts/" in name else 0o644)
        record += [f"{information}/RECORD,,", ""]
        add(f"{information}/RECORD", "\n".join(record).encode(), 0o644)


def make_deb(tree, version, glibc, maintainer, output):
    architecture = output_of("dpkg", "--print-architecture").strip()
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "root")
        shutil.copytree(tree, root / "usr")
        entry = [
            f"arbor-ledger ({version}-1) unstable; urgency=medium", "", "  * See changelog.gz.", "",
            f" -- {maintainer}  {date('%a, %d %b %Y %H:%M:%S +0000')}", "",
        ]
        write(root / "usr/share/doc/arbor-ledger/changelog.Debian.gz", compressed("\n".join(entry).encode()))
        write(root / "usr/share/lintian/overrides/arbor-ledger", (HERE / "lintian-overrides").read_bytes())
        for path in root.rglob("*"):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        size = sum(-(-path.stat().st_size // 1024) for path in files_of(root))
        control = [
            "Package: arbor-ledger", f"Version: {version}-1", f"Architecture: {architecture}", f"Maintainer: {maintainer}",
            f"Installed-Size: {size}", f"Depends: libc6 (>= {glibc[0]}.{glibc[1]}), git",
            "Recommends: libopenblas0-pthread, openssh-client", "Suggests: bubblewrap, curl", "Section: science",
            "Priority: optional", f"Description: {SUMMARY}",
            " Contributors commit findings. The tool checks them, re-runs their toy models,",
            " merges their claims up the question tree, and reports where contributors",
            " disagree because they studied different settings.", " .",
            " OpenBLAS is needed to re-run toy models. Other commands work without it.", "",
        ]
        write(root / "DEBIAN/control", "\n".join(control))
        sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}" for path in files_of(root / "usr")]
        write(root / "DEBIAN/md5sums", "\n".join(sums) + "\n")
        for path in root.rglob("*"):
            os.utime(path, (EPOCH, EPOCH))
        name = f"arbor-ledger_{version}-1_{architecture}.deb"
        # One thread, because several would divide the data differently.
        output_of(
            "dpkg-deb", "--build", "--root-owner-group", "--threads-max=1", "-Zxz", "-z9", root, output / name
        )
    return name


def main():
    source, scratch, libraries, mimalloc, binary, output = map(pathlib.Path, sys.argv[1:])
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    version = output_of(binary, "--version").strip()
    glibc, machine = glibc_version(binary), os.uname().machine
    archives = (libraries / "archives").read_text().split()
    found = components.components(source, scratch, archives, mimalloc)
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    bill = sbom.bill(found, version, COMMIT, digest, date("%Y-%m-%dT%H:%M:%SZ"))
    maintainer = output_of("git", "-C", source, "log", "-1", "--format=%an <%ae>").strip()
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder, "tree")
        make_tree(tree, binary, version, source, found, bill)
        make_tar(tree, f"arbor-ledger-{version}-linux-{machine}", output)
        make_wheel(tree, version, glibc, machine, output)
        package = make_deb(tree, version, glibc, maintainer, output)
    write(output / f"arbor-ledger-{version}.spdx.json", bill)
    write(output / "Containerfile", (HERE / "Containerfile").read_text().replace("PACKAGE", package))
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files_of(output)]
    write(output / "SHA256SUMS", "\n".join(sums) + "\n")


main()
