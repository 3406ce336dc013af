#!/bin/sh
# Plans the next runs of the ledger into the folder `plan`, with the seeds of the runner whose key is RUNNER_KEY. CLAIMS
# are findings or claims, separated by spaces; all if it is empty. On GitHub the output `shards` numbers at most SHARDS
# jobs, one or more runs for each.
. "$(dirname "$0")/forge.sh"
use_key
quote arbor-ledger verify --plan plan $CLAIMS
[ -n "${GITHUB_OUTPUT:-}" ] || exit 0
shards=$(jq -c --arg n "$SHARDS" '[range(1; 1 + ([.runs | length, ($n | tonumber)] | min))]' plan/plan.json)
echo "shards=$shards" >>"$GITHUB_OUTPUT"
