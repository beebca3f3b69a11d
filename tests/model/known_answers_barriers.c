// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section E: a checkpoint takes as long as the slowest of its tasks. The largest of n exponential
 * durations of mean m has mean m H_n, and the others wait m (H_n - 1) on average.
 */
#include "known_answers.h"

#define UNIFORM(low, high)                                                                         \
    "/checkpoint/cost={\"dist\": \"uniform\", \"low\": \"" low " s\", \"high\": \"" high " s\"}"
#define SHAPED(law, mean, parameter)                                                               \
    "/checkpoint/cost={\"dist\": \"" law "\", \"mean\": \"" mean " s\", " parameter "}"
#define EXPONENTIAL(mean) "/checkpoint/cost={\"dist\": \"exponential\", \"mean\": \"" mean " s\"}"

#define SLOWEST(name, n_tasks, mean, mean_max, sd_of_one, stall, alignment, half, most)            \
    {                                                                                              \
        .id = (name), .base = barrier, .sets = {"/job/tasks=" n_tasks, EXPONENTIAL(mean)},         \
        .n = 40000,                                                                                \
        .values = {                                                                                \
            {"E[max]", MEAN, duration_of, .expected = (mean_max), .sd = (sd_of_one)},              \
            {"SD[max]", SD, duration_of, .expected = (sd_of_one)},                                 \
            {"E[max - own]", MEAN, stall_of, .expected = (stall), .wrong = {mean_max}},            \
            {"E[max - min]", MEAN, alignment_of, .expected = (alignment)},                         \
            {"quantile 0.50 of max", QUANTILE, duration_of, .expected = (half), .at = 0.5},        \
            {"quantile 0.99 of max", QUANTILE, duration_of, .expected = (most), .at = 0.99},       \
        },                                                                                         \
    }
#define SLOWEST_UNIFORM(name, n_tasks, low, high, mean_max, alignment, stall)                      \
    {                                                                                              \
        .id = (name), .base = barrier, .sets = {"/job/tasks=" n_tasks, UNIFORM(low, high)},        \
        .n = 40000,                                                                                \
        .values = {                                                                                \
            {"E[max]", MEAN, duration_of, .expected = (mean_max)},                                 \
            {"E[max - min]", MEAN, alignment_of, .expected = (alignment)},                         \
            {"E[max - own]", MEAN, stall_of, .expected = (stall)},                                 \
        },                                                                                         \
    }
#define MEAN_SLOWEST(name, n_tasks, law, mean_max)                                                 \
    {                                                                                              \
        .id = (name), .base = barrier, .sets = {"/job/tasks=" n_tasks, law}, .n = 20000,           \
        .values = {{"E[max]", MEAN, duration_of, .expected = (mean_max)}},                         \
    }

/* One segment of 500 s under exponential failures. */
#define FAILING(mtbf, n_tasks, cost)                                                               \
    "/job/tasks=" n_tasks, cost, "/recovery/restore=60 s", "/recovery/downtime=15 s",              \
        "/failures=[{\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"" mtbf " s\"}}]"
#define E10 FAILING("1000", "8", EXPONENTIAL("150"))
#define E11 FAILING("500", "100", EXPONENTIAL("40"))
#define SEGMENT(name, what, replications, mean, wrong1, wrong2, ...)                               \
    {                                                                                              \
        .id = (name), .base = barrier, .sets = {__VA_ARGS__}, .n = (replications),                 \
        .values = {{what, MEAN, makespan_of, .expected = (mean), .wrong = {wrong1, wrong2}}},      \
    }

const struct known_answer known_barriers[] = {
    SLOWEST("E01", "4", "10", 20.8333333, 11.9315176, 10.8333333, 18.3333333, 18.3819981,
            59.8769962),
    SLOWEST("E02", "64", "2", 9.48778181, 2.55298296, 7.48778181, 9.45653181, 9.06161266,
            17.5182217),
    SLOWEST("E03", "1000", "1", 7.48547086, 1.28216012, 6.48547086, 7.48447086, 7.27461475,
            11.5079095),
    SLOWEST_UNIFORM("E04", "10", "5", "15", 14.0909091, 8.18181818, 4.09090909),
    SLOWEST_UNIFORM("E05", "2", "0", "1", 0.666666667, 0.333333333, 0.166666667),
    MEAN_SLOWEST("E06", "16", SHAPED("weibull", "10", "\"shape\": 2"), 20.4152578),
    MEAN_SLOWEST("E07", "16", SHAPED("weibull", "10", "\"shape\": 0.7"), 46.8357318),
    MEAN_SLOWEST("E08", "32", SHAPED("lognormal", "10", "\"sigma\": 0.5"), 25.6381246),
    MEAN_SLOWEST("E09", "8", SHAPED("gamma", "10", "\"shape\": 4"), 18.0786709),
    /* The barrier's own way to the slowest task, instead of the slowest write. */
    {
        .id = "E01",
        .base = barrier,
        .sets = {"/job/tasks=4", "/checkpoint/cost=0 s",
                 "/checkpoint/coordination={\"kind\": \"barrier\", \"latency\": "
                 "{\"dist\": \"exponential\", \"mean\": \"10 s\"}}"},
        .n = 20000,
        .values = {{"E[max] of barrier latencies", MEAN, duration_of, .expected = 20.8333333,
                    .sd = 11.9315176, .wrong = {10}}},
    },
    SEGMENT("E10", "E[segment], resample", 40000, 1551.24068, 1643.91802, 1593.54108, E10),
    SEGMENT("E10", "E[segment], repeat", 60000, 1643.91802, 1551.24068, 1593.54108, E10,
            "/checkpoint/on_retry=repeat"),
    SEGMENT("E10", "E[segment], C = m H_n", 40000, 1593.54108, 1551.24068, 0,
            FAILING("1000", "8", "/checkpoint/cost=407.678571428571429 s")),
    SEGMENT("E11", "E[segment], resample", 200000, 1797.58829, 1822.65818, 0, E11),
    SEGMENT("E11", "E[segment], repeat", 200000, 1822.65818, 1797.58829, 0, E11,
            "/checkpoint/on_retry=repeat"),
    SEGMENT("E11", "E[segment], C = m H_n", 40000, 1809.59835, 0, 0,
            FAILING("500", "100", "/checkpoint/cost=207.495100705584824 s")),
    {0},
};
