// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section B: failures of any law. The clock is fresh at the start and after each downtime, and
 * nowhere else; with n units, only the failed one's is renewed.
 */
#include "known_answers.h"

#define LAW(name, shape) "{\"dist\": \"" name "\", \"mean\": \"10000 s\", " shape "}"
#define B01 LAW("weibull", "\"shape\": 0.7")
#define B02 LAW("weibull", "\"shape\": 0.5")
#define B03 LAW("weibull", "\"shape\": 1.5")
#define B04 LAW("lognormal", "\"sigma\": 1.5")
#define B05 LAW("gamma", "\"shape\": 0.5")
#define B06 "{\"dist\": \"exponential\", \"mean\": \"10000 s\"}"

#define JOB(work, law)                                                                             \
    "/job/work=" work " s", "/checkpoint/interval=1000 s", "/checkpoint/cost=100 s",               \
        "/recovery/restore=50 s", "/recovery/downtime=20 s", "/failures/0/time_to_failure=" law

/* A job of 20 segments. */
#define SHORT(name, law, makespan, sd_of_one, failures, ...)                                       \
    {                                                                                              \
        .id = (name), .base = textbook, .sets = {JOB("20000", law)}, .n = 40000,                   \
        .values = {                                                                                \
            {"E[makespan]", MEAN, makespan_of, .expected = (makespan), .sd = (sd_of_one),          \
             .wrong = {__VA_ARGS__}},                                                              \
            {"E[failures]", MEAN, failures_of, .expected = (failures)},                            \
        },                                                                                         \
    }
/* A job so long (some 40,000 failures) that its start does not matter. */
#define LONG(name, law, fraction)                                                                  \
    {                                                                                              \
        .id = (name), .base = textbook, .sets = {JOB("4e8", law)}, .n = 16,                        \
        .values = {{"long-run useful fraction", RATIO, useful_of, .expected = (fraction),          \
                    .over = makespan_of}},                                                         \
    }

/* The first failure of n fresh Weibull units: Weibull of the same shape, scale over n^(1/k). */
#define FIRST(name, n_units, mean, shape, limit, first_mean, scale, lifetime_mean)                 \
    {                                                                                              \
        .id = (name), .base = first,                                                               \
        .sets = {"/job/tasks=" n_units, "/run/time_limit=" limit " s",                             \
                 "/failures/0/time_to_failure/mean=" mean " s",                                    \
                 "/failures/0/time_to_failure/shape=" shape},                                      \
        .n = 40000,                                                                                \
        .values = {                                                                                \
            {"E[min]", MEAN, first_work_of, .expected = (first_mean), .wrong = {lifetime_mean}},   \
            {"P(min <= scale) = 1 - 1/e", SHARE, first_work_of, .expected = 0.632120558828558,     \
             .at = (scale)},                                                                       \
            {"quantile 1 - 1/e", QUANTILE, first_work_of, .expected = (scale),                     \
             .at = 0.632120558828558},                                                             \
        },                                                                                         \
    }

/* Failures of one unit in (0, 1 s], fresh at 0; the stationary rate would give 1/mean. */
#define COUNT(name, mean, shape, replications, failures, stationary)                               \
    {                                                                                              \
        .id = (name), .base = horizon,                                                             \
        .sets = {"/failures/0/time_to_failure/mean=" mean " s",                                    \
                 "/failures/0/time_to_failure/shape=" shape},                                      \
        .n = (replications),                                                                       \
        .values = {{"M(t)", MEAN, ignored_of, .expected = (failures), .wrong = {stationary}}},     \
    }
#define ERLANG "{\"dist\": \"erlang\", \"mean\": \"1 s\", \"k\": 2}"
#define COUNT_ERLANG(name, what, unit, n_units, t, replications, failures, stationary)             \
    {                                                                                              \
        .id = (name), .base = horizon,                                                             \
        .sets = {"/job/work=" t " s", "/job/tasks=" n_units, "/failures/0/strikes=" unit,          \
                 "/failures/0/time_to_failure=" ERLANG},                                           \
        .n = (replications),                                                                       \
        .values = {{what, MEAN, ignored_of, .expected = (failures), .wrong = {stationary}}},       \
    }

/* The useful fraction of a long job at a period. */
#define PERIOD(name, law, what, interval, fraction)                                                \
    {                                                                                              \
        .id = (name), .base = textbook,                                                            \
        .sets = {"/job/work=2e9 s",                                                                \
                 "/checkpoint/interval=" interval " s",                                            \
                 "/checkpoint/cost=600 s",                                                         \
                 "/recovery/restore=600 s",                                                        \
                 "/recovery/downtime=60 s",                                                        \
                 "/failures/0/time_to_failure={\"dist\": \"weibull\", \"mean\": \"86400 s\", "     \
                 "\"shape\": " law "}"},                                                           \
        .n = 16,                                                                                   \
        .values = {{"useful fraction at " what, RATIO, useful_of, .expected = (fraction),          \
                    .over = makespan_of}},                                                         \
    }

const struct known_answer known_renewal[] = {
    SHORT("B01", B01, 23616.7999, 1340.44, 2.87338621, 24837.9984, 23418.9277),
    SHORT("B02", B02, 23842.8441, 1581.9, 3.80665894, 23418.9277),
    SHORT("B03", B03, 23269.7858, 865.624, 2.03696073, 23418.9277),
    SHORT("B04", B04, 24240.3841, 1762.1, 3.76067036, 23418.9277),
    SHORT("B05", B05, 23511.6708, 1278.97, 2.84326284, 23418.9277),
    SHORT("B06", B06, 23418.9277, 1097.75, 2.33721833, 23616.7999),
    LONG("B01", B01, 0.85709646),
    LONG("B02", B02, 0.863048441),
    LONG("B03", B03, 0.852967592),
    LONG("B04", B04, 0.854927095),
    LONG("B05", B05, 0.859204419),
    LONG("B06", B06, 0.854010066),
    {
        .id = "B07", /* S2 */
        .base = textbook,
        .sets = {JOB("20000", B01), "/failures/0/redraw=checkpoint"},
        .n = 40000,
        .values = {{"E[makespan], clock redrawn at checkpoints", MEAN, makespan_of,
                    .expected = 24837.9984, .wrong = {23616.7999}}},
    },
    FIRST("B10", "45208", "3942000000", "0.7", "1e5", 881.879113, 696.684102, 87196.9563),
    FIRST("B11", "1048576", "39420000000", "0.5", "10", 0.0358522811, 0.0179261406, 37593.8416),
    FIRST("B12", "1000", "315360000", "0.78", "3e6", 44942.0378, 38933.9427, 315360),
    FIRST("B13", "4096", "157680000", "1", "1e6", 38496.0938, 38496.0938, 0),
    COUNT("B20", "10", "0.7", 40000, 0.244366692, 0.1),
    COUNT("B21", "1", "0.7", 40000, 1.39909319, 1),
    COUNT("B22", "10", "0.5", 40000, 0.506364939, 0.1),
    COUNT("B23", "1", "0.5", 40000, 2.04761359, 1),
    COUNT("B24", "100", "0.7", 100000, 0.047315203, 0.01),
    COUNT("B25", "1", "1.5", 40000, 0.737164671, 1),
    COUNT_ERLANG("B26", "M(0.25)", "job", "1", "0.25", 40000, 0.0919698603, 0.25),
    COUNT_ERLANG("B26", "M(1)", "job", "1", "1", 40000, 0.75457891, 1),
    COUNT_ERLANG("B26", "M(3)", "job", "1", "3", 40000, 2.75000154, 3),
    {
        .id = "B27",
        .base = horizon,
        .sets = {"/job/tasks=1000", "/failures/0/strikes=node",
                 "/failures/0/time_to_failure/mean=100 s", "/failures/0/time_to_failure/shape=0.7"},
        .n = 10000,
        .values = {{"failures of 1000 nodes", MEAN, ignored_of, .expected = 47.315203,
                    .wrong = {10}}},
    },
    COUNT_ERLANG("I08", "failures of 50 processes", "process", "50", "0.05", 40000, 0.234134413,
                 2.5),
    PERIOD("B30", "0.7", "T*", "10345.3698", 0.883944978),
    PERIOD("B30", "0.7", "Young's T", "10182.3376", 0.883933316),
    PERIOD("B31", "0.5", "T*", "11492.5865", 0.891989578),
    PERIOD("B31", "0.5", "Young's T", "10182.3376", 0.891389773),
    PERIOD("B32", "1", "T*", "9786.32834", 0.879984681),
    PERIOD("B32", "1", "Young's T", "10182.3376", 0.879906136),
    {0},
};
