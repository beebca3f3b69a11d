#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Strategies compared: a row for each, on the same failures and arrivals, and drawn.
. "$2/tests/cli/functions"
compare=$scenarios/stream-compare.json

# ---- the shipped comparison names every strategy that its graph allows, and each once: multilevel is
# ---- barrier in a stream job
expect 0 sweep "$compare" --replications 3 -o c.json
cp out table
for strategy in $("$program" list strategies | awk '{ print $1 }'); do
    [ "$strategy" != multilevel ] || continue
    if "$program" check "$compare" --set "/checkpoint/strategy=$strategy" -q > out 2> err; then
        is "one row for $strategy" [ "$(grep -cE "^( +| +\* +)$strategy +" table)" -eq 1 ]
        echo "$strategy" >> compared
    fi
done
is "seven strategies at least" [ "$(grep -c . compared)" -ge 7 ]
says table 'checkpoint strategy'
says table 'recovery time'

# ---- common random numbers: what happens to the job does not depend on its strategy
expect 0 sweep "$compare" --replications 3 --format csv -q
cp out c.csv
for metric in failures arrival_rate_per_s; do
    is "the same $metric" [ "$(grep ",$metric," c.csv | cut -d, -f2- | sort -u | grep -c .)" -eq 1 ]
    is "$metric of each" [ "$(grep -c ",$metric," c.csv)" -eq "$(grep -c . compared)" ]
done
is "but not the same waste" [ "$(grep ',waste,' c.csv | cut -d, -f5 | sort -u | grep -c .)" -gt 2 ]

# ---- drawn
command -v gnuplot > /dev/null || {
    echo "SKIPPED: plots need gnuplot, which is not on the PATH"
    skipped=$((skipped + 1))
    finish
    exit
}
for kind in curve phases budget cdf latency; do
    expect 0 plot c.json --kind "$kind" -o "$kind.svg"
    is "gnuplot is content with $kind" [ ! -s err ]
    [ "$kind" != latency ] || continue # that of the best alone
    while read -r strategy; do
        is "$kind names $strategy" grep -q ">$strategy<\|$strategy" "$kind.svg"
    done < compared
done
# No checkpoints at all would press the others onto one line.
expect 0 plot c.json --kind curve --metric lag_messages -o lag.svg
is "gnuplot is content" [ ! -s err ]
finish
