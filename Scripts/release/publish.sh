#!/bin/sh
# Makes the GitHub Action and the GitLab component install a published release. Usage: publish.sh SHA256SUMS ADDRESS,
# where ADDRESS is that of the folder in which the files of the release are.
set -eu
line=$(grep -E '^[0-9a-f]{64} [ *]arbor-ledger-[0-9.]+-linux-x86_64\.tar\.xz$' "$1") ||
    { echo "$1 has no arbor-ledger-VERSION-linux-x86_64.tar.xz" >&2; exit 1; }
case $2 in
https://*[!A-Za-z0-9:/._~-]*) echo "the address has an unusual character: $2" >&2; exit 1 ;;
https://*) ;;
*) echo "the address must begin with https://, but is $2" >&2; exit 1 ;;
esac
cd "$(dirname "$0")/../.."
address=${2%/}/${line#* [ *]} digest=${line%% *}
sed -i -e "s|default: .* # address of the release|default: \"$address\" # address of the release|" \
    -e "s|default: .* # digest of the release|default: \"$digest\" # digest of the release|" action.yml templates/ledger.yml
echo "action.yml and templates/ledger.yml install $address"
