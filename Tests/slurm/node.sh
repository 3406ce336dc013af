#!/bin/bash
# Hurts or starts a part of the Slurm that up.sh started.
# usage: node.sh FOLDER kill NODE    the node dies: its daemon and all its jobs
#        node.sh FOLDER hang NODE    its daemon dies, and its jobs go on
#        node.sh FOLDER start NODE   its daemon starts
#        node.sh FOLDER kill controller, start controller
set -eu
folder=$1 what=$2 name=$3
export SLURM_CONF="$folder/etc/slurm.conf"

# Prints a process and all that descend from it, these first.
family() {
    for child in $(pgrep -P "$1"); do family "$child"; done
    echo "$1"
}

case $what-$name in
start-controller) exec slurmctld -f "$SLURM_CONF" ;;
start-*) exec slurmd -N "$name" -f "$SLURM_CONF" ;;
kill-controller) kill -9 "$(cat "$folder/slurmctld.pid")" ;;
hang-*) kill -9 "$(cat "$folder/slurmd-$name.pid")" ;;
kill-*)
    # %A is the number of a job itself, also of the task of an array.
    jobs=$(squeue -h -w "$name" -t R,CG -o %A)
    kill -9 "$(cat "$folder/slurmd-$name.pid")"
    for job in $jobs; do
        for step in $(pgrep -f "^slurmstepd: \[$job\."); do
            # Steps of another Slurm on this machine can have the same number.
            grep -qz "^SLURM_CONF=$SLURM_CONF$" "/proc/$step/environ" || continue
            kill -9 $(family "$step") || true
        done
    done ;;
*) echo "usage: node.sh FOLDER kill|hang|start NODE|controller" >&2; exit 64 ;;
esac
