#!/bin/sh
# Exports a trained network of each quick toy model and compares its output in PyTorch with the kernel's.
# usage: test-export.sh TOOL   (PYTHON has torch and safetensors)
set -eu
tool=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for model in superposition-intro superposition-phase permutation-chains-quick modular-addition-53; do
    "$tool" show "$model" --train --export "$folder/$model" > "$folder/output.txt"
done
find "$folder" -name load.py | sort | while read -r loader; do
    echo "${loader#"$folder/"}"
    "${PYTHON:-python3}" "$loader"
done
