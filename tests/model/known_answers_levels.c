// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section D: a pattern of n segments, each with a checkpoint at level 1, the last with one at level
 * 2 besides; failures of type 1 leave level 1, those of type 2 do not. K20 to K23 are the same with
 * the parameters of platforms.
 */
#include "known_answers.h"

static const char two_levels[] =
    "{\"job\": {\"work\": \"1 h\"},"
    " \"checkpoint\": {\"strategy\": \"multilevel\", \"interval\": \"10 min\", \"levels\": ["
    "   {\"name\": \"1\", \"survives\": \"process\", \"cost\": \"0 s\", \"restore\": \"0 s\"},"
    "   {\"name\": \"2\", \"every\": 1, \"cost\": \"0 s\", \"restore\": \"0 s\"}]},"
    " \"failures\": ["
    "   {\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"1 h\"}},"
    "   {\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"1 h\"},"
    "    \"severity\": \"node\"}],"
    " \"recovery\": {\"downtime\": \"0 s\"}}";

#define COSTS(c1, c2, r1, r2)                                                                      \
    "/checkpoint/levels/0/cost=" c1 " s", "/checkpoint/levels/1/cost=" c2 " s",                    \
        "/checkpoint/levels/0/restore=" r1 " s", "/checkpoint/levels/1/restore=" r2 " s"
#define MEANS(m1, m2)                                                                              \
    "/failures/0/time_to_failure/mean=" m1 " s", "/failures/1/time_to_failure/mean=" m2 " s"

/* One pattern of n segments of work in all. */
#define PATTERN(name, n_segments, work, interval, costs, means, down, replications, mean,          \
                sd_of_one)                                                                         \
    {                                                                                              \
        .id = (name), .base = two_levels,                                                          \
        .sets = {"/job/work=" work " s",                                                           \
                 "/checkpoint/interval=" interval " s",                                            \
                 "/checkpoint/levels/1/every=" n_segments,                                         \
                 costs,                                                                            \
                 means,                                                                            \
                 "/recovery/downtime=" down " s"},                                                 \
        .n = (replications),                                                                       \
        .values = {{"E[pattern]", MEAN, makespan_of, .expected = (mean), .sd = (sd_of_one)}},      \
    }
/* With R = C and D = 0; the exact overhead at the first-order pattern. */
#define PLATFORM(name, n_segments, work, interval, c1, c2, m1, m2, first_order, exact)             \
    {                                                                                              \
        .id = (name), .base = two_levels,                                                          \
        .sets = {"/job/work=" #work " s", "/checkpoint/interval=" interval " s",                   \
                 "/checkpoint/levels/1/every=" n_segments, COSTS(c1, c2, c1, c2), MEANS(m1, m2)},  \
        .n = 600000,                                                                               \
        .values = {{"E/W at the first-order pattern", RATIO, makespan_of, .expected = 1 + (exact), \
                    .over = useful_of, .wrong = {1 + (first_order)}}},                             \
    }

const struct known_answer known_levels[] = {
    PATTERN("D01", "4", "2000", "500", COSTS("10", "60", "15", "80"), MEANS("3000", "20000"), "10",
            40000, 2462.29316, 591.364),
    PATTERN("D02", "8", "2000", "250", COSTS("5", "100", "5", "100"), MEANS("2000", "10000"), "0",
            60000, 2608.02542, 799.013),
    PATTERN("D03", "1", "1000", "1000", COSTS("20", "60", "20", "60"), MEANS("5000", "5000"), "30",
            40000, 1389.18543, 562.202),
    PATTERN("D04", "10", "36000", "3600", COSTS("15", "439", "15", "439"),
            MEANS("200000", "2000000"), "0", 40000, 37279.9714, 2994.88),
    PATTERN("D05", "1", "1000", "1000", COSTS("20", "60", "60", "60"), MEANS("5000", "5000"), "30",
            40000, 1400.25387, 0),
    PATTERN("D06", "6", "6000", "1000", COSTS("20", "0", "60", "60"), MEANS("5000", "1e12"), "30",
            40000, 6912.12812, 0),
    PLATFORM("K20", "8", 25184.31002546573, "3148.038753183216", "15.4", "300",
             "295857.98816568047", "1057082.4524312897", 0.0340274941, 0.0352242323),
    PLATFORM("K21", "27", 41130.46117203, "1523.3504137788889", "9.1", "439", "128534.70437017994",
             "1926782.2736030826", 0.0332461211, 0.0343702046),
    PLATFORM("K22", "34", 72310.82713808, "2126.7890334729414", "4.5", "1051", "497512.4378109453",
             "2487562.189054726", 0.0333221866, 0.0345624819),
    PLATFORM("K23", "8", 111524.93418636762, "13940.616773295953", "180", "2500",
             "497512.4378109453", "2487562.189054726", 0.0717328377, 0.0771263922),
    {
        .id = "D10",
        .base = two_levels,
        .sets = {"/checkpoint/interval=null", "/checkpoint/trigger=optimal",
                 "/checkpoint/levels/1/every=6", COSTS("10", "60", "15", "80"),
                 MEANS("3000", "20000")},
        .n = 1,
        .values = {{"T* of a pattern of 6", COMPUTED, interval_of, .expected = 235.509381}},
    },
    /*
     * Silent errors of rate l in W of work, each found by the verification V at its end: a segment
     * takes e^lW (W + V) + C + (e^lW - 1) R.
     */
    {
        .id = "silent",
        .base = textbook,
        .sets = {"/job/work=6000 s", "/checkpoint/interval=1000 s", "/checkpoint/cost=60 s",
                 "/checkpoint/verification={\"cost\": \"20 s\"}", "/recovery/restore=40 s",
                 "/failures/0={\"silent\": true, \"exposure\": [\"work\"], \"time_to_failure\": "
                 "{\"dist\": \"exponential\", \"mean\": \"5000 s\"}}"},
        .n = 100000,
        .values = {{"E[makespan]", MEAN, makespan_of, .expected = 7888.12154},
                   {"E[errors found]", MEAN, errors_found_of, .expected = 1.32841655}},
    },
    /*
     * A write fails with p and is tried once more d later: C + p (d + C); the final checkpoint is
     * cut anew until it is written, 1 / (1 - p^2) times.
     */
    {
        .id = "writes",
        .base = textbook,
        .sets = {"/job/work=6000 s", "/checkpoint/interval=1000 s", "/checkpoint/cost=60 s",
                 "/failures=[]",
                 "/checkpoint/write_failures={\"probability\": 0.3, \"retries\": 1, "
                 "\"delay\": \"15 s\"}"},
        .n = 100000,
        .values = {{"E[makespan]", MEAN, makespan_of, .expected = 6503.159341},
                   {"E[declined]", MEAN, declined_of, .expected = 0.548901099}},
    },
    {0},
};
