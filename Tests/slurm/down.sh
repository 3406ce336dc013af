#!/bin/bash
# Ends what up.sh and node.sh started for FOLDER, and nothing else.
# usage: down.sh FOLDER
folder=${1:?folder}
export SLURM_CONF="$folder/etc/slurm.conf"

# Prints the daemons and steps of this Slurm: each has the path of its configuration in its arguments or environment.
processes() {
    for process in $(pgrep 'slurm|munged'); do
        { tr '\0' '\n' < "/proc/$process/cmdline"; tr '\0' '\n' < "/proc/$process/environ"; } 2>/dev/null |
            grep -qxF -e "$SLURM_CONF" -e "SLURM_CONF=$SLURM_CONF" -e "--socket=$folder/munge/socket" && echo "$process"
    done
}
family() {
    for child in $(pgrep -P "$1"); do family "$child"; done
    echo "$1"
}

timeout 5 scancel --user="$(id -un)" 2>/dev/null
for _ in $(seq 30); do
    timeout 5 squeue -h 2>/dev/null | grep -q . || break
    sleep 0.1
done
# A daemon without a controller can ignore SIGTERM.
for signal in TERM KILL; do
    for process in $(processes); do
        kill -$signal $(family "$process") 2>/dev/null
    done
    for _ in $(seq 20); do
        [ -z "$(processes)" ] && exit 0
        sleep 0.1
    done
done
echo "some processes did not end: $(processes)" >&2
exit 1
