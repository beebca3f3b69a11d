#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The whole program (JSON in, JSON out, one thread) against SimPy on the 30-day batch job of P5, with a
# model of ours in it. They take turns; medians of 7 rounds count. Target: at least 250 times as fast.
# usage: peers.sh PROGRAM
set -eu
program=$1
here=$(dirname "$0")
python=
for candidate in /usr/bin/python3 python3; do
    if "$candidate" -c 'import simpy' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo 'bench-peers: skipped, SimPy is not installed (make deps-dev)'
    exit 0
fi

rounds=7
ours_n=100000
peer_n=200
now() { date +%s%N; }
median() { sort -n | sed -n "$((rounds / 2 + 1))p"; }

scenario='{"job": {"work": "30 d"},
 "checkpoint": {"strategy": "periodic", "interval": "2 h", "cost": "10 min"},
 "failures": [{"strikes": "job", "time_to_failure": {"dist": "exponential", "mean": "1 d"}}],
 "recovery": {"downtime": "1 min", "restore": "10 min"}}'

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '%s\n' "$scenario" > "$folder/p5.json"
for round in $(seq $rounds); do
    "$python" "$here/simpy_batch.py" $peer_n "$round" > "$folder/peer.out"
    awk '{print $3}' "$folder/peer.out" >> "$folder/peer"
    start=$(now)
    "$program" run "$folder/p5.json" --replications $ours_n -j 1 --quiet -o "$folder/out.json" > "$folder/text"
    end=$(now)
    awk "BEGIN {print ($end - $start) / 1000 / $ours_n}" >> "$folder/ours"
done
peer=$(median < "$folder/peer")
ours=$(median < "$folder/ours")
awk -v peer="$peer" -v ours="$ours" 'BEGIN {
    printf "30-day batch job, us a replication: SimPy %.0f, ckptsim (whole program) %.2f: %.0f times as fast, target 250\n",
           peer, ours, peer / ours }'
echo "SimPy's last mean makespan and half-width: $(awk '{print $1, "+-", $2}' "$folder/peer.out") s"
