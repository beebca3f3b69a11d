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

say "A stream job: word count behind aligned barriers, on nodes that fail"
"$program" run "$here/stream-words.json" --set '/run/sample="1 s"' -o "$out/words.json" \
    --trace "$out/words-trace.json"
"$program" plot "$out/words.json" --kind lag -o "$out/words-lag.svg"
"$program" plot "$out/words.json" --kind timeline -o "$out/words-timeline.svg"
"$program" plot "$out/words.json" --kind latency -o "$out/words-latency.svg"

say "How often should it checkpoint?"
"$program" sweep "$here/stream-words.json" --over /checkpoint/interval=1s:60s:log7 \
    -o "$out/words-sweep.json"
"$program" plot "$out/words-sweep.json" --kind curve -o "$out/words-waste-over-interval.svg"

say "Written to $out"
for file in results.json makespan-cdf.svg sweep.json sweep.csv waste-over-interval.svg \
    recovery-phases.svg trace-results.json events.jsonl words.json words-trace.json words-lag.svg \
    words-timeline.svg words-latency.svg words-sweep.json words-waste-over-interval.svg; do
    printf '%10d bytes  %s\n' "$(wc -c < "$out/$file")" "$out/$file"
done
