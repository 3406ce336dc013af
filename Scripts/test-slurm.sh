#!/bin/sh
# Tests runs on clusters: on a Slurm of three nodes on this machine, and under imitations of other schedulers.
# usage: test-slurm.sh TOOL [smoke]   (`smoke` runs a fast part; Slurm needs root)
set -eu
ARBOR_LEDGER="$(realpath "$1")"
export ARBOR_LEDGER PYTHONDONTWRITEBYTECODE=1 OPENBLAS_NUM_THREADS=1
cd "$(dirname "$0")/.."
if [ "${2:-all}" = smoke ]; then
    exec python3 -m unittest -v Tests/slurm/test_smoke.py
fi
# Most tests wait for Slurm, so that several clusters side by side take less time. Each has its own ports.
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
port=${PORT:-17600}
started=""
for part in claims nodes controller client schedulers; do
    PORT=$port python3 -m unittest -v "Tests/slurm/test_$part.py" > "$logs/$part" 2>&1 &
    started="$started $part:$!"
    port=$((port + 200))
done
status=0
for entry in $started; do
    wait "${entry#*:}" || status=1
    echo "== ${entry%:*}"
    cat "$logs/${entry%:*}"
done
# Figures need the machine for themselves.
python3 -m unittest -v Tests/slurm/test_load.py || status=1
exit $status
