#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Commands, options and help: every way to write an option, every mistake answered with what was meant.
. "$2/tests/cli/functions"
scenario=$scenarios/batch-scripted.json

# ---- what the program says of itself
expect 0 --version
is "version line" grep -qxE 'ckptsim [0-9]+\.[0-9]+\.[0-9]+' out
expect 0 help
cp out by-word
expect 0 --help
cp out usage
same "help and --help" by-word usage
# names ARGUMENT...: the first words of what the program lists.
names() {
    "$program" list "$@" | awk '/^  [a-z]/ { print $1 }'
}
manual=$root/sim/cli/ckptsim.1
for command in $(names commands); do
    says usage "  $command "
    expect 0 "$command" --help
    says out "usage: ckptsim $command [options]"
    is "nothing on stderr for $command --help" [ ! -s err ]
    # The manual page knows every command, option and plot that the tables know.
    is "man page has $command" grep -q "^\.BI $command " "$manual"
    for option in $(grep -oE -e '--[a-z]+' out); do
        is "man page has $option" grep -qF -e "$(echo "$option" | sed 's/-/\\-/g')" "$manual"
    done
done
for plot in $(names plots); do
    is "man page has the plot $plot" grep -q "^Which plot:.*\b$plot\b" "$manual"
done
expect 0 list
says out "strategies"
for topic in $(names); do
    expect 0 list "$topic"
    cp out text
    expect 0 list "$topic" --markdown
    case $topic in
        presets) ;;
        keys) says out '| `interval` |' ;;
        *) while read -r name rest; do
            is "list $topic --markdown has $name" grep -qF -e "| \`$name\` |" out
        done < text ;;
    esac
done
expect 0 list --markdown
says out "### strategies"
expect 0 list --schema
says out '"$schema"'

# ---- ways to write an option: all the same
"$program" run "$scenario" --seed 7 -o a.json -j2 -q
"$program" run --seed=7 --output=b.json --jobs 2 --quiet "$scenario"
"$program" run -q -ob.2 -j 2 --seed 3 --seed 7 -- "$scenario"
same "= and space" a.json b.json
same "glued letter, last one counts" a.json b.2
"$program" run --set /checkpoint/interval=20s -q -o c.json "$scenario"
"$program" run --set=/checkpoint/interval=20s -q -o d.json "$scenario"
same "--set both ways" c.json d.json
says c.json '"interval": "20s"'
"$program" run - -q -o e.json --seed 7 < "$scenario"
same "standard input" a.json e.json

# ---- mistakes: status, message
wrong() { # MESSAGE ARGUMENT...
    message=$1
    shift
    expect 2 "$@"
    is "nothing on stdout for: $*" [ ! -s out ]
    is "one line of message for: $*" [ "$(wc -l < err)" -eq 1 ]
    says err "ckptsim: $message"
}
wrong "no command; ckptsim --help lists them"
wrong "command: there is no 'rnu'; did you mean 'run'?" rnu
wrong "'run' needs an argument: SCENARIO" run
wrong "'run' takes one argument, SCENARIO; 'b' is one too many" run a b
wrong "unknown option --replication; did you mean --replications?" run --replication 3 a
wrong "unknown option --over; 'run' does not take it, these do: sweep" run --over /a=1 a
wrong "unknown option -x" run -x a
wrong "--quiet takes no value, got '1'" run --quiet=1 a
wrong "--seed needs a value, N" run a --seed
wrong "-o needs a value, FILE" run a -o --quiet
for bad in '' x 1.5 -1 0x10 1e3 ' 1' 9007199254740992 99999999999999999999999999; do
    wrong "--seed: '$bad' is not a whole number from 0 to 9007199254740991" run "--seed=$bad" a
done
wrong "--replications: '0' is not a whole number from 1 to 10000000" run --replications 0 a
wrong "--jobs: '2000' is not a whole number from 1 to 1024" run -j2000 a
wrong "--format: there is no 'xml'; it may be: text, json, csv" run --format xml "$scenario"
wrong "--metric: there is no 'wast'; did you mean 'waste'?" sweep --metric wast "$scenario"
wrong "nothing to sweep: give --over /KEY=VALUES, or \"sweep\" in the scenario" sweep "$scenario"
wrong "list: there is no 'strategie'; did you mean 'strategies'?" list strategie
wrong "--schema stands alone: it is of all keys" list keys --schema
wrong "plot needs -o FILE, a name that ends in .svg, .png or .pdf" plot a.json
wrong "cannot plot to 'a.gif': the name must end in .svg, .png or .pdf" plot a.json -o a.gif
wrong "--kind: there is no 'curv'; did you mean 'curve'?" plot a.json -o a.svg --kind curv
wrong "cannot read 'none.json': No such file or directory" plot none.json -o a.svg
wrong "/checkpoint/intervl: there is no key 'intervl'" explain /checkpoint/intervl

# ---- a file called like an option
cp "$scenario" ./--quiet
expect 0 check -- --quiet
says out "--quiet: ok"
finish
