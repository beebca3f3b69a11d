#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Recoveries that were measured on Flink, beside ours.
#
#   tests/validate/recoveries.sh PROGRAM ROOT [DATA]
#
# Simulates each failure of two published sets of measurements at its load and checkpoint interval,
# and prints them by interval. Two intervals of each set have set its free parameters; the others
# are predictions, and fail when their median error is above the bound. Without the data (they are
# not part of the project) nothing is checked.
#
# How long a recovery took was read from the largest lag that the consumers report, in both. Kafka
# reports the maximum over the window of 30 s that is under way and the one before it, from the
# start of the consumer: a backlog is seen until the end of the second window after the one in which it
# was worked off, and recoveries come in steps of 30 s. So are ours. (Kafka, metrics.num.samples,
# metrics.sample.window.ms)
#
# Khaos (Geldenhuys et al., arXiv 2109.02340; github dos-group/khaos, data/iot): the interval runs
# from the start of the job, and a task manager is killed 3 s before the next checkpoint.
#
# Demeter (Geldenhuys et al., arXiv 2403.02129; github dos-group/demeter, ADS profiles): a task manager
# is cut off for 30 s, 5 s before the next checkpoint, and heartbeats that come every 5 s time out
# after 20 s. Jobs are of different size; capacity is in proportion to their cores, task managers times
# cores of each. Left out are runs that did not recover within their limit: nearly all were at
# capacity before, and how many messages came is not recorded.
#
# Free are the capacity of each, and in Demeter how long a task manager takes to start; all else is the
# preset of Flink.
set -eu
program=$1
root=$2
data=${3:-$root/../shared/data}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

# recovery_s SCENARIO INTERVAL RATE CAPACITY TIME: how long ours takes, in s, as the lag shows it;
# nothing when it has not recovered by the end. Rates are of messages of the scenario.
recovery_s() {
    "$program" run "$root/scenarios/published/$1.json" -q --format csv \
        --set "/checkpoint/interval=$2s" --set "/job/operators/0/source/arrivals/rate=$3/s" \
        --set "/job/operators/1/service=$(awk -v c="$4" 'BEGIN { print 12 / c }')s" \
        --set "/failures/0/at=[{\"time\": \"$5s\", \"unit\": 3}]" |
        awk -F, -v window=30 '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
            { mean[$at["metric"]] = $at["mean"] }
            END {
                if (mean["recovery_time_s"] == "")
                    exit
                consumes = mean["recovery_time_s"] - mean["catch_up_s"]
                print consumes + window * (int(mean["catch_up_s"] / window) + 2)
            }'
}

# compare NAME SCENARIO BOUND "CALIBRATED INTERVALS": reads lines "interval rate capacity time
# measured", simulates them, and prints how both compare.
compare() {
    while read -r interval rate capacity time measured; do
        ours=$(recovery_s "$2" "$interval" "$rate" "$capacity" "$time")
        echo "$interval $rate $measured ${ours:-none}"
    done > "$work/pairs"
    [ -s "$work/pairs" ] || { echo "no measurements of $1 could be read" >&2 && return 1; }
    sort -n "$work/pairs" | awk -v name="$1" -v bound="$3" -v calibrated=" $4 " '
        function size(x) { return x < 0 ? -x : x }
        function median(list, n,    i, j, x) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
                    x = list[j]; list[j] = list[j - 1]; list[j - 1] = x
                }
            return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
        }
        # Of one interval, or of all that are predicted.
        function summary(label,    i, n, m, o, e, a) {
            for (i = 1; i <= runs; i++)
                if (interval[i] == label || (label == "predicted" && predicted(i))) {
                    m[++n] = measured[i]; o[n] = ours[i]
                    e[n] = ours[i] / measured[i] - 1; a[n] = size(e[n])
                }
            error = median(a, n)
            printf "  %-11s%5d%13.0f%14.0f%14.1f%11.1f\n", label, n, median(m, n), median(o, n),
                   100 * error, 100 * median(e, n)
        }
        function predicted(i) { return index(calibrated, " " interval[i] " ") == 0 }
        {
            interval[++runs] = $1; measured[runs] = $3
            # What never recovers is worse than all.
            ours[runs] = $4 == "none" ? 1e9 : $4
            if (!($1 in seen)) { seen[$1] = 1; label[++labels] = $1 }
        }
        END {
            print name
            print "  interval    runs   measured s   simulated s   |error| %*    error %*"
            for (k = 1; k <= labels; k++)
                summary(label[k])
            summary("predicted")
            # Pairs of predicted runs of which one took a tenth longer at least.
            for (i = 1; i <= runs; i++)
                for (j = 1; j <= runs; j++)
                    if (predicted(i) && predicted(j) && measured[i] > 1.1 * measured[j]) {
                        pairs++
                        wrong += ours[i] < ours[j]
                        tied += ours[i] == ours[j]
                    }
            printf "  of %d pairs that differ by a tenth or more %.1f %% are in the wrong order, %.1f %% equal\n",
                   pairs, 100 * wrong / pairs, 100 * tied / pairs
            printf "  * medians; set by intervals%s\n\n", calibrated
            if (error > bound) {
                printf "the median error is above %g %%\n", 100 * bound
                exit 1
            }
        }'
}

khaos=$data/khaos-flink-intervals/iot_profile_table.csv
if [ -r "$khaos" ]; then
    # The last interval that has begun after 100 s is the one it is killed in. 31,000 messages/s.
    awk -F, 'NR > 1 && $1 != "dynamic" {
        n = int(100 / $1) + 1
        print $1, $2 / 100, 310, (n + 1) * $1 - 3, $4
    }' "$khaos" | compare "Khaos, IoT vehicles" khaos-recovery 0.15 "30 90" || failed=1
else
    echo "Khaos: skipped, no $khaos"
fi

demeter=$data/demeter-flink-recovery
if [ -r "$demeter/1_ADS_profiles.csv" ]; then
    # 12,500 messages/s and core.
    awk -F, '$11 > 0 && $11 < 360 {
        n = int(100 / ($5 / 1000)) + 1
        print $5 / 1000, $9 / 100, 125 * $4 / $8 * $6, (n + 1) * $5 / 1000 - 5, $11
    }' "$demeter"/?_ADS_profiles.csv |
        compare "Demeter, advertising" demeter-recovery 0.15 "30 70" || failed=1
else
    echo "Demeter: skipped, no $demeter"
fi
exit $failed
