# SPDX-License-Identifier: GPL-3.0-or-later
# analysis/cdf.gp: cumulative distributions, a panel per metric and a line per point.
# usage: gnuplot -d -c analysis/cdf.gp DATA OUT          (OUT: .svg, .png or .pdf)
#
# DATA: blocks with two blank lines between.
#   0    title, what tells the curves apart, panels, curves
#   then for each panel
#        x label, x low, x high, x logarithmic
#        ticks of the x axis: place, text
#        one block per curve: its name; then x, share of the events that are no larger
if (ARGC != 2) { printerr "usage: gnuplot -d -c cdf.gp DATA OUT"; exit status 2 }
DATA = ARG1; OUT = ARG2
load ARG0[1:strlen(ARG0) - strlen("cdf.gp")]."style.gp"

stats DATA index 0 using (TITLE = strcol(1), KEYS = strcol(2), PANELS = int($3), CURVES = int($4), 0) nooutput
set yrange [0:1.01]
set ytics 0,0.2,1
set ylabel "cumulative share"
# One legend below all panels, in as many columns as the names leave room for: gnuplot drops what does not fit.
if (CURVES > 1) {
    LONGEST = 0
    longer(n) = n > LONGEST ? n : LONGEST
    do for [i=1:CURVES] { stats DATA index i+2 every ::0::0 using (LONGEST = longer(strlen(strcol(1))), 0) nooutput }
    COLUMNS = LONGEST > 44 ? 1 : LONGEST > 26 ? 2 : 3
    ROWS = (CURVES + COLUMNS - 1) / COLUMNS
    ROWS = ROWS < 2 ? 2 : ROWS
    set key at screen 0.5, screen 0.03 + 0.025 * ROWS center center vertical maxrows ROWS title KEYS noenhanced
    BOTTOM = 0.2 + 0.045 * ROWS
} else {
    set key off
    BOTTOM = 0.15
}
set multiplot layout 1,PANELS title TITLE margins 0.09,0.97,BOTTOM,0.91 spacing 0.08
do for [p=1:PANELS] {
    FIRST = 1 + (p - 1) * (CURVES + 2)
    stats DATA index FIRST using (XLABEL = strcol(1), XLOW = $2, XHIGH = $3, XLOG = int($4), 0) nooutput
    set xlabel XLABEL
    unset logscale x
    if (XLOG) { set logscale x }
    set xrange [XLOW:XHIGH]
    set xtics ()
    plot for [i=1:CURVES] DATA index FIRST + 1 + i using 1:2 with linespoints linetype i pointinterval 20 \
         title columnheader(1), \
         DATA index FIRST + 1 using 1:(NaN):xticlabels(2) with points notitle
    unset ylabel
    set key off
}
unset multiplot
