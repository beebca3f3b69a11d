# SPDX-License-Identifier: GPL-3.0-or-later
# analysis/stacked.gp: parts of a whole, stacked, one bar per point.
# usage: gnuplot -d -c analysis/stacked.gp DATA OUT      (OUT: .svg, .png or .pdf)
#
# DATA: two blocks with two blank lines between.
#   0  title, x label, y label, parts, bars
#   1  a table: "point" and the names of the parts; then a row per bar, its label and the parts
if (ARGC != 2) { printerr "usage: gnuplot -d -c stacked.gp DATA OUT"; exit status 2 }
DATA = ARG1; OUT = ARG2
load ARG0[1:strlen(ARG0) - strlen("stacked.gp")]."style.gp"

stats DATA index 0 using (TITLE = strcol(1), XLABEL = strcol(2), YLABEL = strcol(3), 0) nooutput
stats DATA index 0 using (PARTS = int($4), BARS = int($5), 0) nooutput
set title TITLE
set xlabel XLABEL
set ylabel YLABEL
set yrange [0:*]
margin = BARS < 4 ? (4 - BARS) / 2.0 : 0.2 # a few bars do not fill the page
set xrange [-0.5 - margin:BARS - 0.5 + margin]
set grid noxtics ytics
set boxwidth 0.7
set style data histograms
set style histogram rowstacked
set xtics scale 0
LONGEST = 0
longer(n) = n > LONGEST ? n : LONGEST
stats DATA index 1 using (LONGEST = longer(strlen(strcol(1))), 0) nooutput
if (LONGEST * BARS > 80) { set xtics rotate by -40 }

# Labels are thinned to what fits.
EVERY = (BARS - 1) / 40 + 1
thinned(text, row) = int(row) % EVERY == 0 ? text : ""
plot for [k=2:PARTS+1] DATA index 1 using k:xticlabels(thinned(strcol(1), column(0))) \
         fillcolor rgb COLOUR[(k - 2) % 7 + 1] fillstyle solid 0.9 border linecolor rgb "#ffffff" \
         linewidth 0.4 title columnheader(k)
