"""What the binary is made of: name, version, licence and licence text of each linked component.

The release fails if a component is not listed here, so that no licence is forgotten.
"""

import dataclasses
import json
import pathlib
import re
import shutil
import subprocess


@dataclasses.dataclass
class Component:
    name: str
    version: str
    licence: str  # an SPDX expression
    supplier: str
    package_url: str
    texts: list  # files with the licence's text


# Swift packages, by their identity in Package.resolved.
SWIFT_LICENCES = {
    "bigint": "MIT",
    "swift-argument-parser": "Apache-2.0 WITH Swift-exception",
    "swift-asn1": "Apache-2.0",
    "swift-atomics": "Apache-2.0 WITH Swift-exception",
    "swift-collections": "Apache-2.0 WITH Swift-exception",
    # It contains BoringSSL (Apache-2.0), fiat-crypto (MIT) and XKCP (CC0-1.0).
    "swift-crypto": "Apache-2.0 AND MIT AND CC0-1.0",
    # It contains llhttp (MIT).
    "swift-nio": "Apache-2.0 AND MIT",
    "swift-subprocess": "Apache-2.0",
    "swift-system": "Apache-2.0 WITH Swift-exception",
}

# Archives from Debian, by the package that contains them.
DEBIAN_LICENCES = {
    "libgit2-dev": "GPL-2.0-only WITH GCC-exception-2.0",
    "libhttp-parser-dev": "MIT",
    "libmbedtls-dev": "Apache-2.0 OR GPL-2.0-or-later",
    "libpcre2-dev": "BSD-3-Clause",
    "libyaml-dev": "MIT",
    "zlib1g-dev": "Zlib",
    "libstdc++": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libgcc": "GPL-3.0-or-later WITH GCC-exception-3.1",
}


def swift_packages(resolved, checkouts):
    for pin in json.loads(resolved.read_text())["pins"]:
        name, state = pin["identity"], pin["state"]
        location = pin["location"].removesuffix(".git")
        folder = next(path for path in checkouts.iterdir() if path.name.lower() == name)
        texts = sorted(
            path for pattern in ("LICENSE*", "NOTICE*", "Sources/*/LICENSE*") for path in folder.glob(pattern)
        )
        if name not in SWIFT_LICENCES or not texts:
            raise SystemExit(f"name the licence of {name} in {__file__}")
        url = f"pkg:swift/{location.removeprefix('https://')}@{state['version']}?vcs_revision={state['revision']}"
        yield Component(name, state["version"], SWIFT_LICENCES[name], location, url, texts)


def debian_packages(archives):
    """The packages that contain these archives."""
    seen = set()
    for archive in archives:
        real = str(pathlib.Path(archive).resolve())
        package = subprocess.run(["dpkg", "-S", real], capture_output=True, text=True).stdout.split(":")[0]
        if not package and real.startswith("/usr/"):
            # Without the link from /lib to /usr/lib, which dpkg does not follow.
            package = subprocess.run(
                ["dpkg", "-S", real.removeprefix("/usr")], capture_output=True, text=True
            ).stdout.split(":")[0]
        family = re.sub(r"-\d+-dev$", "", package)
        if family not in DEBIAN_LICENCES:
            raise SystemExit(f"name the licence of the package {package or 'of ' + real} in {__file__}")
        source, version = subprocess.run(
            ["dpkg-query", "-W", "-f", "${source:Package}\n${source:Version}", package],
            capture_output=True, text=True, check=True,
        ).stdout.split("\n")
        # Several packages come from one source, such as libstdc++ and libgcc.
        if source in seen:
            continue
        seen.add(source)
        yield debian_component(source, version, DEBIAN_LICENCES[family], f"/usr/share/doc/{package}/copyright")


def debian_component(source, version, licence, text):
    url = f"pkg:deb/debian/{source}@{version.replace('+', '%2B').replace(':', '%3A')}?arch=source"
    return Component(source, version, licence, "Debian", url, [pathlib.Path(text)])


def swift_runtime():
    # The standard library, Dispatch and Foundation are parts of the toolchain.
    swift = pathlib.Path(shutil.which("swift")).resolve()
    line = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"Swift version (\S+)", line).group(1)
    text = swift.parent.parent / "share/swift/LICENSE.txt"
    return Component(
        "swift-runtime", version, "Apache-2.0 WITH Swift-exception", "https://github.com/swiftlang/swift",
        f"pkg:github/swiftlang/swift@swift-{version}-RELEASE", [text],
    )


def components(source, scratch, archives, mimalloc):
    """Everything that is linked. `mimalloc` is the folder of its Debian source."""
    version = re.search(r"\((.*?)\)", (mimalloc / "debian/changelog").read_text()).group(1)
    found = [
        swift_runtime(),
        *swift_packages(source / "Package.resolved", scratch / "checkouts"),
        *debian_packages(archives),
        debian_component("mimalloc", version, "MIT", mimalloc / "debian/copyright"),
    ]
    return sorted(found, key=lambda component: component.name)


def write_licences(found, folder):
    """Writes the licence texts of all components, with the texts that they only refer to."""
    folder.mkdir(parents=True)
    lines = ["Licences of the components that are linked into arbor-ledger. Each folder holds the texts of one.", ""]
    common = set()
    for component in found:
        target = folder / component.name
        target.mkdir()
        for text in component.texts:
            content = text.read_bytes()
            name = text.name if text.name not in {path.name for path in target.iterdir()} else f"{text.parent.name}-{text.name}"
            (target / name).write_bytes(content)
            common |= set(re.findall(rb"/usr/share/common-licenses/([A-Za-z0-9]+(?:-[0-9.]*[0-9])?)", content))
        lines.append(f"{component.name} {component.version}: {component.licence}; {component.supplier}")
    (folder / "common").mkdir()
    for name in sorted(common):
        text = pathlib.Path("/usr/share/common-licenses") / name.decode()
        (folder / "common" / text.name).write_bytes(text.read_bytes())
    lines += ["", "`common` holds the texts that others name as /usr/share/common-licenses.", ""]
    (folder / "README").write_text("\n".join(lines))
