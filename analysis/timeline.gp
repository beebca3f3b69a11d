# SPDX-License-Identifier: GPL-3.0-or-later
# analysis/timeline.gp: a row per task, with the stretches of time in which it did not run.
# usage: gnuplot -d -c analysis/timeline.gp DATA OUT     (OUT: .svg, .png or .pdf)
#
# DATA: blocks with two blank lines between.
#   0    title, time label, time low, time high, rows, activities
#   1    ticks of the time axis: place, text
#   2    one row per task: its place from the top, its name
#   3..  one block per activity: its name, which colour is its own; then start, end, place of the task
if (ARGC != 2) { printerr "usage: gnuplot -d -c timeline.gp DATA OUT"; exit status 2 }
DATA = ARG1; OUT = ARG2
load ARG0[1:strlen(ARG0) - strlen("timeline.gp")]."style.gp"

stats DATA index 0 using (TITLE = strcol(1), XLABEL = strcol(2), 0) nooutput
stats DATA index 0 using (XLOW = $3, XHIGH = $4, ROWS = int($5), KINDS = int($6), 0) nooutput
array KIND[KINDS + 1]
array NAME[KINDS + 1]
do for [k=1:KINDS] { stats DATA index k+2 every ::0::0 using (NAME[k] = strcol(1), KIND[k] = int($2), 0) nooutput }
set title TITLE
set xlabel XLABEL
set xrange [XLOW:XHIGH]
set yrange [ROWS + 0.5:0.5]
set xtics ()
set ytics () scale 0
set grid xtics noytics

# Names are thinned to what fits. Edges in the colour of the box keep a short stretch visible.
EVERY = (ROWS - 1) / 30 + 1
FONT = ROWS > 18 ? 9 : 12
set ytics font ",".FONT
thinned(text, row) = int(row) % EVERY == 0 ? text : ""
colour(k) = COLOUR[(KIND[k] - 1) % 7 + 1]
plot for [k=1:KINDS] DATA index k+2 every ::1 using 1:3:1:2:($3 - 0.38):($3 + 0.38) with boxxyerror \
         fillcolor rgb colour(k) fillstyle solid 1 border linecolor rgb colour(k) linewidth 0.5 title NAME[k], \
     DATA index 1 using 1:(NaN):xticlabels(2) with points notitle, \
     DATA index 2 using (NaN):1:yticlabels(thinned(strcol(2), column(0))) with points notitle
