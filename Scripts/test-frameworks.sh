#!/bin/sh
# Runs the hooks under pre-commit, prek and lefthook, on a temporary ledger with this repository as hook source.
# Needs git, python3 with venv, and the build's packages. With a WHEEL it tests only the hook that installs the wheel.
# Usage: test-frameworks.sh TOOL [WHEEL]
set -eu
tool=$(realpath "$1")
wheel=${2:+$(realpath "$2")}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

if ! python3 -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ]; then run=""; else run="sudo"; fi
    $run apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends python3-venv
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check 'pre-commit>=3.2' prek lefthook

# If a hook runs this script, it inherits variables that name another repository.
unset $(git rev-parse --local-env-vars)
# The caller's settings are included, because they may configure a package mirror.
export GIT_CONFIG_GLOBAL="$work/gitconfig" PRE_COMMIT_HOME="$work/pre-commit-home" PREK_HOME="$work/prek-home"
cat >"$GIT_CONFIG_GLOBAL" <<END
[include]
    path = ${XDG_CONFIG_HOME:-$HOME/.config}/git/config
    path = $HOME/.gitconfig
[user]
    name = Ada
    email = ada@example.org
[init]
    defaultBranch = main
[safe]
    directory = $here
    directory = $here/.git
END
mkdir -p "$work/bin"
ln -s "$tool" "$work/bin/arbor-ledger"
# The hook repository is this repository at HEAD.
revision=$(git -C "$here" rev-parse HEAD)

failures=0
# expect pass|refuse NAME COMMAND...
expect() {
    wanted=$1 name=$2
    shift 2
    if "$@" >"$work/output" 2>&1; then got=pass; else got=refuse; fi
    # The refusal must come from the ledger, not from a framework that could not start.
    if [ "$wanted" = refuse ] && ! grep -q unknown-quantity "$work/output"; then got="a failure of another kind"; fi
    if [ "$got" = "$wanted" ]; then
        echo "ok    $name"
    else
        echo "FAIL  $name: $got instead of $wanted"
        sed 's/^/      /' "$work/output"
        failures=$((failures + 1))
    fi
}

finding() {
    cat <<END
title: A finding
authors: [B. Body]
contributors: [B. Body]
date: 2024-05-06
source: a note
north_star: One more measurement.
claims:
  - quantity: $1
    value: [0.45, 0.55]
    tested: {model: superposition-geometry, density: 0.1}
END
}

# new NAME: makes a ledger with an empty remote and enters it.
new() {
    git init -q --bare "$work/$1.git"
    git init -q "$work/$1"
    cd "$work/$1"
    git remote add origin "$work/$1.git"
    "$tool" init --no-hook >/dev/null
}

# Makes good and bad commits and pushes with the installed hooks.
scenario() {
    git add -A
    expect pass "$1: first commit" git commit -q -m begin
    expect pass "$1: first push" git push -q origin main
    finding dimension-per-feature >Findings/bad.yaml
    git add -A
    expect refuse "$1: bad commit" git commit -q -m bad
    finding dimensions-per-feature >Findings/bad.yaml
    expect refuse "$1: bad index, good work tree" git commit -q -m bad
    git add -A
    finding dimension-per-feature >Findings/untracked.yaml
    expect pass "$1: good index, bad untracked file" git commit -q -m good
    rm Findings/untracked.yaml
    expect pass "$1: good push" git push -q origin main
    git switch -q -c side HEAD~1
    finding dimension-per-feature >Findings/side.yaml
    git add -A
    git commit -q --no-verify -m bad
    expect refuse "$1: push of a bad new branch" git push -q origin side
    git switch -q main
    expect pass "$1: good push again" git push -q origin main
}

# config LANGUAGE-ID
config() {
    cat >.pre-commit-config.yaml <<END
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
repos:
  - repo: file://$here
    rev: $revision
    hooks:
      - id: $1
END
    # docs/release.md describes this line.
    if [ -n "$wheel" ]; then
        echo "        additional_dependencies: ['arbor-ledger @ file://$wheel']" >>.pre-commit-config.yaml
    fi
}

caller_path=$PATH
if [ -n "$wheel" ]; then ids=arbor-ledger-wheel; else ids="arbor-ledger-system arbor-ledger"; fi
for framework in pre-commit prek; do
    for id in $ids; do
        # The hooks that install the tool themselves must not find an installed one.
        if [ "$id" = arbor-ledger-system ]; then PATH="$work/bin:$caller_path"; else PATH=$caller_path; fi
        export PATH
        new "$framework-$id"
        config "$id"
        "$work/venv/bin/$framework" install >/dev/null
        if [ "$id" = arbor-ledger ]; then echo "      $framework builds arbor-ledger: minutes"; fi
        begin=$(date +%s)
        "$work/venv/bin/$framework" install-hooks >"$work/output" 2>&1 || { cat "$work/output"; exit 1; }
        echo "      $framework installs the hook $id in $(($(date +%s) - begin)) s"
        scenario "$framework, $id"
    done
done

if [ -z "$wheel" ]; then
    export PATH="$work/bin:$caller_path"
    new lefthook
    sed -n '/^```yaml # lefthook.yml/,/^```/p' "$here/docs/gate.md" | grep -v '^```' >lefthook.yml
    "$work/venv/bin/lefthook" install >/dev/null 2>&1
    scenario lefthook
fi

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
