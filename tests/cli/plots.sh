#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Plots: every kind, every form, no text that runs as a command, and no half picture.
. "$2/tests/cli/functions"
unset CKPTSIM_DATA
scenario=$scenarios/batch-exponential.json

# ---- without gnuplot: the data stays, and the message says what to do with it
expect 0 sweep "$scenario" --over /checkpoint/interval=20min:12h:log7 --replications 20 -q -o s.json
expect 0 run "$scenario" --replications 20 -q -o r.json
mkdir empty
PATH=$work/empty "$program" plot s.json -o 'it s.svg' > out 2> err
ok "status without gnuplot" "$([ $? -eq 1 ]; echo $?)"
says err "ckptsim: gnuplot is not on the PATH; the data is in 'it s.svg.dat'; plot it with: gnuplot -d -c"
cp err message
says err "curve.gp 'it s.svg.dat' 'it s.svg'"
is "the data" [ -s 'it s.svg.dat' ]
is "no picture" [ ! -e 'it s.svg' ]

# ---- results that do not have it
expect 2 plot r.json -o c.svg --kind curve
says err "the plot 'curve' needs results of a sweep"
expect 2 plot s.json -o c.svg --kind cdf --metric failures
says err "the results hold no distribution of 'failures'"
expect 2 plot r.json -o c.svg --kind lag
says err "the results hold no time series: those are of stream jobs with run.sample"
expect 2 plot r.json -o c.svg --kind timeline
says err "the results hold no time line: those are of stream jobs"
expect 2 plot r.json -o c.svg --kind latency
says err "the results hold no latencies: those are of stream jobs"
is "no file" [ ! -e c.svg ]

command -v gnuplot > /dev/null || {
    echo "SKIPPED: the rest needs gnuplot, which is not on the PATH"
    skipped=$((skipped + 1))
    finish
    exit
}

# The command of the message works.
is "the command of the message works" sh -c "$(sed 's/.*plot it with: //' message)"
is "and draws" grep -q '</svg>' 'it s.svg'

# ---- every kind, every form
expect 0 sweep "$scenario" --over /checkpoint/interval=1h,3h,9h --over /checkpoint/cost=2min,10min \
    --replications 20 -q -o two.json
expect 0 sweep "$scenario" --over /checkpoint/strategy=periodic,incremental,barrier \
    --replications 20 -q -o names.json
stream=$scenarios/stream-words.json
expect 0 run "$stream" --set /run/sample=5s -q -o stream.json
expect 0 sweep "$stream" --set /run/sample=5s --over /checkpoint/interval=5s,20s,60s --replications 2 \
    -q -o streams.json
for kind in $("$program" list plots | awk '{ print $1 }'); do
    for results in s r two names stream streams; do
        case $kind-$results in
        curve-r | curve-stream | latency-[srtn] | latency-two | latency-names) continue ;;
        lag-[srtn] | lag-two | lag-names | timeline-[srtn] | timeline-two | timeline-names) continue ;;
        esac
        expect 0 plot "$results.json" --kind "$kind" -o "$kind-$results.svg"
        is "gnuplot is content with $kind of $results" [ ! -s err ]
        is "$kind of $results is a picture" grep -q '</svg>' "$kind-$results.svg"
    done
done
expect 0 plot s.json -o a.png
is "PNG" [ "$(head -c 4 a.png | tail -c 3)" = PNG ]
expect 0 plot s.json -o a.pdf
is "PDF" [ "$(head -c 4 a.pdf)" = %PDF ]
expect 0 plot s.json -o again.svg
same "the same picture twice" curve-s.svg again.svg
status=0
"$program" plot - -o piped.svg < s.json 2> err || status=$?
ok "results from standard input" $status
same "the same from standard input" curve-s.svg piped.svg
expect 0 plot s.json -o m.svg --metric makespan_s
says m.svg "makespan (d)"
says curve-s.svg "Young"
says curve-s.svg "predicted"
says curve-two.svg "checkpoint cost 10 min"
says phases-s.svg "catch up"
says budget-s.svg "rework"
says cdf-s.svg "recovery time"
says cdf-stream.svg "latency"
says latency-stream.svg "end to end"
says latency-stream.svg "words"
says lag-stream.svg "throughput"
says lag-stream.svg "recovery"
says lag-streams.svg "time (min), at checkpoint interval 5 s"
says timeline-stream.svg "totals/0"
says timeline-stream.svg "down"
expect 0 plot stream.json -o usual.svg
same "a run with a time series shows it" lag-stream.svg usual.svg
expect 0 plot stream.json --kind lag --from 1min --to 2min -o part.svg
says part.svg ">1.4<"
is "nothing after it" [ "$(grep -c '>4<' part.svg)" -eq 0 ]
expect 0 run "$stream" --set /run/sample=5s --set '/failures=[]' -q -o calm.json
expect 0 plot calm.json -o calm.svg
is "gnuplot is content without a failure" [ ! -s err ]
is "and shows none" [ "$(grep -c '>failure<' calm.svg)" -eq 0 ]

# ---- no name runs a command
# Every text of the results becomes an attack; sh, gnuplot and the SVG must not take it for more.
evil='`touch pwned1` $(touch pwned2) {/Bold x}_y^z @a 100%s \"; system(\"touch pwned3\") \u0027.system(\"touch pwned4\").\u0027 \u001b[31m <b>&amp; # \\n'
sed "s|\"description\": \"[^\"]*\"|\"description\": \"$(printf %s "$evil" | sed 's/[\\&|]/\\&/g')\"|" \
    names.json | sed "s|\"/checkpoint/strategy\": \"|&$(printf %s "$evil" | sed 's/[\\&|]/\\&/g')|" > evil.json
is "the attack is in place" [ "$(grep -c 'touch pwned2' evil.json)" -eq 4 ]
# Names of operators are plain words, but a results file may come from anywhere.
sed "s|words|$(printf %s "$evil" | sed 's/[\\&|]/\\&/g')|g" stream.json > evil-stream.json
for kind in lag timeline latency; do
    expect 0 plot evil-stream.json --kind "$kind" -o "evil-$kind.svg"
    is "gnuplot is content" [ ! -s err ]
done
for kind in timeline latency; do
    is "shown as it is" grep -qF '`touch pwned1`' "evil-$kind.svg"
done
for kind in curve phases budget cdf; do
    for form in svg png; do
        expect 0 plot evil.json --kind "$kind" -o "evil-$kind.$form"
        is "gnuplot is content" [ ! -s err ]
    done
    is "shown as it is" grep -qF '`touch pwned1` $(touch pwned2) {/Bold x}_y^z @a 100%s' "evil-$kind.svg"
    is "no markup of its own" [ "$(grep -c '<b>' "evil-$kind.svg")" -eq 0 ]
done
# Names of files that gnuplot would take for commands.
cp s.json '|touch pwned5; .json'
for name in '|touch pwned6;.svg' '<touch pwned7;.svg' '-.svg' '`touch pwned8`.svg' "'.svg"; do
    expect 0 plot '|touch pwned5; .json' -o "$name"
    is "$name is a picture" grep -q '</svg>' "./$name"
done
for folder in '|touch pwned9;' '<touch pwned0;'; do
    mkdir "./$folder"
    expect 0 plot s.json -o "$folder/a.svg"
    is "$folder/a.svg is a picture" grep -q '</svg>' "./$folder/a.svg"
done
is "nothing ran" [ -z "$(ls -A | grep -x 'pwned[0-9]')" ]

# ---- failures
echo old > old.svg
mkdir -p scripts/analysis
cp "$root"/analysis/*.gp scripts/analysis
echo 'set terminal svg; set output ARG2; plot x; printerr "broken on purpose"; exit status 3' \
    > scripts/analysis/curve.gp
CKPTSIM_DATA=$work/scripts "$program" plot s.json -o old.svg > out 2> err
ok "status when gnuplot fails" "$([ $? -eq 1 ]; echo $?)"
says err "ckptsim: gnuplot failed with status 3; the data is in 'old.svg.dat'"
is "the old picture stays" [ "$(cat old.svg)" = old ]
expect 1 plot s.json -o no/such/folder.svg
is "no temporary file" [ -z "$(ls -A | grep -E '^\.[0-9]+-')" ]

# ---- from any folder, however the program was found
mkdir -p elsewhere/bin elsewhere/share/ckptsim
cp "$program" elsewhere/bin/ckptsim
cp -R "$root/analysis" elsewhere/share/ckptsim
(cd / && "$work/elsewhere/bin/ckptsim" plot "$work/s.json" -o "$work/installed.svg")
same "beside an installed program" curve-s.svg installed.svg
ln -s "$program" linked
./linked plot s.json -o linked.svg
same "through a link" curve-s.svg linked.svg
(PATH=$(dirname "$program"):$PATH && "$(basename "$program")" plot s.json -o path.svg)
same "through the PATH" curve-s.svg path.svg
finish
