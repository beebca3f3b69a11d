# SPDX-License-Identifier: GPL-3.0-or-later
# analysis/style.gp: the common look. Loaded by every script, which has set OUT, the file to write.
# The terminal follows from the extension of OUT. Text from scenarios is shown as it is: noenhanced.
set encoding utf8
ext = OUT[strlen(OUT)-3:]
if (ext eq ".svg") { set terminal svg size 900,540 noenhanced font "sans-serif,13" background "white" } \
else { if (ext eq ".png") { set terminal pngcairo size 1800,1080 noenhanced font "sans,13" fontscale 1.75 linewidth 1.7 pointscale 1.6 } \
else { if (ext eq ".pdf") { set terminal pdfcairo size 18cm,10.8cm noenhanced font "sans,10" } \
else { printerr "unknown kind of file: ".OUT; exit status 2 } } }
set output OUT
set datafile missing "nan"

# The colours of podo (Wong, Nature Methods 8, 2011), safe for the colour-blind, without its yellow, which
# is hard to see as a line, and with black last. A dash and a point type of its own keeps each line
# apart in grey print.
array COLOUR[7] = ["#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#000000"]
array POINT[7] = [7, 5, 9, 11, 13, 4, 6]
do for [i=1:21] {
    k = (i - 1) % 7 + 1
    dash = (i - 1) / 7 + 1
    set linetype i linecolor rgb COLOUR[k] linewidth 2 pointtype POINT[k] pointsize 0.7 dashtype dash
}
set linetype cycle 21

set border 3 linecolor rgb "#404040"
set tics nomirror out scale 0.6
set mxtics default
set grid linecolor rgb "#cccccc" linewidth 0.8 dashtype 1
set key outside bottom center horizontal Left reverse samplen 3 spacing 1.3 width 2 height 0.5
set xlabel offset 0,0.3
set title offset 0,-0.3
set samples 2
