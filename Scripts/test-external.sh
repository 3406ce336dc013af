#!/bin/sh
# Tests the kernels in Python: the module that serves them, the plain and the hostile kernel, and the two kernels in
# PyTorch, on models that the tests build. With a tool, also compares networks that it trains and exports.
# usage: test-external.sh [TOOL]   (needs python3 with venv)
set -eu
[ $# = 0 ] || export TOOL="$(realpath "$1")" ARBOR_LEDGER="$(realpath "$1")"
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
lock=Kernels/residual-probes/requirements.lock
venv=.build/external-venv

python3 -m unittest Tests/external/test_arbor_kernel.py Tests/external/test_plain.py Tests/external/test_hostile.py

# Installs the locked packages in a virtual environment. A build for the CPU is a tenth of the size of one with CUDA; it
# comes from the configured indexes or from PyTorch's own.
install() {
    torch=$(sed -n 's/^torch==//p' "$lock")+cpu
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" || return 1
    cmp -s "$lock" "$venv/installed.lock" && return
    "$venv/bin/pip" install -q "torch==$torch" ||
        "$venv/bin/pip" install -q --index-url https://download.pytorch.org/whl/cpu "torch==$torch" || return 1
    "$venv/bin/pip" install -q -r "$lock" && cp "$lock" "$venv/installed.lock"
}
if install; then
    "$venv/bin/python" -m unittest Tests/external/test_residual_probes.py Tests/external/test_superposition_in_pytorch.py
elif /usr/bin/python3 -c 'import torch, safetensors, numpy' 2>/dev/null; then
    echo "skipped: the tests of residual-probes, because the packages of $lock cannot be installed"
    /usr/bin/python3 -m unittest Tests/external/test_superposition_in_pytorch.py
else
    echo "skipped: the tests of the kernels in PyTorch, because neither the packages of $lock nor Debian's are installed"
fi
[ $# = 0 ] || python3 -m unittest Tests/external/test_sandbox.py Tests/external/test_protocol.py
