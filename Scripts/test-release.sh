#!/bin/sh
# Tries each artefact of a release: in a bare Debian without Swift, under pre-commit and prek, and with the tools that
# judge packages. Usage: test-release.sh DIST, the folder that release.sh filled. Needs root for chroot.
set -eu
[ "$(id -u)" = 0 ] || exec sudo sh "$0" "$@"
here=$(cd "$(dirname "$0")/.." && pwd)
dist=$(realpath "$1")
artefacts=$dist/artefacts
sh "$here/Scripts/setup.sh" debootstrap lintian python3-venv man-db zsh fish
. /etc/os-release
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT INT TERM
failures=0

# try NAME COMMAND...: prints the output of a command that fails.
try() {
    name=$1
    shift
    if "$@" >"$work/output" 2>&1 </dev/null; then
        echo "ok    $name"
    else
        echo "FAIL  $name"
        sed 's/^/      /' "$work/output"
        failures=$((failures + 1))
    fi
}

# in_root ROOT COMMAND...: runs a command in a chroot with its own /proc and without this machine's variables.
in_root() {
    root=$1
    shift
    unshare --fork --pid --mount --mount-proc="$root/proc" chroot "$root" /usr/bin/env -i \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
        ${OPENBLAS_CORETYPE:+OPENBLAS_CORETYPE="$OPENBLAS_CORETYPE"} "$@"
}

# new_root NAME PACKAGE...: copies the bare Debian and installs packages that an artefact expects.
new_root() {
    root=$work/$1
    shift
    cp -a "$bare" "$root"
    in_root "$root" sh -c "apt-get update -q && apt-get install -y -q --no-install-recommends $*" >"$work/output" 2>&1 ||
        { cat "$work/output"; exit 1; }
    cp "$here/Scripts/release/scenario.sh" "$root/scenario.sh"
}

# scenario ROOT [COMMAND...]: uses the tool there; the exit status is 1 if any step failed.
scenario() {
    root=$1
    shift
    in_root "$root" "$@" sh /scenario.sh "$version" || failures=$((failures + 1))
}

bare=$dist/debian-$VERSION_CODENAME
if [ ! -d "$bare" ]; then
    echo "      debootstrap makes a bare Debian"
    rm -rf --one-file-system "$bare.part"
    debootstrap --variant=minbase "$VERSION_CODENAME" "$bare.part" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" \
        >"$work/output" 2>&1 || { tail -20 "$work/output"; exit 1; }
    mv "$bare.part" "$bare"
fi

cd "$artefacts"
version=$(tar -xJOf arbor-ledger-*.tar.xz --wildcards '*/bin/arbor-ledger' >"$work/tool" && chmod +x "$work/tool" && "$work/tool" --version)
wheel=$(ls "$artefacts"/*.whl)
package=$(ls ./*.deb)

echo "== the files"
try "SHA256SUMS" sha256sum --check --strict SHA256SUMS
repackaged() {
    sh "$here/Scripts/release.sh" package "$dist" "$work/again" && cmp SHA256SUMS "$work/again/SHA256SUMS"
}
try "packaging the same binary again gives the same bytes" repackaged
small() { [ "$(stat -c %s "$wheel")" -lt 15000000 ]; }
try "the wheel has less than 15 MB" small
no_paths() { ! grep -a -q -F -e "$here" -e "$dist" "$work/tool"; }
try "the binary names no folder of this machine" no_paths
no_lintian_errors() { lintian --fail-on error --suppress-tags bad-distribution-in-changes-file "$package"; }
try "lintian finds no errors" no_lintian_errors
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check auditwheel spdx-tools uv pipx twine
wheel_tag_is_right() {
    "$work/venv/bin/auditwheel" show "$wheel" | tr '\n' ' ' | tee "$work/tag"
    grep -q "$(basename "$wheel" .whl | sed 's/.*-\(manylinux_[0-9]*_[0-9]*\)_.*/\1/')" "$work/tag"
}
try "auditwheel agrees with the wheel's tag" wheel_tag_is_right
try "twine accepts the metadata of the wheel" "$work/venv/bin/twine" check "$wheel"
try "the SBOM is valid SPDX" "$work/venv/bin/pyspdxtools" --infile "arbor-ledger-$version.spdx.json"

echo "== the .deb"
new_root deb
cp "$package" "$root/package.deb"
try "install" in_root "$root" apt-get install -y -q --no-install-recommends /package.deb
scenario "$root"
try "man page" sh -c "man -l '$root/usr/share/man/man1/arbor-ledger-check.1.gz' | grep -q 'Check every record'"
try "completions for bash" bash -n "$root/usr/share/bash-completion/completions/arbor-ledger"
try "completions for zsh" zsh -n "$root/usr/share/zsh/vendor-completions/_arbor-ledger"
try "completions for fish" fish -n "$root/usr/share/fish/vendor_completions.d/arbor-ledger.fish"
try "licences" test -s "$root/usr/share/doc/arbor-ledger/licences/libgit2/copyright"
try "remove" in_root "$root" apt-get remove -y -q arbor-ledger
rm -rf --one-file-system "$root"

echo "== the tar.xz"
new_root tar git xz-utils
cp arbor-ledger-*.tar.xz "$root/archive.tar.xz"
try "install" in_root "$root" tar -xJf /archive.tar.xz -C /usr/local --strip-components=1
scenario "$root"
rm -rf --one-file-system "$root"

echo "== the wheel"
new_root wheel git python3-venv
cp "$wheel" "$root/"
begin=$(date +%s)
try "pip install" in_root "$root" sh -c 'python3 -m venv /opt/ledger && /opt/ledger/bin/pip install --no-index /*.whl'
echo "      a new environment and pip install take $(($(date +%s) - begin)) s"
scenario "$root" env PATH=/opt/ledger/bin:/usr/sbin:/usr/bin:/sbin:/bin
rm -rf --one-file-system "$root"
try "uvx" sh -c "UV_CACHE_DIR='$work/uv' '$work/venv/bin/uvx' --offline --from '$wheel' arbor-ledger --version | grep -x '$version'"
try "pipx" sh -c "PIPX_HOME='$work/pipx' PIPX_BIN_DIR='$work/bin' '$work/venv/bin/pipx' install --quiet '$wheel' &&
    '$work/bin/arbor-ledger' --version | grep -x '$version'"
echo "== the wheel under pre-commit and prek"
sh "$here/Scripts/test-frameworks.sh" "$work/tool" "$wheel" || failures=$((failures + 1))

echo "== the steps of the Containerfile, in a chroot"
new_root container
# COPY and RUN are the instructions that change the file system; the last two are settings of the image.
while read -r instruction arguments; do
    case $instruction in
    COPY) try "COPY $arguments" sh -c "cp \${1%% *} '$root'\${1##* }" sh "$arguments" ;;
    RUN) try "RUN $arguments" in_root "$root" sh -c "$arguments" ;;
    WORKDIR) mkdir -p "$root$arguments" ;;
    FROM | ENTRYPOINT | '#' | '') ;;
    *) try "unknown instruction $instruction" false ;;
    esac
done <Containerfile
git init -q "$root/ledger"
"$work/tool" -C "$root/ledger" init --no-hook >/dev/null
chown -R 12345:12345 "$root/ledger"
try "check of a mounted ledger with another owner" in_root "$root" sh -c 'cd /ledger && arbor-ledger check'
try "verify" in_root "$root" sh -c 'cd /ledger && git config user.email ada@example.org && git config user.name Ada &&
    git add -A && git commit -qm begin && arbor-ledger verify'
rm -rf --one-file-system "$root"

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
echo "everything passed"
