#!/bin/sh
# Computes the recorded agreement of made-up annotations again with packages from PyPI, and compares it with the record.
# With RECORD=1 it writes the record instead.
set -eu
export PYTHONDONTWRITEBYTECODE=1
venv=.build/agreement-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q -r Tests/agreement/requirements.txt
"$venv/bin/python" Tests/agreement/record.py Tests/AnnotationsTests/Recorded/agreement.json ${RECORD:+--write}
