# SPDX-License-Identifier: GPL-3.0-or-later
# analysis/lag.gp: lag and throughput of a stream job over time, with its failures.
# usage: gnuplot -d -c analysis/lag.gp DATA OUT          (OUT: .svg, .png or .pdf)
#
# DATA: blocks with two blank lines between.
#   0  title, time label, lag label, rate label, time low, time high, lag high, rate high, failures
#   1  ticks of the time axis: place, text
#   2  one row per failure: when, when caught up (the end of the axis: not yet)
#   3  one row per sample: time, lag, arrivals, throughput
if (ARGC != 2) { printerr "usage: gnuplot -d -c lag.gp DATA OUT"; exit status 2 }
DATA = ARG1; OUT = ARG2
load ARG0[1:strlen(ARG0) - strlen("lag.gp")]."style.gp"

stats DATA index 0 using (TITLE = strcol(1), XLABEL = strcol(2), LAG = strcol(3), RATE = strcol(4), 0) nooutput
stats DATA index 0 using (XLOW = $5, XHIGH = $6, LAGHIGH = $7, RATEHIGH = $8, FAILURES = int($9), 0) nooutput
# Recoveries are shaded, from the failure until the backlog is what it was before.
shade(high, shadetitle, linetitle) = FAILURES == 0 ? "" : sprintf( \
    'DATA index 2 using 1:(0):1:2:(0):(%s) with boxxyerror fillcolor rgb "#d55e00" \
         fillstyle transparent solid 0.13 noborder %s, \
     DATA index 2 using 1:(%s) with impulses linecolor rgb "#d55e00" linewidth 1.2 dashtype 2 %s, ', \
    high, shadetitle, high, linetitle)
set xrange [XLOW:XHIGH]
set xtics ()
set multiplot layout 2,1 title TITLE margins 0.1,0.97,0.2,0.92 spacing 0.06

set key off
set ylabel LAG
set yrange [0:LAGHIGH]
set format x ""
SHADE = shade("LAGHIGH", "notitle", "notitle")
plot @SHADE DATA index 3 using 1:2 with filledcurves y1=0 \
         fillcolor rgb COLOUR[1] fillstyle transparent solid 0.2 noborder notitle, \
     DATA index 3 using 1:2 with lines linetype 1 notitle, \
     DATA index 1 using 1:(NaN):xticlabels("") with points notitle

set key at screen 0.535, screen 0.05 center center vertical maxrows 1
set ylabel RATE
set yrange [0:RATEHIGH]
set xlabel XLABEL
set format x "%g"
SHADE = shade("RATEHIGH", 'title "recovery"', 'title "failure"')
plot @SHADE DATA index 3 using 1:3 with lines linecolor rgb "#b0b0b0" linewidth 4 title "arrivals", \
     DATA index 3 using 1:4 with lines linetype 3 linewidth 1.5 title "throughput", \
     DATA index 1 using 1:(NaN):xticlabels(2) with points notitle
unset multiplot
