#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every mistake of errors.txt gets its message and its exit status, and leaves nothing behind.
#
#   tests/cli/errors.sh PROGRAM ROOT [WORD]
#
# runs the cases, or those whose title holds the word, each in a folder of its own; the table says
# at its top how to read it. Beside status and output it is checked that no case has written,
# changed or removed a file that it does not name.
. "$2/tests/cli/functions"
only=${3:-}
export LC_ALL=C TZ=UTC
unset CKPTSIM_DATA
limit=$(command -v timeout) && limit="$limit 60"

# What the cases call. A program that hangs ends with a wrong status, 124.
ckptsim() {
    $limit "$program" "$@"
}

# "a, b or c": the names in a list of the program.
names() {
    "$program" list "$1" | awk '
        /^  [a-z]/ { name[++n] = $1 }
        END { for (i = 1; i <= n; i++) printf "%s%s", name[i], i < n - 1 ? ", " : i < n ? " or " : "" }'
}

# Takes the table apart. Folder cases/N is case N: in/ has its files, the others are what it says.
table=$root/tests/cli/errors.txt
# shellcheck disable=SC2046  # one word per case
mkdir -p $(awk '/^case / { printf "cases/%04d/in ", ++n }' "$table")
awk -v only="$only" -v strategies="$(names strategies)" -v distributions="$(names distributions)" '
    function finish(    i, parts, n) {
        if (file)
            close(file)
        if (folder)
            print status > (folder "/exit")
        n = split("title do run exit out err leaves", parts, " ")
        for (i = 1; folder && i <= n; i++)
            close(folder "/" parts[i])
        file = folder = ""
    }
    function start(title,    i, parts, n) {
        finish()
        folder = sprintf("cases/%04d", ++cases)
        status = 2
        n = split("do run out err leaves", parts, " ")
        for (i = 1; i <= n; i++)
            printf "" > (folder "/" parts[i])
        print title > (folder "/title")
        for (name in base) {
            printf "%s", base[name] > (folder "/in/" name)
            close(folder "/in/" name)
        }
    }
    /^#/ || /^$/ { next }
    {
        blank = index($0, " ")
        word = blank ? substr($0, 1, blank - 1) : $0
        rest = blank ? substr($0, blank + 1) : ""
    }
    word == "always" { in_base = rest; base[in_base] = ""; next }
    word == "case" {
        in_base = ""
        skip = !index(rest, only)
        if (!skip)
            start(rest)
        next
    }
    word == "|" && in_base { base[in_base] = base[in_base] rest "\n"; next }
    skip { next }
    word == "file" {
        if (file)
            close(file)
        file = folder "/in/" rest
        next
    }
    word == "|"      { print rest > file; next }
    word == "do"     { print rest > (folder "/do"); next }
    word == "$"      { print rest > (folder "/run"); next }
    word == "exit"   { status = rest; next }
    word == ">"      { print rest > (folder "/out"); next }
    word == "!" {
        gsub(/[{]strategies[}]/, strategies, rest)
        gsub(/[{]distributions[}]/, distributions, rest)
        print rest > (folder "/err")
        next
    }
    word == "leaves" { print folder "/in/" rest > (folder "/leaves"); next }
    { print "errors.txt:" NR ": a line of no kind: " $0; wrong = 1 }
    END { finish(); exit wrong }
' "$table"
is "the table is well formed" [ $? -eq 0 ]
rmdir -p cases/*/in 2> /dev/null # of cases that are not to run

# The files of all cases, with checksums.
contents() {
    find cases -path '*/in/*' -type d -print -o -path '*/in/*' -type f -exec cksum {} + | sort
}

for case in cases/*; do
    (cd "$case/in" && . ../do) < /dev/null || ok "$(cat "$case/title"): the preparation" 1
done
contents > before
for case in cases/*; do
    (cd "$case/in" && eval "$(cat ../run)") > "$case/out.is" 2> "$case/err.is" < /dev/null
    echo $? > "$case/exit.is"
done
contents > after

comm -3 before after | sed 's|.*\(cases/\)|\1|' | sort -u > changed
for case in cases/*; do
    grep "^$case/" changed > "$case/leaves.is"
    sort -o "$case/leaves" "$case/leaves"
    wrong=0
    for part in exit out err leaves; do
        cmp -s "$case/$part" "$case/$part.is" && continue
        [ $wrong -ne 0 ] || echo "case $(cat "$case/title"): \$ $(cat "$case/run")"
        wrong=1
        diff "$case/$part" "$case/$part.is" | sed "s|^|    $part |"
    done
    ok "$(cat "$case/title")" $wrong
done
finish
