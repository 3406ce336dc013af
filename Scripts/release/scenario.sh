#!/bin/sh
# Uses an installed arbor-ledger on a machine without Swift: ledger, hook, runs with and without OpenBLAS, demo. Runs as
# root in a fresh Debian, because it installs OpenBLAS half-way. Usage: scenario.sh VERSION
set -eu
version=$1
work=$(mktemp -d)
failures=0

# expect STATUS PATTERN NAME COMMAND...: the command must exit with STATUS and print PATTERN, if there is one.
expect() {
    wanted=$1 pattern=$2 name=$3
    shift 3
    status=0
    "$@" >"$work/output" 2>&1 </dev/null || status=$?
    if [ "$status" = "$wanted" ] && { [ -z "$pattern" ] || grep -q -- "$pattern" "$work/output"; }; then
        echo "ok    $name"
    else
        echo "FAIL  $name: status $status, wanted $wanted and \"$pattern\""
        sed 's/^/      /' "$work/output"
        failures=$((failures + 1))
    fi
}

unwanted() { ldd "$1" | grep -v -E 'linux-vdso|libc\.so|libm\.so|ld-linux'; }

export HOME="$work"
git config --global user.name Ada
git config --global user.email ada@example.org
git config --global init.defaultBranch main

tool=$(command -v arbor-ledger)
expect 0 '' "no Swift here" sh -c '! command -v swift'
expect 0 "^$version\$" "version" arbor-ledger --version
expect 1 '' "no libraries but libc and libm" unwanted "$tool"
mkdir "$work/ledger"
cd "$work/ledger"
git init -q
expect 0 'then arbor-ledger verify' "init" arbor-ledger init --no-hook
expect 0 '0 errors' "check" arbor-ledger check
expect 0 'pre-commit' "hook install" arbor-ledger hook install
git add -A
expect 0 '' "a commit through the hook" git commit -q -m "Begin the ledger"
expect 0 'Begin the ledger' "the commit exists" git log --oneline
sed 's/dimensions-per-feature/dimension-per-feature/' Findings/*.yaml >Findings/bad.yaml
git add -A
expect 1 'unknown-quantity' "the hook refuses a bad record" git commit -m bad
git reset -q --hard
expect 0 'superposition' "merge --brief" arbor-ledger merge --brief

expect 2 'install libopenblas0-pthread' "verify without OpenBLAS says what to install" arbor-ledger verify
apt-get install -y -q --no-install-recommends libopenblas0-pthread openssh-client >"$work/apt" 2>&1 || cat "$work/apt"
expect 0 'verified' "verify with OpenBLAS" arbor-ledger verify
git add -A
expect 0 '' "a commit of receipts through the hook" git commit -q -m "Audit"
expect 0 '0 errors' "check of the receipts" arbor-ledger check
forge=$(dirname "$(dirname "$(realpath "$tool")")")/share/arbor-ledger/forge
expect 0 '0 errors' "the gate's script" env GITLAB_CI=true CI_COMMIT_BEFORE_SHA=HEAD~1 CI_COMMIT_SHA=HEAD CI_COMMIT_BRANCH=main sh "$forge/gate.sh"
expect 0 'It is settled' "demo" sh -c 'arbor-ledger demo | tr "\n" " " | sed "s/ # / /g"'

rm -rf "$work"
[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
