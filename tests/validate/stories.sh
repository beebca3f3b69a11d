#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The figures of the article's six applications.
#
#   tests/validate/stories.sh PROGRAM ROOT
#
# Simulates the rows of stories.txt, and fails when one lies outside its range: the text of
# scenarios/article/README.md is no longer right then.
set -eu
program=$1
root=$2
failed=0

trim() {
    printf '%s\n' "$1" | sed 's/^ *//; s/ *$//'
}

echo 'The article'\''s six applications'
while IFS='|' read -r scenario sets metric column least most; do
    case $scenario in
    '#'* | '') continue ;;
    esac
    scenario=$(trim "$scenario") sets=$(trim "$sets")
    options=
    [ "$sets" = - ] || for one in $sets; do
        options="$options --set $one"
    done
    # shellcheck disable=SC2086  # many words
    "$program" run "$root/scenarios/article/$scenario.json" $options -q --format csv |
        awk -F, -v of="$scenario, $sets" -v metric="$(trim "$metric")" -v column="$(trim "$column")" \
            -v least="$least" -v most="$most" '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
            $at["metric"] == metric {
                value = $at[column]
                inside = value >= least + 0 && value <= most + 0
                printf "  %-96s %-16s %8.4g%s\n", of, metric, value,
                       inside ? "" : " OUTSIDE [" least + 0 ", " most + 0 "]"
            }
            END { exit !inside }' || failed=1
done < "$root/tests/validate/stories.txt"
exit $failed
