#!/bin/bash
# Starts a Slurm with several nodes on this machine, for the loopback interface only. All its files are below FOLDER.
# Needs root and Debian's packages slurmctld, slurmd, slurm-client and munge.
# usage: up.sh FOLDER
# Environment: NODES (3), CPUS of a node (2), PORT (17600) and the NODES ports above it, MINJOBAGE in seconds (300): how
# long the controller remembers a finished job.
set -eu
folder=${1:?folder} nodes=${NODES:-3} cpus=${CPUS:-2} port=${PORT:-17600}
mkdir -p "$folder"/{state,spool,log,etc,munge}
chmod 711 "$folder/munge"
if [ ! -f "$folder/munge/munge.key" ]; then
    dd if=/dev/urandom of="$folder/munge/munge.key" bs=1024 count=1 status=none
    chmod 400 "$folder/munge/munge.key"
fi
# The short times let tests see quickly how Slurm treats dead nodes and preemption: a job is requeued after cred_expire.
cat > "$folder/etc/slurm.conf" <<CONF
ClusterName=arbor
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmctldPort=$port
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=10
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/jobcomp.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
SlurmdTimeout=10
SlurmctldTimeout=10
KillWait=2
MinJobAge=${MINJOBAGE:-300}
InactiveLimit=0
Waittime=0
ReturnToService=2
SwitchType=switch/none
MpiDefault=none
MaxArraySize=1001
DefMemPerCPU=100
NodeName=n[1-$nodes] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + nodes))] CPUs=$cpus RealMemory=4000
PartitionName=main Nodes=n[1-$nodes] Default=YES MaxTime=60 State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=urgent Nodes=n[1-$nodes] MaxTime=60 State=UP PriorityTier=10 PreemptMode=OFF
CONF
# Slurm reads this file even if it uses no cgroups.
echo "CgroupAutomount=no" > "$folder/etc/cgroup.conf"
export SLURM_CONF="$folder/etc/slurm.conf"
munged --force --key-file="$folder/munge/munge.key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/munged.pid" --log-file="$folder/munge/munged.log" --seed-file="$folder/munge/seed"
slurmctld -f "$SLURM_CONF"
for number in $(seq "$nodes"); do
    mkdir -p "$folder/spool/n$number"
    slurmd -N "n$number" -f "$SLURM_CONF"
done
for _ in $(seq 200); do
    [ "$(sinfo -h -N -p main -t idle -o %N | wc -l)" = "$nodes" ] && exit 0
    sleep 0.1
done
echo "the nodes are not idle after 20 s; see $folder/log" >&2
exit 1
