#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the C source of presets[] (scenario/presets.h): one row per file given,
# named after the file. Texts become arrays of bytes, since C promises string
# literals of 4095 characters only.
set -eu

echo '// Made by sim/scenario/presets.sh from scenarios/presets/*.json.'
echo '#include "scenario/presets.h"'
echo
echo '#include <stddef.h>'
echo

n=0
for file; do
    echo "static const char text_$n[] = {"
    od -An -v -tx1 "$file" | sed "s/ *\([0-9a-f][0-9a-f]\)/'\\\\x\1',/g"
    printf '%s\n' "'\\0'};"
    n=$((n + 1))
done

echo 'const struct preset presets[] = {'
n=0
for file; do
    echo "    {\"$(basename "$file" .json)\", text_$n},"
    n=$((n + 1))
done
echo '    {NULL, NULL},'
echo '};'
