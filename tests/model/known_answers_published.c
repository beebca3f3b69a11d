// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section K: published cases. Platforms of many processors with lifetimes of years (K02, K03), and
 * a course assignment whose nodes fail only while they work (K10 to K14).
 */
#include "known_answers.h"

/* Failures of each process run in wall time: as exponential as the job's own. */
#define PLATFORM(name, lifetime, n_tasks, work, interval, waste)                                   \
    {                                                                                              \
        .id = (name), .base = textbook,                                                            \
        .sets = {"/job/work=" work " s",                                                           \
                 "/job/tasks=" n_tasks,                                                            \
                 "/checkpoint/interval=" interval " s",                                            \
                 "/checkpoint/cost=600 s",                                                         \
                 "/recovery/restore=600 s",                                                        \
                 "/recovery/downtime=60 s",                                                        \
                 "/failures/0/strikes=process",                                                    \
                 "/failures/0/time_to_failure/mean=" lifetime},                                    \
        .n = 5000,                                                                                 \
        .values = {                                                                                \
            {"1 - waste at T*", RATIO, useful_of, .expected = 1 - (waste), .over = makespan_of}},  \
    }

#define COURSE(n_tasks, agreement, recovery, work, interval)                                       \
    "/job/work=" work " h", "/job/tasks=" n_tasks, "/checkpoint/interval=" interval " h",          \
        "/checkpoint/cost=0.5 h",                                                                  \
        "/checkpoint/coordination={\"kind\": \"stop_world\", \"latency\": "                        \
        "{\"dist\": \"exponential\", \"mean\": \"" agreement " h\"}}",                             \
        "/recovery/restore={\"dist\": \"exponential\", \"mean\": \"" recovery " h\"}"
#define NODES(law)                                                                                 \
    "/failures/0={\"strikes\": \"process\", \"exposure\": [\"work\"], \"time_to_failure\": " law "}"
#define MEMORYLESS NODES("{\"dist\": \"exponential\", \"mean\": \"100 h\"}")
#define EFFICIENCY(name, what, n_tasks, agreement, recovery, work, interval, efficiency)           \
    {                                                                                              \
        .id = (name), .base = textbook,                                                            \
        .sets = {COURSE(n_tasks, agreement, recovery, work, interval), MEMORYLESS}, .n = 4000,     \
        .values = {                                                                                \
            {"efficiency" what, RATIO, useful_of, .expected = (efficiency), .over = makespan_of}}, \
    }
#define SHARES(recovery, work, interval, efficiency, recovery_share, lost_share)                   \
    {                                                                                              \
        .id = "K13", .base = textbook,                                                             \
        .sets = {COURSE("16", "0.05", recovery, work, interval), MEMORYLESS}, .n = 10000,          \
        .values = {                                                                                \
            {"efficiency, R=" recovery " h", RATIO, useful_of, .expected = (efficiency),           \
             .over = makespan_of},                                                                 \
            {"recovery share", RATIO, recovering_of, .expected = (recovery_share),                 \
             .over = makespan_of},                                                                 \
            {"lost-work share", RATIO, lost_of, .expected = (lost_share), .over = makespan_of},    \
        },                                                                                         \
    }

/* All clocks start anew at a failure; whether they do at a checkpoint makes all the difference. */
#define WEIBULL(shape, redraw)                                                                     \
    "/failures/0={\"strikes\": \"process\", \"exposure\": [\"work\"], \"clock\": \"exposed\", "    \
    "\"renew\": \"all\", \"redraw\": \"" redraw "\", \"time_to_failure\": "                        \
    "{\"dist\": \"weibull\", \"mean\": \"100 h\", \"shape\": " shape "}}"
#define AGEING(what, shape, redraw, work, interval, replications, efficiency, other)               \
    {                                                                                              \
        .id = "K14", .base = textbook,                                                             \
        .sets = {COURSE("16", "0.05", "1", work, interval), WEIBULL(shape, redraw)},               \
        .n = (replications),                                                                       \
        .values = {{"efficiency, " what, RATIO, useful_of, .expected = (efficiency),               \
                    .over = makespan_of, .wrong = {other}}},                                       \
    }

const struct known_answer known_published[] = {
    PLATFORM("K02", "125 y", "1024", "1351354.47", "67567.7235", 0.0177202611),
    PLATFORM("K02", "125 y", "16384", "331883.194", "16594.1597", 0.0715201531),
    PLATFORM("K02", "125 y", "45208", "196663.2586", "9833.16293", 0.119459517),
    PLATFORM("K02", "125 y", "262144", "77154.4518", "3857.72259", 0.288458767),
    PLATFORM("K02", "125 y", "1048576", "34885.3036", "1744.26518", 0.550226683),
    PLATFORM("K03", "1250 y", "45208", "638975.694", "31948.7847", 0.0373686896),
    PLATFORM("K03", "1250 y", "1048576", "126453.8182", "6322.69091", 0.182659151),
    EFFICIENCY("K10", " at T*, n=1", "1", "0.05", "1", "201.789478", "10.0894739", 0.895077413),
    EFFICIENCY("K10", " at T*, n=16", "16", "0.05", "1", "43.3080668", "2.16540334", 0.609641293),
    EFFICIENCY("K10", " at T*, n=64", "64", "0.05", "1", "17.00898342", "0.850449171", 0.353814077),
    EFFICIENCY("K10", " at T*, n=256", "256", "0.05", "1", "5.46670664", "0.273335332",
               0.139526742),
    EFFICIENCY("K10", " at T_approx, n=1", "1", "0.05", "1", "190.249844", "9.5124922",
               0.894921116),
    EFFICIENCY("K10", " at T_approx, n=16", "16", "0.05", "1", "40.9901952", "2.04950976",
               0.609323806),
    EFFICIENCY("K10", " at T_approx, n=64", "64", "0.05", "1", "16.92582404", "0.846291202",
               0.353811766),
    EFFICIENCY("K10", " at T_approx, n=256", "256", "0.05", "1", "6.0078106", "0.30039053",
               0.139082742),
    EFFICIENCY("K11", " at T*/2, n=1", "1", "0.05", "1", "100.894739", "5.04473695", 0.873412567),
    EFFICIENCY("K11", " at 2 T*, n=1", "1", "0.05", "1", "403.578956", "20.1789478", 0.872315361),
    EFFICIENCY("K12", ", agreement 0.01 h", "64", "0.01", "1", "16.47617612", "0.823808806",
               0.359898268),
    EFFICIENCY("K12", ", agreement 0.5 h", "64", "0.5", "1", "21.7495722", "1.08747861",
               0.304013687),
    SHARES("0.5", "44.7110226", "2.23555113", 0.647491753, 0.0622741679, 0.130935345),
    SHARES("1", "43.3080668", "2.16540334", 0.609641293, 0.11657305, 0.118940272),
    SHARES("5", "35.5155238", "1.77577619", 0.418151758, 0.386883771, 0.0654529558),
    AGEING("shape 0.5, clocks redrawn", "0.5", "checkpoint", "11.14458224", "0.557229112", 4000,
           0.0924223583, 0.153939687),
    AGEING("shape 0.5, ages carried", "0.5", "failure", "6000.243078016", "0.557229112", 50,
           0.153939687, 0.0924223583),
    AGEING("shape 2, clocks redrawn", "2", "checkpoint", "130.9976764", "6.54988382", 4000,
           0.885617655, 0.78079515),
    AGEING("shape 2, ages carried", "2", "failure", "130997.6764", "6.54988382", 50, 0.78079515,
           0.885617655),
    {0},
};
