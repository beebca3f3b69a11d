// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section A, optimal intervals: what the triggers plan, and the slowdown E/W at that interval and
 * at those of other formulas. A job of any number of whole segments has the slowdown of a long one.
 */
#include "known_answers.h"

#define COSTS(mtbf, cost, restore, downtime)                                                       \
    "/checkpoint/cost=" cost " s", "/failures/0/time_to_failure/mean=" mtbf " s",                  \
        "/recovery/restore=" restore " s", "/recovery/downtime=" downtime " s"
#define SEGMENTS(work, interval) "/job/work=" work " s", "/checkpoint/interval=" interval " s"
#define TRIGGER(name) "/checkpoint/interval=null", "/checkpoint/trigger=" name

#define A20 COSTS("3600", "600", "600", "60")
#define A21 COSTS("86400", "600", "600", "60")
#define A22 COSTS("604800", "600", "600", "60")
#define A23 COSTS("10000", "100", "50", "20")
#define A24 COSTS("300", "300", "300", "10")
#define A25 COSTS("87196.95629092", "600", "600", "60")

/* Each plan is one deterministic run of little work; each slowdown is of 20 segments. */
#define PLAN(name, costs, trigger, planned)                                                        \
    {                                                                                              \
        .id = (name), .base = textbook, .sets = {costs, TRIGGER(trigger), "/job/work=1 s"},        \
        .n = 1,                                                                                    \
        .values = {{"T of trigger " trigger, COMPUTED, interval_of, .expected = (planned)}},       \
    }
#define SLOWDOWN(name, costs, formula, work, interval, replications, slowdown)                     \
    {                                                                                              \
        .id = (name), .base = textbook, .sets = {costs, SEGMENTS(work, interval)},                 \
        .n = (replications),                                                                       \
        .values = {{"E/W at the T of " formula, RATIO, makespan_of, .expected = (slowdown),        \
                    .over = useful_of}},                                                           \
    }
#define MAKESPAN(segments, interval, mean)                                                         \
    {                                                                                              \
        .id = "A26", .base = textbook, .sets = {A23, SEGMENTS("20000", interval)}, .n = 20000,     \
        .values = {{"E[makespan], " segments " segments", MEAN, makespan_of, .expected = (mean)}}, \
    }

const struct known_answer known_intervals[] = {
    PLAN("A20", A20, "optimal", 1699.23089),
    PLAN("A20", A20, "young", 2078.46097),
    PLAN("A20", A20, "daly", 1697.70598),
    SLOWDOWN("A20", A20, "Lambert W", "33984.6178", "1699.23089", 4000, 2.27475241),
    SLOWDOWN("A20", A20, "Young", "41569.2194", "2078.46097", 4000, 2.29740144),
    SLOWDOWN("A20", A20, "Daly, first order", "44899.8886", "2244.99443", 4000, 2.31887094),
    SLOWDOWN("A20", A20, "Daly", "33954.1196", "1697.70598", 4000, 2.27475284),
    SLOWDOWN("A20", A20, "Herault-Robert", "25565.942", "1278.2971", 4000, 2.31688661),
    PLAN("A21", A21, "optimal", 9786.32819),
    PLAN("A21", A21, "young", 10182.3376),
    PLAN("A21", A21, "daly", 9786.26602),
    SLOWDOWN("A21", A21, "Lambert W", "195726.5638", "9786.32819", 10000, 1.13638342),
    SLOWDOWN("A21", A21, "Young", "203646.752", "10182.3376", 10000, 1.13648486),
    SLOWDOWN("A21", A21, "Daly, first order", "204352.636", "10217.6318", 10000, 1.13650335),
    SLOWDOWN("A21", A21, "Daly", "195725.3204", "9786.26602", 10000, 1.13638342),
    SLOWDOWN("A21", A21, "Herault-Robert", "190867.4444", "9543.37222", 10000, 1.13642406),
    PLAN("A22", A22, "optimal", 26541.4268),
    PLAN("A22", A22, "young", 26939.9332),
    PLAN("A22", A22, "daly", 26541.418),
    SLOWDOWN("A22", A22, "Lambert W", "530828.536", "26541.4268", 20000, 1.04704087),
    SLOWDOWN("A22", A22, "Young", "538798.664", "26939.9332", 20000, 1.04704597),
    SLOWDOWN("A22", A22, "Daly, first order", "539065.858", "26953.2929", 20000, 1.04704632),
    SLOWDOWN("A22", A22, "Daly", "530828.36", "26541.418", 20000, 1.04704087),
    SLOWDOWN("A22", A22, "Herault-Robert", "526504.596", "26325.2298", 20000, 1.0470424),
    PLAN("A23", A23, "optimal", 1348.34751),
    PLAN("A23", A23, "young", 1414.21356),
    PLAN("A23", A23, "daly", 1348.33257),
    SLOWDOWN("A23", A23, "Lambert W", "26966.9502", "1348.34751", 10000, 1.16396555),
    SLOWDOWN("A23", A23, "Young", "28284.2712", "1414.21356", 10000, 1.16414448),
    SLOWDOWN("A23", A23, "Daly, first order", "28354.8938", "1417.74469", 10000, 1.1641637),
    SLOWDOWN("A23", A23, "Daly", "26966.6514", "1348.33257", 10000, 1.16396555),
    SLOWDOWN("A23", A23, "Herault-Robert", "26185.1024", "1309.25512", 10000, 1.16403339),
    PLAN("A24", A24, "optimal", 252.421698),
    PLAN("A24", A24, "young", 424.264069),
    PLAN("A24", A24, "daly", 247.834295),
    SLOWDOWN("A24", A24, "Lambert W", "5048.43396", "252.421698", 2000, 17.7111695),
    SLOWDOWN("A24", A24, "Young", "8485.28138", "424.264069", 1500, 20.2213079),
    SLOWDOWN("A24", A24, "Daly, first order", "12000", "600", 1000, 26.8045986),
    SLOWDOWN("A24", A24, "Daly", "4956.6859", "247.834295", 2000, 17.7136632),
    PLAN("A25", A25, "optimal", 9833.16293),
    PLAN("A25", A25, "young", 10229.191),
    PLAN("A25", A25, "daly", 9833.10133),
    SLOWDOWN("A25", A25, "Lambert W", "196663.2586", "9833.16293", 10000, 1.13566613),
    SLOWDOWN("A25", A25, "Young", "204583.82", "10229.191", 10000, 1.13576612),
    SLOWDOWN("A25", A25, "Daly, first order", "205286.48", "10264.324", 10000, 1.13578426),
    SLOWDOWN("A25", A25, "Daly", "196662.0266", "9833.10133", 10000, 1.13566613),
    SLOWDOWN("A25", A25, "Herault-Robert", "191808.0936", "9590.40468", 10000, 1.13570611),
    /* Around the best number of equal segments, 15, of a fixed job. */
    MAKESPAN("14", "1428.5714285714287", 23284.5689),
    MAKESPAN("15", "1333.3333333333333", 23279.5077),
    MAKESPAN("16", "1250", 23288.2881),
    {0},
};
