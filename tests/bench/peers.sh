#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The whole program (JSON in, JSON out, one thread) against what one would otherwise run: SimPy, SimGrid
# and ns-3, with models of ours in them. They take turns; medians of 7 rounds count. Peers that are not
# installed are left out.
# usage: peers.sh PROGRAM FOLDER
# FOLDER holds simgrid_stream and ns3_stream, if they could be built.
set -eu
program=$1
models=$2
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rounds=7

python=
for candidate in /usr/bin/python3 python3; do
    if "$candidate" -c 'import simpy' 2> /dev/null; then
        python=$candidate
        break
    fi
done

median() { sort -n "$1" | sed -n "$((rounds / 2 + 1))p"; }

# ours SCENARIO ITEMS OPTION...: nanoseconds of processor time per item. What `times` says last is the
# user and system time of the commands, as 0m1.23s.
ours() {
    scenario=$1 items=$2
    shift 2
    (
        "$program" run "$here/scenarios/$scenario.json" "$@" -j 1 --quiet -o "$folder/results.json" > /dev/null
        times
    ) | awk -F '[ms ]+' -v items="$items" 'END {if (NR < 2) exit 1; print 1e9 * (60 * ($1 + $3) + $2 + $4) / items}'
}

# race TITLE METRIC SCENARIO ITEMS OPTION...: us against the peers on standard input, one a line,
# "target|name|nanoseconds in the unit that it prints|command". A peer takes a seed as its last argument;
# the first word it prints is its mean of the metric (times $scale), the last is its time per item.
race() {
    title=$1 metric=$2
    shift 2
    rm -f "$folder"/time.* "$folder"/mean.*
    cat > "$folder/peers"
    for round in $(seq $rounds); do
        while IFS='|' read -r _ name unit command; do
            $command "$round" < /dev/null > "$folder/out"
            awk -v unit="$unit" '{print $NF * unit}' "$folder/out" >> "$folder/time.$name"
            awk -v scale="$scale" '{print $1 * scale}' "$folder/out" >> "$folder/mean.$name"
        done < "$folder/peers"
        ours "$@" >> "$folder/time.ours"
    done
    ours=$(median "$folder/time.ours")
    mean=$(sed -n "s/.*\"$metric\": {[^}]*\"mean\": \([^,]*\),.*/\1/p" "$folder/results.json" | head -n 1)
    echo "$title: ckptsim $ours ns; $metric $mean"
    while IFS='|' read -r target name _ _; do
        awk -v name="$name" -v target="$target" -v ours="$ours" -v peer="$(median "$folder/time.$name")" \
            -v metric="$metric" -v mean="$(median "$folder/mean.$name")" 'BEGIN {
            ratio = peer / ours
            printf "  against %s, %.0f ns (median of its %s: %s): %.0f times as fast", name, peer, metric, mean, ratio
            if (target > 0)
                printf ", target at least %g: %s", target, (ratio >= target ? "met" : "missed")
            printf "\n" }'
    done < "$folder/peers"
}

# peer PROGRAM LINE: the line, if the program is there.
peer() {
    if [ -n "$1" ] && command -v "$1" > /dev/null; then
        echo "$2"
    fi
}
simgrid=$models/simgrid_stream
ns3=$models/ns3_stream
for missing in "${python:-SimPy}" "$simgrid" "$ns3"; do
    command -v "$missing" > /dev/null || echo "bench-peers: no $(basename "$missing" _stream), left out (make deps-peers)"
done

scale=1
{
    peer "$python" "250|SimPy|1000|$python $here/simpy_batch.py 200"
} | race '30-day batch job' makespan_s batch 100000 --replications 100000

# A message takes a mean of 1 in the peers' models, of 100 us in ours.
scale=1e-4
stream_ours() { race "$1" latency_s "$2" "$3" --set "/run/duration=$4 s"; }
{
    peer "$python" "800|SimPy|1|$python $here/simpy_stream.py mm1 30000"
    peer "$simgrid" "350|SimGrid-mailboxes|1|$simgrid mm1-mailbox 100000"
    peer "$simgrid" "0|SimGrid-semaphores|1|$simgrid mm1 100000"
    peer "$ns3" "35|ns-3|1|$ns3 mm1 500000"
} | stream_ours 'M/M/1, load 0.9' mm1 50000000 5555.5555555555557
{
    peer "$python" "1500|SimPy|1|$python $here/simpy_stream.py pipeline 20000"
    peer "$simgrid" "0|SimGrid-semaphores|1|$simgrid pipeline 50000"
    peer "$ns3" "0|ns-3|1|$ns3 pipeline 200000"
} | stream_ours 'four-stage pipeline' pipeline 10000000 1111.1111111111111
