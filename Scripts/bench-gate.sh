#!/bin/sh
# Times the hook and `check` on synthetic ledgers, and compares them with pre-commit, prek and a plain shell hook.
# Prints Markdown.
# Usage: bench-gate.sh TOOL BENCH-TOOL OUTPUT
set -eu
tool=$(realpath "$1") bench=$(realpath "$2") output=$(realpath -m "$3")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for package in hyperfine python3-venv; do
    dpkg -s "$package" >/dev/null 2>&1 || sh "$(dirname "$0")/setup.sh" "$package"
done
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pre-commit prek pre-commit-hooks

# Makes a ledger of $1 findings, with $2 more findings staged.
ledger() {
    mkdir "$folder/$1-$2"
    cd "$folder/$1-$2"
    git init -q -b main
    "$bench" ledger "$1" | git fast-import --done --quiet
    git reset -q --hard
    # The first finding is the template of the staged ones.
    pattern=$(git ls-files Findings | head -n 1)
    mkdir Findings/staged
    for number in $(seq "$2"); do
        sed "s/^title: .*/title: Made up once more, number $number/" "$pattern" >"Findings/staged/once-more-$number.yaml"
    done
    git add -A
    printf 'repos:\n  - repo: local\n    hooks:\n      - {id: check-yaml, name: check-yaml, language: system, entry: %s, types: [yaml]}\n' \
        "$folder/venv/bin/check-yaml" >"$folder/pre-commit.yaml"
    printf 'repos:\n  - repo: builtin\n    hooks:\n      - id: check-yaml\n' >"$folder/prek.yaml"
}

row() {
    hyperfine -N --warmup 2 --runs "${3:-20}" -i --export-json "$folder/time.json" "$2" >/dev/null 2>&1
    "$folder/venv/bin/python" - "$1" "$folder/time.json" <<'PYTHON'
import json, sys
result = json.load(open(sys.argv[2]))["results"][0]
print("| %s | %.1f | %.1f | %.1f |" % (sys.argv[1], 1e3 * result["median"], 1e3 * result["min"],
    1e3 * (result["user"] + result["system"])))
PYTHON
}

{
    echo "# The hook and \`check\`, compared with other tools"
    echo
    echo "Milliseconds per process, measured in turn in one run of \`make bench-gate\`: median and fastest of 20 (5 of the slow ones), and CPU time."
    for size in "1000 1" "1000 1000" "100000 1"; do
        set -- $size
        (ledger "$1" "$2")
        cd "$folder/$1-$2"
        printf '\n%s findings, %s staged:\n\n| | median | fastest | CPU |\n|---|---|---|---|\n' "$1" "$2"
        row "arbor-ledger hook run" "$tool hook run pre-commit"
        row "plain shell hook" "sh -c 'git diff --cached --name-only -z >/dev/null'"
        row "prek, built-in check-yaml" "$folder/venv/bin/prek run -c $folder/prek.yaml"
        row "pre-commit, check-yaml" "$folder/venv/bin/pre-commit run -c $folder/pre-commit.yaml" 5
        git reset -q --hard
        sleep 3
        row "check, no cache" "env ARBOR_LEDGER_NO_CACHE=1 $tool check" 5
        row "check, cached" "$tool check"
    done
} | tee "$output.new"
mv "$output.new" "$output"
