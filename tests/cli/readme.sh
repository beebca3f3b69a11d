#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The documentation tells the truth: tables between
#   <!-- ckptsim ARGS --> and <!-- end -->
# are what the program prints (UPDATE=1 writes them anew), and the commands in ```console blocks ("$ " lines)
# run, in a copy of the source tree. Commands that read ../shared are left out where it is absent.
# usage: readme.sh PROGRAM ROOT
set -u
program=$1
root=$2
passed=0
failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

verdict() { # name, status
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
    fi
}

# The file with every marked table printed anew.
renew() {
    while IFS= read -r line; do
        case $line in
        '<!-- ckptsim '*' -->')
            printf '%s\n\n' "$line"
            arguments=${line#<!-- ckptsim }
            # The markers are ours: their words are arguments, split on purpose.
            # shellcheck disable=SC2086
            "$program" ${arguments% -->} < /dev/null
            while IFS= read -r line && [ "$line" != '<!-- end -->' ]; do :; done
            printf '\n<!-- end -->\n'
            ;;
        *) printf '%s\n' "$line" ;;
        esac
    done < "$1"
}

for file in README.md scenarios/README.md; do
    renew "$root/$file" > "$folder/renewed"
    if [ -n "${UPDATE:-}" ]; then
        cp "$folder/renewed" "$root/$file"
    fi
    diff "$root/$file" "$folder/renewed" > "$folder/diff"
    status=$?
    [ $status -eq 0 ] || head -20 "$folder/diff"
    verdict "tables of $file" $status
done

# The same layout as a user has: the tree, the program in build/, ../shared beside it.
mkdir -p "$folder/ckptsim/build"
cp -R "$root/scenarios" "$root/analysis" "$folder/ckptsim/"
cp "$program" "$folder/ckptsim/build/ckptsim"
[ -d "$root/../shared" ] && ln -s "$(cd "$root/../shared" && pwd)" "$folder/shared"
awk '/^```/ {inside = ($0 == "```console")} inside && /^\$ / {print substr($0, 3)}' "$root/README.md" \
    > "$folder/commands"
while IFS= read -r command; do
    case $command in
    *../shared/*)
        if [ ! -d "$folder/shared" ]; then
            echo "skipped, no ../shared: $command"
            continue
        fi
        ;;
    *'plot '*)
        results=$(printf '%s\n' "$command" | sed 's/.*plot \([^ ]*\).*/\1/')
        if ! command -v gnuplot > /dev/null || [ ! -f "$folder/ckptsim/$results" ]; then
            echo "skipped, no gnuplot or no $results: $command"
            continue
        fi
        results=${command#*plot }
        if [ ! -e "$folder/ckptsim/${results%% *}" ]; then # of a command that was left out
            echo "skipped, nothing to plot: $command"
            continue
        fi
        ;;
    make*) continue ;; # building is what brought us here
    esac
    (cd "$folder/ckptsim" && PATH=$PWD/build:$PATH sh -c "$command") \
        > "$folder/out" 2> "$folder/err" < /dev/null
    status=$?
    [ $status -eq 0 ] || cat "$folder/err"
    verdict "$command" $status
done < "$folder/commands"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
