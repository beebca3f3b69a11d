#!/bin/sh
# The main job on shipped scenarios: results, an interval sweep, files and plots.
# usage: demo.sh PROGRAM FOLDER
set -eu
program=$1
out=$2
here=$(dirname "$0")
mkdir -p "$out"

say() { printf '\n--- %s\n' "$*"; }

say "One scenario: 30 days of work, a failure a day"
"$program" run "$here/batch-exponential.json" -o "$out/results.json"
"$program" plot "$out/results.json" --kind cdf -o "$out/makespan-cdf.svg"

say "Which interval? A sweep against Weibull failures, as the logs of real clusters show them"
"$program" sweep "$here/batch-weibull.json" --over /checkpoint/interval=30min:12h:log13 \
    --replications 2000 -o "$out/sweep.json"
"$program" plot "$out/sweep.json" --kind curve -o "$out/waste-over-interval.svg"
"$program" plot "$out/sweep.json" --kind phases -o "$out/recovery-phases.svg"
"$program" sweep "$here/batch-weibull.json" --over /checkpoint/interval=30min:12h:log13 \
    --replications 2000 --format csv > "$out/sweep.csv"

say "A recorded failure log, replayed"
"$program" run "$here/batch-trace.json" -o "$out/trace-results.json" --trace "$out/events.jsonl"

say "Written to $out"
for file in results.json makespan-cdf.svg sweep.json sweep.csv waste-over-interval.svg \
    recovery-phases.svg trace-results.json events.jsonl; do
    printf '%10d bytes  %s\n' "$(wc -c < "$out/$file")" "$out/$file"
done
