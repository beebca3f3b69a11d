// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stream jobs that fail and come back: the second halves of F40 to F42, and sections C3 and C5 of
 * the engine notes (how long the restore of a changelog takes, the age of a recovery point, and how
 * long a backlog takes).
 */
#include "known_answers.h"

/* ---- quantities ---- */

static double rollback_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_ROLLBACK];
}

static double recovery_time_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_RECOVERY_TIME];
}

static double restored_bytes_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_RESTORE_BYTES];
}

static double restore_s_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_RESTORE];
}

/* ---- scenarios ---- */

/*
 * A failure after many intervals, at any place of one with the same probability; then the job stays
 * down. A cut takes the task no time, and is usable `cost` later.
 */
static const char phase[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"source\": "
    "{\"arrivals\": {\"process\": \"constant\", \"rate\": \"0.001/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"60 s\", \"mode\": \"async\", "
    "\"cost\": \"0 s\"},"
    " \"failures\": [{\"strikes\": \"job\", "
    "\"time_to_failure\": {\"dist\": \"uniform\", \"low\": \"600 s\", \"high\": \"660 s\"}}],"
    " \"recovery\": {\"downtime\": \"1e6 s\"},"
    " \"run\": {\"duration\": \"700 s\"}}";

/*
 * One failure, X after the last cut at 60 s, and O until the job is up again. Messages come every
 * 1/rate from 60 s on. Of those that the cut does not hold, number j is served at 60 s + X + O +
 * (j - 1) s; none waits any more at the first j for which number j + 1 is yet to come:
 * j (1/rate - s) > X + O - s - 1/rate. X is chosen so that nothing happens at the same instant.
 */
static const char fluid[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": \"1 s\", \"source\": "
    "{\"arrivals\": {\"process\": \"constant\", \"rate\": \"0.5/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"60 s\", \"cost\": \"0 s\"},"
    " \"failures\": [{\"strikes\": \"job\", \"at\": [\"90 s\"]}],"
    " \"run\": {\"duration\": \"700 s\"}}";

/*
 * S = 10 GB, of which w = 1 MB/s changes. The cleaner starts when as much again may be cleaned,
 * which is every S / w = 10000 s. A failure late in the run comes at any place of such a cycle with
 * the same probability, and finds S to 2 S, and the head. There is time for the restore after it.
 */
static const char changelog[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"source\": "
    "{\"arrivals\": {\"process\": \"constant\", \"rate\": \"0.1/s\"}},"
    " \"state\": {\"keys\": 1000, \"value\": \"10 MB\"}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"1000 s\", \"mode\": \"async\", "
    "\"device\": \"log\", \"content\": {\"kind\": \"changelog\", \"compaction\": "
    "{\"segment\": \"10 MB\"}}},"
    " \"storage\": {\"log\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"50 MB/s\"}},"
    " \"failures\": [{\"strikes\": \"job\", "
    "\"time_to_failure\": {\"dist\": \"uniform\", \"low\": \"40000 s\", \"high\": \"50000 s\"}}],"
    " \"run\": {\"duration\": \"51000 s\"}}";

/* ---- rows ---- */

/* X is uniform on [c, c + T]. */
#define PHASE(name, interval, low, high, cost, average, spread)                                    \
    {                                                                                              \
        .id = (name), .base = phase,                                                               \
        .sets = {"/checkpoint/interval=" interval, "/checkpoint/cost=" cost,                       \
                 "/failures/0/time_to_failure/low=" low, "/failures/0/time_to_failure/high=" high, \
                 "/run/duration=" high},                                                           \
        .n = 20000,                                                                                \
        .values = {                                                                                \
            {"T/2 + c", MEAN, rollback_of, .expected = (average), .sd = (spread)},                 \
            {"T / sqrt 12", SD, rollback_of, .expected = (spread)},                                \
        },                                                                                         \
    }
#define FLUID(name, rate, service, down, at, total)                                                \
    {                                                                                              \
        .id = (name), .base = fluid,                                                               \
        .sets = {"/job/operators/0/source/arrivals/rate=" rate,                                    \
                 "/job/operators/0/service=" service, "/recovery/downtime=" down,                  \
                 "/failures/0/at=[\"" at "\"]"},                                                   \
        .n = 1,                                                                                    \
        .values = {{"(O + rho X) / (1 - rho)", COMPUTED, recovery_time_of, .expected = (total)}},  \
    }

/* Less than a thousandth is in the segment that is written. */
#define CHANGELOG(min_lag, log_bytes, restore_s, without)                                          \
    {                                                                                              \
        .id = "C3", .base = changelog,                                                             \
        .sets = {"/checkpoint/content/compaction/min_lag=" min_lag}, .n = 8000,                    \
        .values = {                                                                                \
            {"1.5 S + w lag", MEAN, restored_bytes_of, .expected = (log_bytes),                    \
             .sd = 2.88675135e9},                                                                  \
            {"(1.5 S + w lag) / B", MEAN, restore_s_of, .expected = (restore_s), .sd = 57.7350269, \
             .wrong = {200, without, 400}},                                                        \
            {"S / B / sqrt 12", SD, restore_s_of, .expected = 57.7350269},                         \
        },                                                                                         \
    }

/* The device is fast, and entries are applied at B. */
#define REPLAYED(min_lag, log_bytes, restore_s, without)                                           \
    {                                                                                              \
        .id = "C3", .base = changelog,                                                             \
        .sets = {"/checkpoint/content/compaction/min_lag=" min_lag,                                \
                 "/storage/log/stream_read=1 GB/s",                                                \
                 "/recovery/sources=[{\"from\": \"replay\", \"rate\": \"50 MB/s\"}]"},             \
        .n = 8000,                                                                                 \
        .values = {                                                                                \
            {"1.5 S + w lag", MEAN, restored_bytes_of, .expected = (log_bytes),                    \
             .sd = 2.88675135e9},                                                                  \
            {"(1.5 S + w lag) / B", MEAN, restore_s_of, .expected = (restore_s), .sd = 57.7350269, \
             .wrong = {200, without, 400}},                                                        \
        },                                                                                         \
    }

const struct known_answer known_recoveries[] = {
    PHASE("F40", "60 s", "600 s", "660 s", "0 s", 30, 17.3205081),
    PHASE("F41", "600 s", "6000 s", "6600 s", "0 s", 300, 173.205081),
    PHASE("F42", "600 s", "6000 s", "6600 s", "45 s", 345, 173.205081),
    FLUID("C5", "1000/s", "0.66666666666666667 ms", "30 s", "90.0006 s", 149.997333),
    FLUID("C5", "800/s", "1 ms", "60 s", "90.0006 s", 419.993),
    FLUID("C5", "100/s", "2.5 ms", "45 s", "65.001 s", 61.6625),
    CHANGELOG("0 s", 15e9, 300, 588),
    CHANGELOG("4 h", 29.4e9, 588, 300),
    REPLAYED("0 s", 15e9, 300, 588),
    REPLAYED("4 h", 29.4e9, 588, 300),
    {.id = NULL},
};
