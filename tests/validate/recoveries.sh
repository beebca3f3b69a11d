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
# Khaos (Geldenhuys et al., arXiv 2109.02340; github dos-group/khaos, data/iot): the interval runs
# from the start of the job, and a task manager is killed 3 s before the next checkpoint. Free are
# capacity and restart. How long a recovery took was read from records_lag_max of the Kafka
# consumers, which is the maximum of two windows of 30 s: what is highest at the end of a catch-up
# is seen for 30 to 60 s after it, so that 45 s are added to ours. (Kafka, metrics.sample.window.ms)
#
# Demeter (Geldenhuys et al., arXiv 2403.02129; github dos-group/demeter, ADS profiles): jobs of
# different size; capacity is in proportion to their cores, task managers times cores of each. Free are
# capacity per core, restart, and what the measurement adds. Left out are runs that did not recover within
# their limit: nearly all were at capacity before, and how many messages came is not recorded.
set -eu
program=$1
root=$2
data=${3:-$root/../shared/data}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

# recovery_s SCENARIO INTERVAL RATE CAPACITY TIME: how long ours takes, in s; nothing when it has not
# recovered by the end. Rates are of messages of the scenario.
recovery_s() {
    "$program" run "$root/scenarios/published/$1.json" -q --format csv \
        --set "/checkpoint/interval=$2s" --set "/job/operators/0/source/arrivals/rate=$3/s" \
        --set "/job/operators/1/service=$(awk -v c="$4" 'BEGIN { print 12 / c }')s" \
        --set "/failures/0/at=[{\"time\": \"$5s\", \"unit\": 3}]" |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
                 $at["metric"] == "recovery_time_s" { print $at["mean"] }'
}

# compare NAME SCENARIO BOUND "CALIBRATED INTERVALS" ADDED: reads lines "interval rate capacity time
# measured", simulates them, and prints how both compare.
compare() {
    while read -r interval rate capacity time measured; do
        ours=$(recovery_s "$2" "$interval" "$rate" "$capacity" "$time")
        echo "$interval $rate $measured ${ours:-none}"
    done > "$work/pairs"
    [ -s "$work/pairs" ] || { echo "no measurements of $1 could be read" >&2 && return 1; }
    sort -n "$work/pairs" | awk -v name="$1" -v bound="$3" -v calibrated=" $4 " -v added="$5" '
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
            ours[runs] = $4 == "none" ? 1e9 : $4 + added
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
                        wrong += ours[i] <= ours[j]
                    }
            printf "  %d of %d pairs that differ by a tenth or more are in the wrong order (%.1f %%)\n",
                   wrong, pairs, 100 * wrong / pairs
            printf "  * medians; set by intervals%s\n\n", calibrated
            if (error > bound) {
                printf "the median error is above %g %%\n", 100 * bound
                exit 1
            }
        }'
}

khaos=$data/khaos-flink-intervals/iot_profile_table.csv
if [ -r "$khaos" ]; then
    # The last interval that has begun after 100 s is the one it is killed in. 33,750 messages/s.
    awk -F, 'NR > 1 && $1 != "dynamic" {
        n = int(100 / $1) + 1
        print $1, $2 / 100, 337.5, (n + 1) * $1 - 3, $4
    }' "$khaos" | compare "Khaos, IoT vehicles" khaos-recovery 0.15 "30 90" 45 || failed=1
else
    echo "Khaos: skipped, no $khaos"
fi

demeter=$data/demeter-flink-recovery
if [ -r "$demeter/1_ADS_profiles.csv" ]; then
    # In the middle of an interval, since it is cut off at any time. 9,500 messages/s and core.
    awk -F, '$11 > 0 && $11 < 360 {
        n = int(100 / ($5 / 1000)) + 1
        print $5 / 1000, $9 / 100, 95 * $4 / $8 * $6, (n + 0.5) * $5 / 1000, $11
    }' "$demeter"/?_ADS_profiles.csv |
        compare "Demeter, advertising" demeter-recovery 0.15 "30 70" 65 || failed=1
else
    echo "Demeter: skipped, no $demeter"
fi
exit $failed
