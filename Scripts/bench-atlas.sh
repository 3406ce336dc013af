#!/bin/sh
# Measures atlases of made-up ledgers; installs what it needs.
# Usage: bench-atlas.sh TOOL BENCH-TOOL OUTPUT [SIZE ...]
set -eu
cd "$(dirname "$0")/.."
. Scripts/atlas-venv.sh
exec "$python" Benchmarks/atlas/bench.py "$@"
