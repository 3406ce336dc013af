#!/bin/sh
# Tests the external kernels: arbor_kernel.py, the kernel residual-probes on tiny models, the plain kernel, the hostile
# kernel and, if a tool is given, toy-in-pytorch on networks that the tool trains. usage: test-external.sh [TOOL]
# Needs python3 with venv. PyTorch comes from PyPI as a CPU build, or from Debian's python3-torch.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
lock=Kernels/residual-probes/requirements.lock
venv=.build/external-venv
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

python3 -m unittest Tests/external/test_arbor_kernel.py Tests/external/test_plain.py Tests/external/test_hostile.py

cpu_index=https://download.pytorch.org/whl/cpu
torch=$(sed -n 's/^torch==//p' "$lock")
install() {
    [ -x "$venv/bin/python" ] || python3 -m venv "$@" "$venv" || return 1
    cmp -s "$lock" "$venv/installed.lock" && return
    # The build for the CPU is a tenth of the size of the one with CUDA.
    "$venv/bin/pip" install -q "torch==$torch+cpu" || "$venv/bin/pip" install -q --index-url "$cpu_index" "torch==$torch+cpu" || return 1
    "$venv/bin/pip" install -q -r "$lock" && cp "$lock" "$venv/installed.lock"
}
if ! install; then
    echo "skipped: no CPU build of PyTorch $torch can be had, so the kernels in PyTorch are not tested"
    exit 0
fi
"$venv/bin/python" -m unittest Tests/external/test_residual_probes.py
[ $# = 0 ] || PYTHON="$venv/bin/python" "$venv/bin/python" Tests/external/test_toy_in_pytorch.py "$(realpath "$1")"
