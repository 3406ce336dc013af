#!/bin/sh
# Writes the preview of a pull request on GitHub as a comment. The preview was made by code of the pull request, so
# anyone may have written it: the comment shows it as text in a code block and uses nothing else from it.
. "$(dirname "$0")/forge.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gh api -X GET "repos/$REPOSITORY/pulls" -f state=open -f head="$HEAD" >"$work/pulls"
gh api "repos/$REPOSITORY/actions/runs/$RUN/artifacts" >"$work/artefacts"
pull=$(jq -r 'map(select(.head.sha == env.SHA))[0].number // empty' "$work/pulls")
artefact=$(jq -r '.artifacts | map(select(.name == "preview" and .size_in_bytes < 1000000))[0].id // empty' "$work/artefacts")
if [ -z "$pull" ] || [ -z "$artefact" ]; then
    echo "The pull request has moved on or has no preview."
    exit 0
fi
gh api "repos/$REPOSITORY/actions/artifacts/$artefact/zip" >"$work/preview.zip"
unzip -p "$work/preview.zip" preview.txt 2>"$work/unzip" | head -c 50000 >"$work/preview"
[ -s "$work/preview" ] || stop "the artefact holds no preview.txt"
# Without control and format characters and backticks, nothing ends the code block or reorders text.
iconv -c -f utf-8 -t utf-8 <"$work/preview" >"$work/text" || true
jq -Rs '"<!-- atlas preview -->" as $mark
    | gsub("(?!\n)\\p{C}"; "") | gsub("`"; "\u0027")
    | {body: "\($mark)\nWhat commit \(env.SHA[:12]) changes, as its own run reports it:\n\n```text\n\(.)\n```\n"}' \
    "$work/text" >"$work/comment"
gh api --paginate "repos/$REPOSITORY/issues/$pull/comments?per_page=100" >"$work/comments"
old=$(jq -rs 'add | map(select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- atlas preview -->"))))[0].id // empty' \
    "$work/comments")
if [ -n "$old" ]; then
    gh api -X PATCH "repos/$REPOSITORY/issues/comments/$old" --input "$work/comment" >"$work/answer"
else
    gh api -X POST "repos/$REPOSITORY/issues/$pull/comments" --input "$work/comment" >"$work/answer"
fi
