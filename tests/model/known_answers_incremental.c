// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section C: of k checkpoints, k - 1 are deltas and the last is a full one. A state with j deltas
 * on its base restores in Rf + j Rd; the input counts as a base.
 */
#include "known_answers.h"

#define CYCLE(name, k, work, interval, replications, mean, sd_of_one, slowdown)                    \
    {                                                                                              \
        .id = (name), .base = incremental,                                                         \
        .sets = {"/job/work=" work " s", "/checkpoint/interval=" interval " s",                    \
                 "/checkpoint/content/base_every=" k},                                             \
        .n = (replications),                                                                       \
        .values = {                                                                                \
            {"E[cycle], k=" k, MEAN, makespan_of, .expected = (mean), .sd = (sd_of_one)},          \
            {"E[cycle]/(kT), k=" k, RATIO, makespan_of, .expected = (slowdown),                    \
             .over = useful_of},                                                                   \
        },                                                                                         \
    }
#define DELTAS                                                                                     \
    "/job/work=60 s", "/checkpoint/strategy=incremental", "/checkpoint/cost=4 s",                  \
        "/checkpoint/content={\"base_every\": 3, \"cost\": \"1 s\", \"restore\": \"0.5 s\"}"

const struct known_answer known_incremental[] = {
    CYCLE("C01", "1", "300", "300", 40000, 373.792017, 66.7506, 1.24597339),
    CYCLE("C01", "2", "600", "300", 40000, 690.940358, 88.4274, 1.15156726),
    CYCLE("C01", "4", "1200", "300", 40000, 1326.82499, 124.238, 1.10568749),
    CYCLE("C01", "8", "2400", "300", 20000, 2604.97079, 186.06, 1.08540449),
    CYCLE("C01", "12", "3600", "300", 20000, 3891.66603, 244.636, 1.08101834),
    CYCLE("C02", "15", "4500", "300", 20000, 4500 * 1.08051831, 0, 1.08051831),
    CYCLE("C02", "14", "4200", "300", 20000, 4200 * 1.08053275, 0, 1.08053275),
    CYCLE("C02", "16", "4800", "300", 20000, 4800 * 1.08061831, 0, 1.08061831),
    CYCLE("C03", "13", "4896.603543", "376.661811", 20000, 4896.603543 * 1.07922478, 0, 1.07922478),
    {
        .id = "C04",
        .base = incremental,
        .sets = {"/job/work=7500 s", "/checkpoint/content/base_every=4"},
        .n = 20000,
        .values = {{"E[makespan]", MEAN, makespan_of, .expected = 8277.47475, .sd = 309.212,
                    .wrong = {8370.72836}}},
    },
    {
        .id = "C05",
        .base = incremental,
        .sets = {"/job/work=7500 s", "/checkpoint/content/base_every=4",
                 "/failures/0/time_to_failure={\"dist\": \"weibull\", \"mean\": \"7200 s\", "
                 "\"shape\": 0.7}"},
        .n = 20000,
        .values = {{"E[makespan], Weibull", MEAN, makespan_of, .expected = 8370.72836,
                    .sd = 392.695, .wrong = {8277.47475}}},
    },
    /* Checkpoints at 10-11, 21-22 (deltas), 32-36 (full), and so on: the work is done at 68. */
    {
        .id = "C",
        .base = scripted,
        .sets = {DELTAS, "/failures=[]"},
        .n = 1,
        .values = {{"makespan, no failure", EXACT, makespan_of, .expected = 72}},
    },
    /* Two deltas to restore: work goes on at 31 from 20, and the next checkpoint is a full one. */
    {
        .id = "C",
        .base = scripted,
        .sets = {DELTAS, "/failures/0/at=[\"25 s\"]"},
        .n = 1,
        .values = {{"makespan, failure after two deltas", EXACT, makespan_of, .expected = 81,
                    .wrong = {80}}},
    },
    /* None to restore, just after the full one. */
    {
        .id = "C",
        .base = scripted,
        .sets = {DELTAS, "/failures/0/at=[\"40 s\"]"},
        .n = 1,
        .values = {{"makespan, failure after a full one", EXACT, makespan_of, .expected = 81}},
    },
    {0},
};
