#!/bin/sh
# Exports ledgers in all formats and validates them with packages from PyPI. Usage: test-exports.sh TOOL
set -eu
export PYTHONDONTWRITEBYTECODE=1
venv=.build/exports-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
cmp -s Tests/exports/requirements.txt "$venv/installed.txt" || {
    "$venv/bin/pip" install -q -r Tests/exports/requirements.txt
    cp Tests/exports/requirements.txt "$venv/installed.txt"
}
"$venv/bin/python" Tests/exports/test_exports.py "$1"
