#!/bin/sh
# Makes the runs of one shard of the plan in the folder `plan`. Needs neither the ledger nor a key.
. "$(dirname "$0")/forge.sh"
if [ -n "${GITLAB_CI:-}" ]; then SHARD=$CI_NODE_INDEX SHARDS=$CI_NODE_TOTAL; fi
quote arbor-ledger verify --shard "$SHARD/$SHARDS" --into plan
