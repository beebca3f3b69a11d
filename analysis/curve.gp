# SPDX-License-Identifier: GPL-3.0-or-later
# analysis/curve.gp: a metric against a swept key, with 95 % bands and theory.
# usage: gnuplot -d -c analysis/curve.gp DATA OUT        (OUT: .svg, .png or .pdf)
#
# DATA: blocks with two blank lines between.
#   0    title, x label, y label, x low, x high, x logarithmic, x is a list of names, y from zero,
#        y logarithmic, marks, curves, the curves with predictions ("1 3"), span low, span high
#   1    ticks of the x axis: place, text
#   2    vertical marks: place, text
#   3..  one block per curve: its name; then x, mean, low, high, predicted
if (ARGC != 2) { printerr "usage: gnuplot -d -c curve.gp DATA OUT"; exit status 2 }
DATA = ARG1; OUT = ARG2
load ARG0[1:strlen(ARG0) - strlen("curve.gp")]."style.gp"

stats DATA index 0 using (TITLE = strcol(1), XLABEL = strcol(2), YLABEL = strcol(3), 0) nooutput
stats DATA index 0 using (XLOW = $4, XHIGH = $5, XLOG = int($6), NAMES = int($7), ZERO = int($8), 0) nooutput
stats DATA index 0 using (YLOG = int($9), MARKS = int($10), CURVES = int($11), PREDICTED = strcol(12), 0) nooutput
stats DATA index 0 using (SPANLOW = $13, SPANHIGH = $14, 0) nooutput
set title TITLE
set xlabel XLABEL
set ylabel YLABEL
if (XLOG) { set logscale x }
set xrange [XLOW:XHIGH]
if (YLOG) { set logscale y } else { if (ZERO) { set yrange [0:*] } }

# Ticks come with their labels as data, so that gnuplot shows the labels as they are.
set xtics ()
if (NAMES) {
    LONGEST = 0
    longer(n) = n > LONGEST ? n : LONGEST
    stats DATA index 1 using (LONGEST = longer(strlen(strcol(2))), 0) nooutput
    if (LONGEST * (XHIGH - XLOW) > 90) { set xtics rotate by -30 }
}

SPAN = SPANLOW < SPANHIGH
if (SPAN) {
    set object 1 rectangle from SPANLOW, graph 0 to SPANHIGH, graph 1 behind \
        fillcolor rgb "#f0f0f0" fillstyle solid 1 noborder
}

array DASH[4] = [2, 4, 5, 3]
array MARK[MARKS + 1]
MARK[1] = ""
do for [i=1:MARKS] {
    stats DATA index 2 every ::(i-1)::(i-1) using (PLACE = $1, MARK[i] = strcol(2), 0) nooutput
    dash = DASH[(i - 1) % 4 + 1]
    set arrow from PLACE, graph 0 to PLACE, graph 1 nohead back \
        linecolor rgb "#505050" linewidth 1.5 dashtype dash
}

# Names are no scale: their points stand alone, each curve a little beside the others.
# Only curves that have predictions plot them: gnuplot warns of columns without numbers.
shift(i) = (i - (CURVES + 1) / 2.0) * 0.5 / CURVES
once(i) = i eq word(PREDICTED, 1) ? "predicted" : ""
PREDICTION = PREDICTED eq "" ? "" : NAMES ? \
    'for [i in PREDICTED] DATA index int(i)+2 using ($1 + shift(int(i)) + 0.06):5 \
    with points linecolor rgb "#000000" pointtype 4 pointsize 1 title once(i), ' : \
    'for [i in PREDICTED] DATA index int(i)+2 using 1:5 with lines \
    linecolor rgb "#000000" linewidth 1.5 dashtype 2 title once(i), '
BAND = NAMES ? "" : 'for [i=1:CURVES] DATA index i+2 using 1:3:4 with filledcurves \
    fillcolor rgb COLOUR[(i - 1) % 7 + 1] fillstyle transparent solid 0.22 noborder notitle, '
SIMULATED = NAMES ? 'for [i=1:CURVES] DATA index i+2 using ($1 + shift(i)):2:3:4 with yerrorbars \
    linetype i pointsize 1 title columnheader(1), ' : \
    'for [i=1:CURVES] DATA index i+2 using 1:2 with linespoints linetype i title columnheader(1), '
plot @BAND @SIMULATED @PREDICTION \
     for [i=1:SPAN] NaN with boxes fillcolor rgb "#f0f0f0" fillstyle solid 1 border linecolor rgb "#b0b0b0" \
         title "not told apart from the best", \
     for [i=1:MARKS] NaN with lines linecolor rgb "#505050" linewidth 1.5 \
         dashtype DASH[(i - 1) % 4 + 1] title MARK[i], \
     DATA index 1 using 1:(NaN):xticlabels(2) with points notitle
