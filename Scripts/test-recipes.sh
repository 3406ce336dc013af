#!/bin/sh
# Applies the recipes of CONTRIBUTING.md to a copy of the tree, builds it, and checks that each recipe works.
set -eu
cd "$(dirname "$0")/.."
recipes=$PWD/docs/recipes build=$PWD/.build-recipes
rm -rf "$build/new"
mkdir -p "$build/new"
tar --exclude='./.build*' --exclude=./.git -cf - . | tar -xf - -C "$build/new"
git init -q "$build/new"
(cd "$build/new" && git apply "$recipes"/*.patch)
# Unchanged files keep their dates, so that a second run builds only what changed.
rsync -rlc --delete "$build/new/" "$build/tree"
cd "$build/tree"
swift format lint --strict $(git apply --numstat "$recipes"/*.patch | cut -f 3 | grep "\.swift$")
swift build --scratch-path "$build/build" --product arbor-ledger
PATH=$build/build/debug:$PATH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 OPENBLAS_NUM_THREADS=1
git config --global user.name Ada
git config --global user.email ada@example.org

# expect TEXT COMMAND...: the output contains the text; line ends count as spaces.
expect() {
    text=$1
    shift
    "$@" >"$work/output" || true
    tr -s '[:space:]' ' ' <"$work/output" | grep -qF -- "$text" && echo "ok    $*" && return
    echo "FAIL  $*: no \"$text\" in:"
    cat "$work/output"
    exit 1
}

# add-a-kernel: a claim about a toy model on the new kernel is verified, and its control is refuted.
git init -q -b main "$work/kernel"
cd "$work/kernel"
arbor-ledger init --no-hook >/dev/null
arbor-ledger new quantity majority-accuracy --title "Accuracy of a majority vote" --definition "Right answers over questions" \
    --range "[0, 1]" --conditions model >/dev/null
arbor-ledger new model five-chains --title "Five chains, each right in 7 of 10" --abstracts superposition --kernel majority \
    --config accuracy=0.7 >/dev/null
arbor-ledger new measurement five-chains/votes --measurement votes --measures majority-accuracy --conditions "[]" \
    --control voters=first >/dev/null
arbor-ledger new finding votes-help --title "A vote of five chains beats one chain" --authors Ada --date 2026-01-15 \
    --source "this ledger" --north-star "Says what voting adds to chains that do not improve." --quantity majority-accuracy \
    --value "[0.79, 0.89]" --tested model=five-chains --verify five-chains/votes >/dev/null
git add -A
git commit -qm "Claim that voting helps"
expect "majority votes over independent chains of thought" arbor-ledger show five-chains
expect "8 of 8 hit, decisive" arbor-ledger verify votes-help
expect "verified, controlled" arbor-ledger verify votes-help

# add-a-check: the recipe's fixture, applied to the base ledger of all fixtures, gets the new diagnostic.
fixtures=$build/tree/Tests/LedgerTests/Fixtures
git init -q "$work/check"
cd "$work/check"
for fixture in base definition-is-title; do
    awk '/^=== / { exit }
        /^--- / { file = $2; folder = file; if (sub("/[^/]*$", "", folder)) system("mkdir -p " folder); printf "" > file; next }
        { print >> file }' "$fixtures/$fixture.txt"
done
expect "[definition-is-title]" arbor-ledger check

# add-a-format: the new format is offered and printed.
expect "dot (a graph for Graphviz)" arbor-ledger merge --help
expect '"." -> "skill";' arbor-ledger merge --format dot
