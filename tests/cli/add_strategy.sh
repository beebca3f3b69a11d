#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A strategy is a row: one that is added as sim/README.md says is found everywhere.
. "$2/tests/cli/functions"
build=$(dirname "$program")
[ -d "$build/sim" ] || build=$build/release # the program of the release mode stands above its objects
name=relay_race
compare=$scenarios/stream-compare.json

# ---- the row, and the program with it
row='{.name = "relay_race", .help = "As barrier, with deltas.", .source = "nobody 2024",
      .batch_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, \"content\": {\"kind\": \"delta\"}}",
      .stream_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, \"content\": {\"kind\": \"delta\"}, "
                         "\"cost_per\": \"task\"" STREAM "}"},'
mkdir strategy
cp "$root/sim/strategy/strategy.h" strategy
ROW=$row awk '/^const struct strategy strategies\[\]/ { inside = 1 }
    inside && /^ *\{0\},/ { print ENVIRON["ROW"]; inside = 0 }
    { print }' "$root/sim/strategy/strategy.c" > strategy/strategy.c
is "one row more" [ "$(grep -c '\.name = ' strategy/strategy.c)" -eq \
    $(($(grep -c '\.name = ' "$root/sim/strategy/strategy.c") + 1)) ]
# What the objects were built with: compiler, flags and libraries.
flags=$(cat "$build/flags")
libraries=$(echo "$flags" | tr ' ' '\n' | grep '^-[lp]' | tr '\n' ' ')
with_row() { # FILE...: links them with the row, then the rest of the library
    # shellcheck disable=SC2086  # many words
    (cd "$root" && $flags "$work/strategy/strategy.c" "$@" "$build/libckptsim.a" $libraries)
}
is "builds" with_row "$build/sim/cli/main.o" -o "$work/added"
usual=$program
program=$work/added

# ---- found everywhere
expect 0 list strategies
is "a row of the list" grep -q "^  $name  *As barrier, with deltas\. (nobody 2024)$" out
expect 0 list --schema
says out "\"$name\""
expect 0 list keys --markdown
says out "$name"
expect 0 explain /checkpoint/strategy
says out "$name"
expect 2 run "$compare" --set /checkpoint/strategy=relay_rase
says err "did you mean \"$name\"?"

# ---- at work: it is what its fragment says, and compared with the others
expect 0 check "$compare" --set "/checkpoint/strategy=$name" -q
expect 0 run "$compare" --set "/checkpoint/strategy=$name" --replications 2 -q
says out "$name: a checkpoint every 10 s"
expect 0 run "$compare" --set "/checkpoint/strategy=$name" --replications 2 -q --format csv
mv out added.csv
expect 0 run "$compare" --set '/checkpoint/content={"kind": "delta"}' --replications 2 -q --format csv
same "the row and its words" out added.csv
expect 0 sweep "$compare" --over "/checkpoint/strategy=barrier,$name" --replications 2
is "one row of the sweep" [ "$(grep -cE "^( +| +\* +)$name +" out)" -eq 1 ]
expect 0 run "$scenarios/batch-barrier.json" --set "/checkpoint/strategy=$name" --replications 2 -q
expect 0 explain "$compare" --set "/checkpoint/strategy=$name"
says out "$name"

# ---- and the program without it knows nothing of it
program=$usual
expect 2 check "$compare" --set "/checkpoint/strategy=$name"
finish
