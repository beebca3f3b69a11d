#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every command and option does something sensible with every shipped scenario, also when installed.
. "$2/tests/cli/functions"
unset CKPTSIM_DATA

# Scenarios that read a log from standard input, which is not shipped, get a small one of its kind.
cat > lanl.csv << 'END'
System,nodenumz,Prob Started,Prob Fixed
18,3,7/14/2003 8:01,7/14/2003 9:30
18,7,7/16/2003 23:10,7/17/2003 0:40
20,1,7/17/2003 4:00,7/17/2003 5:00
18,3,7/21/2003 14:22,7/21/2003 14:52
END
echo 1 0 0 2 1 0 4 > nasa.txt
cat > summit.csv << 'END'
,Timestamp,SSC
0,2019-01-04T14:41:12-0500,2
1,2019-01-06T15:47:17-0500,5
2,2019-01-10T03:05:00-0500,1
END
awk 'BEGIN { for (i = 0; i < 32; i++) print "0,add,node" i; print "1800000,remove,node3\n3600000,add,node40" }' > fleet.csv
echo '{"metadata": {"gap_seconds": 600}, "data": [4, 4, 4, 2, 4, 4, 4, 4, 0, 4, 4, 4, 4]}' > counts.json
log_of() {
    case $1 in
        *lanl*) echo lanl.csv ;;
        *infinitehbd*) echo "$scenarios/traces/made-up-gpus.json" ;;
        *nasa*) echo nasa.txt ;;
        *summit*) echo summit.csv ;;
        *spot-fleet*) echo fleet.csv ;;
        *spot-all*) echo counts.json ;;
        *google*) echo "$scenarios/traces/made-up-tasks.dat" ;;
        *llm*) echo "$scenarios/arrivals/made-up-requests.csv" ;;
        *) echo /dev/null ;;
    esac
}

# with SCENARIO ARGUMENT...: runs the program on the scenario; its output goes to ./out and ./err.
with() {
    scenario=$1
    shift
    "$program" "$@" "$scenario" < "$(log_of "$scenario")" > out 2> err
    ok "status of: ckptsim $* $scenario" $?
    is "nothing on stderr of: ckptsim $* $scenario" [ ! -s err ]
}

# ---- every scenario: check, explain, run
for scenario in "$scenarios"/*.json; do
    name=$(basename "$scenario")
    description=$(sed -n 's/^  "description": "\(.*\)",$/\1/p' "$scenario")
    is "$name has a description" [ -n "$description" ]
    with "$scenario" check
    is "$name is ok" [ "$(cat out)" = "$scenario: ok" ]
    with "$scenario" explain
    is "explain $name begins with the scenario" [ "$(head -n 1 out)" = "{" ]
    says out "\"description\": \"$description\""
    sed '/^}$/q' out > explained.json
    with "$scenario" run --replications 5
    is "run $name begins with what it shows" [ "$(head -n 1 out)" = "$description" ]
    rows="waste makespan failures"
    ! grep -q '"operators"' "$scenario" || rows="waste latency throughput"
    for row in $rows; do
        is "run $name has $row" grep -q "^  $row  *[0-9]" out
    done
    # What explain shows is the same scenario, for files are seen from its folder.
    "$program" run "$scenario" --replications 5 --format json -q < "$(log_of "$scenario")" > 1.json
    ! grep -q '"file": "-"' explained.json || continue
    (cd "$scenarios" && "$program" run - --replications 5 --format json -q) \
        < explained.json > 2.json
    same "$name as explained" 1.json 2.json
done
"$program" check "$scenarios"/batch-*.json > out 2> err < /dev/null
ok "check takes several scenarios" $?
is "and says ok of each" [ "$(grep -c ': ok$' out)" -eq "$(ls "$scenarios"/batch-*.json | wc -l)" ]
"$program" list presets | while read -r preset rest; do
    case $preset in # some are parts, which go over an engine
        device-* | mesos-marathon | yarn) extends="[\"spark-streaming-hdfs\", \"$preset\"]" ;;
        *) extends="\"$preset\"" ;;
    esac
    echo "{\"extends\": $extends}" > preset.json
    "$program" check preset.json > out 2>&1 || cat out
done > wrong-presets
is "every preset is a scenario, or goes over one" [ ! -s wrong-presets ]
cat wrong-presets

# ---- sweeps: the scenarios' own, and of a list, a range, names, two keys
grep -l '"sweep"' "$scenarios"/*.json > sweeping
is "some scenarios say what to sweep" [ -s sweeping ]
while read -r scenario; do
    with "$scenario" sweep --replications 3
    is "$scenario: a row for each point" [ "$(grep -c '^  [ *] ' out)" -ge 3 ]
done < sweeping
exponential=$scenarios/batch-exponential.json
with "$exponential" sweep --over /checkpoint/interval=1h,3h,9h --replications 10
says out "3 h"
with "$exponential" sweep --over /checkpoint/interval=1h:9h:log3 --replications 10
says out "3 h"
with "$exponential" sweep --over '/checkpoint/interval={"from":"1 h","to":"9 h","points":3}' \
    --replications 10 --metric makespan_s
says out "5 h"
with "$exponential" sweep --over /checkpoint/strategy=none,periodic --over /checkpoint/cost=1min,1h \
    --replications 10
for word in none periodic "1 min" "1 h"; do
    says out "$word"
done

with "$exponential" sweep --over /checkpoint/strategy=periodic,incremental \
    --over /checkpoint/interval=1h,2h,4h --replications 10
is "theory is read off the series of the best" grep -q '^  young .* ~ ' out
with "$exponential" sweep --over /checkpoint/interval=1h,1h --replications 10
is "the same value twice makes two rows" [ "$(grep -c '^  [ *] .* 1 h ' out)" -eq 2 ]

with "$exponential" run --set /run/time_limit=20d --replications 10
says out "not compared: the time limit cut replications off"

# ---- every option at once
with "$exponential" run --set /job/work=5d --set '/failures/0/time_to_failure={"dist":"gamma","mean":"1 d","shape":2}' \
    --seed 7 --replications=20 -j2 -o r.csv --format json --trace t.jsonl
says out "waste"
says r.csv '"seed": 7'
says r.csv '"dist": "gamma"'
says r.csv '"replications": 20'
is "the trace begins with the start" [ "$(head -n 1 t.jsonl)" = '{"time_s": 0, "event": "loaded"}' ]
says t.jsonl '"event": "checkpoint_committed"'
with "$exponential" sweep -q --over /checkpoint/interval=1h,4h --replications 20 --jobs 2 --output s.json
is "--quiet" [ ! -s out ]
with "$exponential" explain --set /checkpoint/interval=90min -q
says out '"interval": "90min"'
with "$exponential" check --set /checkpoint/interval=90min --quiet
if command -v gnuplot > /dev/null; then
    with s.json plot -o s.svg --metric makespan_s --kind curve
    says s.svg "</svg>"
else
    skipped=$((skipped + 1))
fi

# ---- explain a key, list
for key in / /job /job/work /failures '/failures/*/time_to_failure' '/storage/*/latency' /run/seed; do
    expect 0 explain "$key"
    is "explain $key begins with its name" [ "$(head -n 1 out)" = "$key" ]
done
for topic in $("$program" list | awk '/^[a-z]/ { print $1 }'); do
    expect 0 list "$topic"
    is "list $topic says something" [ -s out ]
    is "list $topic has a text for each" [ -z "$(awk 'NF < 2' out)" ]
    expect 0 list "$topic" --markdown
    is "list $topic --markdown is a table" grep -q '^|---|' out
done
# The schema is JSON: as the value of a key that may hold anything, it makes a scenario.
expect 0 list --schema
cp out schema.json
{
    echo '{"job": {"work": "1 h"}, "checkpoint": {"strategy": "none"}, "$schema":'
    cat schema.json
    echo '}'
} > with-schema.json
expect 0 check with-schema.json
for key in work interval time_to_failure; do
    says schema.json "\"$key\""
done

# ---- installed, from another folder
case $program in
    "$root"/build/ckptsim) mode=release ;;
    "$root"/build/*/ckptsim) mode=$(basename "$(dirname "$program")") ;;
    *) mode= ;;
esac
if [ -n "$mode" ]; then
    prefix=$(cat "$root/build/$mode/prefix")
    make -C "$root" MODE="$mode" PREFIX="$prefix" DESTDIR="$work/dest" install > install.log 2>&1
    ok "make install" $? || cat install.log
    installed=$work/dest$prefix
    mkdir elsewhere
    cd elsewhere || exit 1
    program=$installed/bin/ckptsim
    expect 0 --version
    shipped=$installed/share/ckptsim/scenarios
    expect 0 check "$shipped"/batch-*.json
    expect 0 sweep "$shipped/batch-traces.json" --over /checkpoint/interval=1h,2h,4h \
        --replications 5 -q -o s.json
    if command -v gnuplot > /dev/null; then
        expect 0 plot s.json -o s.svg
        says s.svg "</svg>"
    fi
    same "the installed schema" ../schema.json "$installed/share/ckptsim/schema.json"
    is "the man page is of this version" \
        grep -q "$("$program" --version)" "$installed/share/man/man1/ckptsim.1"
    cd ..
    (unset MAKEFLAGS MFLAGS MODE && make -C "$root" PREFIX="$prefix" DESTDIR="$work/dest" uninstall) \
        > uninstall.log 2>&1
    ok "make uninstall" $?
    is "uninstall takes all away" [ -z "$(find dest -type f)" ]
else
    echo "SKIPPED: the program is not in $root/build, so what to install is not known"
    skipped=$((skipped + 1))
fi
finish
