#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Where results go, and in which form: whole files or none, every failure to write noticed.
. "$2/tests/cli/functions"
scenario=$scenarios/batch-scripted.json # nothing in it is random: its results are known to the byte

# golden NAME FILE: the file is as kept in tests/golden/; UPDATE=1 keeps it anew.
golden() {
    [ -z "${UPDATE:-}" ] || cp "$2" "$root/tests/golden/$1"
    same "$1" "$root/tests/golden/$1" "$2"
}

# ---- forms
expect 0 run "$scenario"
golden batch-scripted.txt out
is "nothing on stderr" [ ! -s err ]
expect 0 run "$scenario" --format csv
golden batch-scripted.csv out
expect 0 run "$scenario" --format json
golden batch-scripted.json out
cp out stdout.json
expect 0 run "$scenario" --trace trace.jsonl
golden batch-scripted.jsonl trace.jsonl
expect 0 run "$scenario" --trace trace.json
golden batch-scripted-perfetto.json trace.json
expect 0 run "$scenario" --trace lines.json --trace-format lines
same "--trace-format decides" lines.json trace.jsonl
expect 0 sweep "$scenario" --over /checkpoint/interval=5s,10s,20s,40s
golden batch-scripted-sweep.txt out
expect 0 explain "$scenario"
golden batch-scripted-explain.txt out
expect 0 explain /checkpoint/interval
says out "a time such as \"60 s\""
expect 0 check "$scenario"
is "check says ok" [ "$(cat out)" = "$scenario: ok" ]

# ---- files
expect 0 run "$scenario" -o r.json
same "-o is JSON" r.json stdout.json
golden batch-scripted.txt out
expect 0 run "$scenario" -q -o r.csv
same ".csv is CSV" r.csv "$root/tests/golden/batch-scripted.csv"
is "quiet" [ ! -s out ]
expect 0 run "$scenario" -q -o r.dat --format text
same "--format decides" r.dat "$root/tests/golden/batch-scripted.txt"
for name in - /dev/stdout; do
    expect 0 run "$scenario" -o "$name"
    same "-o $name" out stdout.json
done
umask 027
expect 0 run "$scenario" -q -o rights.json
is "rights as the umask says" [ "$(ls -l rights.json | cut -c1-10)" = -rw-r----- ]

# ---- parts of a stream job's results
stream=$scenarios/stream-words.json
expect 0 run "$stream" --set /run/sample=5s -q -o r.json --series series.csv --elements elements.csv
is "a column per series" [ "$(head -1 series.csv | tr -d '\r')" = \
    time_s,lag_messages,lag_s,arrival_rate_per_s,throughput_per_s,latency_s,utilisation,tasks_down ]
is "a row per sample" [ "$(wc -l < series.csv)" -eq 61 ]
# Operators have 7 metrics and 5 of checkpoints; one that has no inputs aligns nothing.
rows=$((1 + 3 * 12 - 1 + 7 * 9 + 4 * 4))
is "a row per element and metric" [ "$(wc -l < elements.csv)" -eq "$rows" ]
says elements.csv "operators,words,latency_s,s,"
says elements.csv "tasks,words/3,work,1,"
says elements.csv "partitions,lines/3,messages_arrived,1,"
expect 0 run "$stream" --set /run/sample=5s -q -o again.json --series -
same "the series on standard output" series.csv out
expect 0 sweep "$stream" --over /checkpoint/interval=5s,20s --replications 2 -q -o s.json \
    --elements elements.csv
says elements.csv "20 s,20,operators,words,latency_s,s,"
is "tasks of the first point only" [ "$(grep -c '^20 s,20,tasks,' elements.csv)" -eq 0 ]
expect 2 run "$stream" --series kept.csv
says err "/run/sample: a time series needs a sampling step"
expect 1 run "$stream" --set /run/sample=5s --series /dev/full
says err "ckptsim: cannot write '/dev/full': No space left on device"
is "no results when a part cannot be written" [ ! -e kept.csv ]
expect 1 run "$stream" --elements no/such/folder.csv
says err "ckptsim: cannot write 'no/such/folder.csv': No such file or directory"

# ---- failures leave nothing, and say why
nothing_left() {
    is "no temporary file" [ -z "$(ls -A | grep -E '^\.[0-9]+-')" ]
}
expect 1 run "$scenario" -o no/such/folder.json
says err "ckptsim: cannot write 'no/such/folder.json': No such file or directory"
expect 1 run "$scenario" -o /dev/full
says err "ckptsim: cannot write '/dev/full': No space left on device"
expect 1 run "$scenario" --trace /dev/full
says err "ckptsim: cannot write '/dev/full': No space left on device"
echo old > kept.json
expect 2 run "$scenario" --set /job/work=-3s -o kept.json --trace kept.jsonl
is "a wrong scenario touches no file" [ "$(cat kept.json)" = old ]
is "nor makes a trace" [ ! -e kept.jsonl ]
mkdir folder
expect 1 run "$scenario" -o folder
says err "ckptsim: cannot write 'folder': Is a directory"
nothing_left

# to_full COMMAND...: standard output is a full disk.
to_full() {
    status=0
    "$program" "$@" > /dev/full 2> err || status=$?
    ok "full disk: $*" "$([ $status -eq 1 ]; echo $?)"
    says err "ckptsim: cannot write standard output: No space left on device"
}
if [ -c /dev/full ]; then
    to_full --version
    to_full --help
    to_full run --help
    to_full run "$scenario"
    to_full check "$scenario"
    to_full explain "$scenario"
    to_full explain /job
    to_full list
else
    echo "SKIPPED: there is no /dev/full"
    skipped=$((skipped + 1))
fi
status=0
"$program" run "$scenario" >&- 2> err || status=$?
ok "closed standard output" "$([ $status -eq 1 ]; echo $?)"
says err "cannot write standard output"
status=0
"$program" run "$scenario" -o closed.json >&- 2>&- || status=$?
ok "the text has nowhere to go" "$([ $status -eq 1 ]; echo $?)"
same "a file is no victim of closed streams" closed.json stdout.json

# A reader that has gone away.
{ sleep 0.2; "$program" list --schema 2> err; echo $? > status; } | :
is "broken pipe" [ "$(cat status)" -eq 1 ]
says err "cannot write standard output: Broken pipe"

# A signal in the middle of a run.
"$program" run "$scenarios/batch-exponential.json" --replications 500000 -o half.json \
    --trace half.jsonl > out 2> err < /dev/null &
running=$!
while kill -0 $running 2> /dev/null && [ -z "$(ls -A | grep -- '-half.jsonl$')" ]; do
    sleep 0.02
done
kill -TERM $running
status=0
wait $running 2> /dev/null || status=$?
ok "ended by SIGTERM" "$([ $status -eq 143 ]; echo $?)"
is "nothing half-written" [ -z "$(ls -A | grep half)" ]

# ---- warnings: on stderr where the text report does not show them
expect 0 run "$scenarios/batch-none.json" --set /checkpoint/interval=1h --replications 3
says out "warning: /checkpoint"
is "no warning twice" [ ! -s err ]
expect 0 run "$scenarios/batch-none.json" --set /checkpoint/interval=1h --replications 3 --format json
says err "ckptsim: warning: "
expect 0 run "$scenarios/batch-none.json" --set /checkpoint/interval=1h --replications 3 \
    --format json --quiet
is "quiet" [ ! -s err ]

# ---- no progress where there is no terminal
expect 0 run "$scenarios/batch-exponential.json" --replications 300
is "no progress" [ ! -s err ]
finish
