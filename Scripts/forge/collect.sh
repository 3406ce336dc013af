#!/bin/sh
# Writes and signs the receipts of the runs in the folder `plan`, and pushes them on a branch of their own, for a person
# to merge.
. "$(dirname "$0")/forge.sh"
if [ -n "${GITLAB_CI:-}" ]; then
    server=$CI_SERVER_URL repository=$CI_PROJECT_PATH.git user=oauth2 token=${PUSH_TOKEN:-}
    branch=audit-$CI_JOB_ID
    propose="$CI_PROJECT_URL/-/merge_requests/new?merge_request%5Bsource_branch%5D=$branch"
else
    server=$GITHUB_SERVER_URL repository=$GITHUB_REPOSITORY user=x-access-token token=${TOKEN:-}
    branch=audit-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT
    propose="$server/$repository/compare/$branch?expand=1"
fi
[ -n "$token" ] || stop "there is no token with which to push the branch of the receipts"
use_key
quote arbor-ledger verify --collect plan
git add Verifiers
if git diff --cached --quiet; then
    echo "There are no new receipts."
    exit 0
fi
git commit -q -m "Add runs of $RUNNER_NAME"
git branch -f "$branch"
# The token is in the environment of one command, not in its arguments or in the clone.
header="AUTHORIZATION: basic $(printf '%s:%s' "$user" "$token" | base64 -w 0)"
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$server/.extraheader" GIT_CONFIG_VALUE_0="$header" \
    git push -q "$server/$repository" "$branch" || stop "cannot push the branch $branch"
echo "Propose to merge: $propose"
