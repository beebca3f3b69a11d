#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Results depend on scenario, seed and version: not on threads, locale, clock, folder or streams.
. "$2/tests/cli/functions"
# Enough replications for many blocks of work (they have 64), and for threads to meet at a point's end.
n=300

# Under this locale the decimal separator of the C library is a comma.
comma=de_DE.UTF-8
locale -a 2> /dev/null | grep -qix 'de_DE\.utf-\{0,1\}8' || {
    localedef -i de_DE -f UTF-8 "$work/$comma" 2> /dev/null && export LOCPATH="$work"
} || {
    echo "SKIPPED: there is no locale $comma, and none could be made"
    skipped=$((skipped + 1))
}

# all FORM WHAT COMMAND...: the same bytes whatever surrounds the program.
all() {
    form=$1
    what=$2
    shift 2
    "$program" "$@" --format "$form" -q -j1 > reference 2> err < /dev/null
    ok "$what, $form: status" $?
    is "$what, $form: nothing on stderr" [ ! -s err ]
    "$program" "$@" --format "$form" -q -j1 > again < /dev/null
    same "$what, $form: twice" reference again
    "$program" "$@" --format "$form" -q -j8 > threads < /dev/null
    same "$what, $form: eight threads" reference threads
    "$program" "$@" --format "$form" -q > usual < /dev/null
    same "$what, $form: as many threads as processors" reference usual
    LC_ALL=$comma LANG=$comma TZ=Pacific/Chatham "$program" "$@" --format "$form" -q > elsewhere \
        < /dev/null
    same "$what, $form: another locale and time zone" reference elsewhere
    "$program" "$@" --format "$form" -q <&- > closed
    same "$what, $form: standard input closed" reference closed
    env -i "$program" "$@" --format "$form" -q > bare < /dev/null
    same "$what, $form: no environment" reference bare
    "$program" "$@" --format "$form" -q -o file.out < /dev/null
    same "$what, $form: into a file" reference file.out
}

# everything NAME COMMAND SCENARIO OPTION...: in each form, from each folder. Leaves NAME.json.
everything() {
    name=$1
    command=$2
    scenario=$3
    shift 3
    for form in json csv text; do
        all "$form" "$name" "$command" "$scenarios/$scenario" "$@"
        mv reference "$name.$form"
        for folder in "$scenarios" "$root" /; do
            path=$scenarios/$scenario
            [ "$folder" != "$scenarios" ] || path=$scenario
            [ "$folder" != "$root" ] || path=scenarios/../scenarios/$scenario
            (cd "$folder" && "$program" "$command" "$path" "$@" --format "$form" -q) > folder.out
            same "$name, $form: $path from $folder" "$name.$form" folder.out
        done
    done
}

everything run run batch-weibull.json --replications $n
everything sweep sweep batch-cluster.json --replications $n --over /checkpoint/interval=20min:4h:log3
everything trace run batch-traces.json --replications $n
everything trace-sweep sweep batch-trace.json --over /checkpoint/interval=1h,2h \
    --over /failures/0/trace/offset=1d,random --replications $n
everything device run batch-incremental-device.json --replications 100
everything stream run stream-words.json --set /run/sample=5s --replications 70
everything stream-sweep sweep stream-words.json --over /checkpoint/interval=5s,20s \
    --over /job/operators/1/tasks=2,4 --replications 10

# ---- --trace watches; it changes nothing
for scenario in batch-weibull batch-cluster batch-trace batch-async batch-incremental-device \
    stream-words; do
    "$program" run "$scenarios/$scenario.json" --replications 20 -q -o unwatched.json
    "$program" run "$scenarios/$scenario.json" --replications 20 -q -o watched.json --trace 1.jsonl
    same "$scenario: watched or not" unwatched.json watched.json
    "$program" run "$scenarios/$scenario.json" --replications 9 -q -o short.json --trace 2.jsonl -j8
    same "$scenario: the trace twice" 1.jsonl 2.jsonl
    is "$scenario: a trace" [ "$(wc -l < 1.jsonl)" -gt 10 ]
done

# ---- what results.json echoes is the scenario
# echoed FILE: the scenario in it, which is a member of the top level, indented by four blanks.
echoed() {
    sed -n '/^    "scenario": {$/,/^    },$/p' "$1" | sed '1s/.*/{/; $s/.*/}/'
}
for scenario in batch-exponential batch-weibull batch-cluster batch-device batch-traces batch-laws \
    batch-incremental stream-words; do
    "$program" run "$scenarios/$scenario.json" --set /run/replications=40 -q -o first.json
    echoed first.json > echo.json
    # Its files are seen from the scenario's folder.
    (cd "$scenarios" && "$program" run - --format json -q) < echo.json > second.json
    same "$scenario: results of the echo" first.json second.json
done
"$program" sweep "$scenarios/lanl-system-18-exponential.json" --set /run/replications=5 -q -o first.json
echoed first.json > echo.json
"$program" sweep echo.json -q -o second.json
same "a sweep of the echo" first.json second.json

# ---- seeds and replications
weibull=$scenarios/batch-weibull.json
"$program" run "$weibull" --replications 20 --format csv > 1.csv
"$program" run "$weibull" --replications 20 --format csv --seed 1 > 1-again.csv
"$program" run "$weibull" --replications 20 --format csv --set /run/seed=2 > 2.csv
"$program" run "$weibull" --replications 20 --format csv --seed 2 > 2-again.csv
same "seed 1 is the default" 1.csv 1-again.csv
same "a seed by option or key" 2.csv 2-again.csv
is "another seed, other results" [ "$(cmp -s 1.csv 2.csv; echo $?)" -eq 1 ]

# The first replications are the same, however many follow: the one of a run of 1 has the smallest
# or the largest value of a run of 2, for every metric that has one value per replication.
for scenario in batch-weibull batch-cluster batch-traces batch-barrier stream-words; do
    "$program" run "$scenarios/$scenario.json" --replications 1 --format csv > 1.csv
    "$program" run "$scenarios/$scenario.json" --replications 2 --format csv > 2.csv
    is "$scenario: the first of two is the only one" awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        FNR == 1 { next }
        { name = $column["metric"]; low = $column["min"]; high = $column["max"] }
        FNR == NR { only[name] = low; next }
        $column["n"] == 2 {
            compared++
            if (only[name] != low && only[name] != high) {
                print name " is " only[name] ", but one of " low ", " high
                wrong = 1
            }
        }
        END { exit wrong || compared < 10 }' 1.csv 2.csv
done
finish
