#!/bin/sh
# Writes what a pull request would change into preview.txt and preview.md, and on GitHub into the summary of the run.
. "$(dirname "$0")/forge.sh"
if [ -n "${GITLAB_CI:-}" ]; then
    fetch_target
    before=$CI_MERGE_REQUEST_DIFF_BASE_SHA after=$CI_COMMIT_SHA
else
    # GitHub checks out the merge of the pull request into its base.
    before='HEAD^1' after=HEAD
fi
write() {
    arbor-ledger diff "$before" "$after" >preview.txt &&
        arbor-ledger diff "$before" "$after" --format markdown >preview.md
}
quote write
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat preview.md >>"$GITHUB_STEP_SUMMARY"
