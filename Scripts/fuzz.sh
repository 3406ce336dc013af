#!/bin/sh
# Fuzzes every target for a number of seconds, starting from Fuzz/Corpus. New inputs are written to .build-fuzz/corpus.
# An input that crashes or violates a property stops the target and is written to .build-fuzz/crashes; fix the bug, then
# add the input to Fuzz/Corpus.
set -eu
seconds=${1:-60}
export SWIFT_BACKTRACE=enable=no
swift build --package-path Fuzz -c release --sanitize fuzzer --product arbor-ledger-fuzz --scratch-path .build-fuzz
failed=
for folder in Fuzz/Corpus/*; do
  target=$(basename "$folder")
  mkdir -p ".build-fuzz/corpus/$target" .build-fuzz/crashes
  FUZZ_TARGET=$target .build-fuzz/release/arbor-ledger-fuzz -max_total_time="$seconds" -max_len=3000 -timeout=25 \
    -rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix=".build-fuzz/crashes/$target-" \
    ".build-fuzz/corpus/$target" "$folder" 2> ".build-fuzz/$target.log" || failed="$failed $target"
  echo "$target: $(grep -E 'number_of_executed_units' ".build-fuzz/$target.log" | grep -oE '[0-9]+$') inputs," \
    "$(grep -oE 'cov: [0-9]+' ".build-fuzz/$target.log" | tail -1 | grep -oE '[0-9]+') edges"
done
[ -z "$failed" ] || { echo "failed:$failed; see .build-fuzz/crashes" >&2; exit 1; }
