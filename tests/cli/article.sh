#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The article's tables, corrected, row by row, and the answers to the questions of its crash lab.
. "$2/tests/cli/functions"
article=$scenarios/article

# states OPTION...: what the worked example has (unprocessed, processed) after each step. They are
# counted one by one: what waits and what is in service, and what has come out.
states() {
    "$program" run "$article/worked-example.json" "$@" -q --series series.csv > /dev/null 2>&1
    awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            processed += $at["throughput_per_s"] * ($at["time_s"] - last)
            last = $at["time_s"]
            in_service = $at["utilisation"] > 0.9
            # In the middle of a step, which is when the state after the one before it holds.
            if (last != int(last))
                printf "%d (%d, %d)\n", last, $at["lag_messages"] + in_service, processed
        }' series.csv
}

# cuts SCENARIO OPTION...: the same of a batch, at its input and at each checkpoint it cuts.
cuts() {
    scenario=$1
    shift
    "$program" run "$article/$scenario.json" "$@" --replications 1 -q --trace trace > /dev/null 2>&1
    sed -n 's/.*"loaded".*/0/p; s/.*"checkpoint_cut", "progress_s": \([0-9.]*\).*/\1/p' trace |
        awk '{ printf "%d (%g, %g)\n", NR - 1, 1000 - $1, $1 }'
}

# metric NAME SCENARIO OPTION...: its mean, as a number of the shell.
metric() {
    name=$1
    shift
    "$program" run "$@" -q --format csv 2> /dev/null | awk -F, -v name="$name" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        $at["metric"] == name { print $at["mean"] }'
}

# ---- the worked example, one message per step; steps 5 to 7: checkpoint, crash, recovery
states > ours
cat > theirs << 'END'
0 (1000, 0)
1 (999, 1)
2 (998, 2)
3 (997, 3)
4 (996, 4)
5 (995, 5)
6 (995, 5)
7 (995, 5)
END
same "worked example" theirs ours

# ---- ten checkpoints, evenly spaced, or one per message
awk 'BEGIN { for (k = 0; k < 10; k++) printf "%d (%d, %d)\n", k, 1000 - 100 * k, 100 * k }' > theirs
cuts ten-checkpoints --set '/failures=[]' > ours
same "ten evenly spaced checkpoints" theirs ours
awk 'BEGIN { for (k = 0; k < 1000; k++) printf "%d (%d, %d)\n", k, 1000 - k, k }' > theirs
cuts checkpoint-per-message --set '/failures=[]' > ours
same "a checkpoint per message" theirs ours

# ---- a crash before the tenth: what it goes back to, and what is done again
for of in ten-checkpoints/900 checkpoint-per-message/9; do
    cuts "${of%/*}" > /dev/null
    awk '/"checkpoint_committed"/ { split($0, part, "\"progress_s\": "); committed = part[2] + 0 }
         /"failed"/ { print committed; exit }' trace > ours
    echo "${of#*/}" > theirs
    same "what a crash of ${of%/*} goes back to" theirs ours
done
lost=$(metric lost_work_s "$article/ten-checkpoints.json")
is "a mean of 50 messages again, not $lost" awk "BEGIN { exit !($lost > 49 && $lost < 51) }"
lost=$(metric lost_work_s "$article/checkpoint-per-message.json")
is "half a message again, not $lost" awk "BEGIN { exit !($lost > 0.49 && $lost < 0.51) }"

# ---- the crash lab: a crash at 4.5; the first message of the rest is the one it goes back to
lab='--set /failures/0/at=["4.5s"] --set /recovery=null --set /run/duration=30s'
early='--set /checkpoint={"strategy":"stop_world","trigger":{"kind":"planned","at":["3s"]},"cost":"0s"}'
crash() { # WHAT EXPECTED METRIC OPTION...
    what=$1
    expected=$2
    name=$3
    shift 3
    # shellcheck disable=SC2086  # many words
    found=$(metric "$name" "$article/worked-example.json" $lab "$@")
    is "$what: $found, not $expected" [ "$found" = "$expected" ]
}
back() { # UNPROCESSED OPTION...: what waits when the crash has been recovered from
    expected=$1
    shift
    "$program" run "$article/worked-example.json" "$@" -q --trace trace > /dev/null 2>&1
    is "goes back to $expected unprocessed" grep -q "\"rewound\".*\"lag\": $expected}" trace
}
# shellcheck disable=SC2086  # many words
{
    crash "messages processed twice" 4 messages_reprocessed
    crash "outputs seen twice" 4 duplicates
    crash "and with a checkpoint at 3" 1 messages_reprocessed $early
    crash "exactly-once output: none is seen twice" 0 duplicates --set /job/guarantee=exactly_once_output
    crash "although four are made twice" 4 messages_reprocessed --set /job/guarantee=exactly_once_output
    crash "at most once: nothing is done twice" 0 messages_reprocessed --set /job/guarantee=at_most_once
    crash "and the message in service is lost" 1 messages_lost --set /job/guarantee=at_most_once
    back 1000 $lab
    back 997 $lab $early
}

# ---- the six applications: whole and at work; their figures are checked by `make validate`
for story in customer-service financial-sentiment recommendation medical education city; do
    expect 0 check "$article/$story.json" -q
    expect 0 run "$article/$story.json" --set /run/duration=10min --replications 1 -q
    expect 0 sweep "$article/$story.json" --set /run/duration=6min --replications 1 -q
done
finish
