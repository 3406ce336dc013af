#!/bin/sh
# Tests the atlas in Chromium; installs what it needs.
# Usage: test-atlas.sh TOOL         the ledger of this repository
#        test-atlas.sh TOOL SEED    generated ledgers
set -eu
cd "$(dirname "$0")/.."
. Scripts/atlas-venv.sh
if [ $# -gt 1 ]; then
    exec "$python" Tests/atlas/test_ledgers.py "$1" .build/atlas-shots "$2"
fi
exec "$python" Tests/atlas/test_atlas.py "$1" . .build/atlas-shots
