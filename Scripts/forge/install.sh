#!/bin/sh
# Installs a release from its archive, if the archive has the expected digest.
# Usage: install.sh ADDRESS SHA256 FOLDER
set -eu
address=$1 digest=$2 folder=$3
stop() {
    echo "arbor-ledger: $1" >&2
    exit 1
}
if [ -z "$address" ] || [ -z "$digest" ]; then
    stop 'no release is published yet; give the address and the SHA-256 of an archive that "make release" wrote (docs/release.md)'
fi
[ "$(uname -sm)" = "Linux x86_64" ] || stop "releases are for Linux x86_64, and this is $(uname -sm)"
case $address in
https://*) ;;
*) stop "the address of the release must begin with https://, but is $address" ;;
esac
case $digest in
*[!0-9a-f]*) stop "the SHA-256 of the release must have 64 hexadecimal digits, but is $digest" ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# --proto also keeps redirections from leaving https.
curl --disable --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --max-time 600 \
    --max-filesize 100000000 --output "$work/archive" -- "$address" || stop "cannot download $address"
found=$(sha256sum <"$work/archive" | cut -d ' ' -f 1)
[ "$found" = "$digest" ] || stop "$address has the SHA-256 $found, not $digest; nothing was installed"
mkdir -p "$folder"
tar -xJf "$work/archive" -C "$folder" --strip-components=1 --no-same-owner || stop "cannot unpack $address"
version=$("$folder/bin/arbor-ledger" --version) || stop "the program does not start here; it needs glibc 2.36 or later"
echo "arbor-ledger $version"
