#!/bin/sh
# Makes the fixtures of the import tests again with the libraries of the annotation tools, compares them with the recorded
# files, and reads the recorded exports with other libraries. With RECORD=1 it writes the fixtures instead.
set -eu
export PYTHONDONTWRITEBYTECODE=1
folder=Tests/annotation-formats
venv=.build/annotation-formats-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q -r "$folder/requirements.txt"
if [ "${RECORD:-}" = 1 ]; then
    "$venv/bin/python" "$folder/make_fixtures.py" "$folder"
else
    made=$(mktemp -d)
    trap 'rm -rf "$made"' EXIT
    "$venv/bin/python" "$folder/make_fixtures.py" "$made"
    for file in "$made"/*; do
        diff -u "$folder/$(basename "$file")" "$file"
    done
fi
"$venv/bin/python" "$folder/read_exports.py"
