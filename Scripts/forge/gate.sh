#!/bin/sh
# Checks the commits BASE..TIP that arrive on the branch REF. With REPORT it also writes a report for the forge: SARIF on
# GitHub, Code Quality on GitLab.
. "$(dirname "$0")/forge.sh"
if [ -n "${GITLAB_CI:-}" ]; then
    fetch_target
    BASE=${CI_MERGE_REQUEST_DIFF_BASE_SHA:-$CI_COMMIT_BEFORE_SHA}
    # In a pipeline for merged results, CI_COMMIT_SHA is a commit that GitLab made.
    TIP=${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-$CI_COMMIT_SHA}
    REF=${CI_MERGE_REQUEST_REF_PATH:-refs/heads/$CI_COMMIT_BRANCH}
    format=text report=gitlab
else
    format=github report=sarif
fi
[ -n "$BASE" ] || stop "this event has no commits to compare with; run the gate for pushes and pull requests, or give a base" 64

judge() { arbor-ledger check "$BASE..$TIP" --ref "$REF" --format "$1"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
judge "$format" 2>"$work/notes" || status=$?
[ ! -s "$work/notes" ] || quote cat "$work/notes"
# write FORMAT FILE: adds the result in another format. The same range has the same result, unless something broke.
write() {
    same=0
    judge "$1" >>"$2" 2>/dev/null || same=$?
    [ "$same" = "$status" ] || stop "the format $1 of the result could not be written to $2" 2
}
if [ -n "${REPORT:-}" ]; then
    rm -f "$REPORT" # a link of this name may be in the commits
    write "$report" "$REPORT"
fi
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || write markdown "$GITHUB_STEP_SUMMARY"
[ "$status" = 0 ] || exit "$status"
quote arbor-ledger conflicts
