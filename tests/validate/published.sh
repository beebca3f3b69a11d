#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Published figures beside ours.
#
#   tests/validate/published.sh PROGRAM ROOT
#
# Simulates the rows of published.txt, and prints them as a table. Fails when one does not run, or
# lies outside its range and does not say why.
set -eu
program=$1
root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

trim() {
    printf '%s\n' "$1" | sed 's/^ *//; s/ *$//'
}

# measure SCENARIO SETS METRIC COLUMN: prints value and half width (0 where there is none).
measure() {
    [ "$2" != - ] || set -- "$1" '' "$3" "$4"
    options=
    for one in $2; do
        options="$options --set $one"
    done
    # shellcheck disable=SC2086  # many words
    "$program" run "$root/scenarios/published/$1.json" $options -q --format csv > "$work/csv"
    awk -F, -v metric="$3" -v column="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        $at["metric"] == metric {
            n = split(column, part, "/")
            value = $at[part[1]]
            if (n > 1)
                value /= $at[part[2]]
            print value, column == "mean" ? $at["half_width"] + 0 : 0
            found = 1
        }
        END { exit !found }' "$work/csv"
}

failed=0
while IFS='|' read -r source quantity scenario sets metric column published low high remark; do
    case $source in
    '#'* | '') continue ;;
    esac
    sets=$(trim "$sets") scenario=$(trim "$scenario") metric=$(trim "$metric") column=$(trim "$column")
    low=$(trim "$low") high=$(trim "$high")
    first=${sets%% over *}
    echo '1 0' > "$work/over"
    if ! {
        measure "${scenario%% over *}" "$first" "$metric" "$column" > "$work/ours" && {
            [ "$first" = "$sets" ] ||
                measure "${scenario##* over }" "${sets##* over }" "$metric" "$column" > "$work/over"
        }
    }; then
        failed=1
        echo "does not run: $scenario, $sets" >&2
        continue
    fi
    awk -v source="$(trim "$source")" -v quantity="$(trim "$quantity")" -v published="$published" \
        -v low="$low" -v high="$high" -v remark="$(trim "$remark")" '
        FNR == 1 { value[++n] = $1; half[n] = $2 }
        END {
            ours = value[1] / value[2]
            error = ours * sqrt((half[1] / value[1]) ^ 2 + (half[2] / value[2]) ^ 2)
            # What is an order alone ("-" for a side) has to be that beyond doubt.
            if (low == "-" || high == "-") {
                above = low != "-" && ours - error > low
                below = high != "-" && ours + error < high
                open = ours - error <= 1 && ours + error >= 1
                inside = above || below || open
            } else {
                inside = ours + error >= low && ours - error <= high
                open = 0
            }
            if (open)
                verdict = "not told apart" (remark ? ": " remark : "")
            else if (inside)
                verdict = "as published"
            else
                verdict = remark ? "differs: " remark : "DIFFERS, and nothing says why"
            printf "%-36s  %-33s  %9.4g  %9.4g +- %-7.2g  %5.2f  %s\n", source, quantity, published,
                ours, error, ours / published, verdict
            exit !inside && !remark
        }' "$work/ours" "$work/over" >> "$work/table" || failed=1
done < "$root/tests/validate/published.txt"

printf '%-36s  %-33s  %9s  %9s    %-7s  %5s  %s\n' source quantity published ours '95 %' ratio verdict
cat "$work/table"
exit "$failed"
