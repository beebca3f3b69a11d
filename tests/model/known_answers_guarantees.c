// SPDX-License-Identifier: GPL-3.0-or-later
/* F60 and H10 to H12: when outputs are visible, and how often. */
#include "known_answers.h"

/* ---- quantities ---- */

static double waited_s_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_COMMIT_LATENCY];
}

static double committed_outputs_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->count[M_COMMIT_LATENCY];
}

static double latency_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_LATENCY];
}

static double duplicates_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_DUPLICATES];
}

static double aborted_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_OUTPUTS_ABORTED];
}

/* ---- scenarios ---- */

/* A server that takes no time: an output waits for nothing but its commit. */
static const char at_once[] =
    "{\"job\": {\"operators\": [{\"name\": \"server\", \"service\": \"0 s\", \"source\": "
    "{\"arrivals\": {\"process\": \"poisson\", \"rate\": \"5/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"60 s\", \"mode\": \"async\", "
    "\"cost\": \"5 s\"},"
    " \"run\": {\"duration\": \"60000 s\"}}";

#define EXACTLY_ONCE "/job/guarantee=exactly_once_output"

/*
 * E[rollback] of the reference counts from the restart, as if that were a checkpoint. Here a
 * failure before the first commit after it, which is T + c away, goes back to the line of the
 * failure before, so that its messages are put out once more: with p = 1 - exp(-lam (T + c)), E[A]
 * = E[rollback] + p E[A], which is `growth` times as long. Expected values are in proportion to the
 * rate of messages, and so few of them suffice.
 */
#define FAILING(mtbf, interval, cost)                                                              \
    "/checkpoint/interval=" interval, "/checkpoint/cost=" cost,                                    \
        "/job/operators/0/source/arrivals/rate=0.5/s",                                             \
        "/failures=[{\"strikes\": \"job\", \"time_to_failure\": {\"dist\": \"exponential\", "      \
        "\"mean\": \"" mtbf "\"}}]"
#define PER_FAILURE(what, of_outputs, since_restart, growth)                                       \
    {                                                                                              \
        what, RATIO, of_outputs, .expected = 0.5 * (since_restart) * (growth), .over = failures_of \
    }
#define REPEATED(name, runs, length, mtbf, interval, cost, rollback_s, growth)                     \
    {                                                                                              \
        .id = (name), .base = at_once,                                                             \
        .sets = {FAILING(mtbf, interval, cost), "/run/duration=" length}, .n = (runs),             \
        .values = {                                                                                \
            PER_FAILURE("E[duplicates] per failure", duplicates_of, rollback_s, growth),           \
        },                                                                                         \
    }
#define NEVER_REPEATED(name, runs, length, mtbf, interval, cost, rollback_s, growth)               \
    {                                                                                              \
        .id = (name), .base = at_once,                                                             \
        .sets = {FAILING(mtbf, interval, cost), "/run/duration=" length, EXACTLY_ONCE},            \
        .n = (runs),                                                                               \
        .values = {                                                                                \
            {"E[duplicates visible]", EXACT, duplicates_of, .expected = 0},                        \
            PER_FAILURE("E[outputs aborted] per failure", aborted_of, rollback_s, growth),         \
        },                                                                                         \
    }
/* Under both guarantees. */
#define FAILURES(...) REPEATED(__VA_ARGS__), NEVER_REPEATED(__VA_ARGS__)

const struct known_answer known_guarantees[] = {
    {
        .id = "F60",
        .base = at_once,
        .sets = {EXACTLY_ONCE},
        .n = 20,
        .values =
            {
                {"mean added latency T/2+c", RATIO, waited_s_of, .expected = 35,
                 .over = committed_outputs_of, .wrong = {30, 32.5, 65}},
                {"mean latency", RATIO, latency_of, .expected = 35, .over = committed_outputs_of},
                {"0.99 quantile c+0.99T", EVENT_QUANTILE, .expected = 64.4, .at = 0.99,
                 .event = M_COMMIT_LATENCY},
            },
    },
    FAILURES("H10", 80, "1e6 s", "3600 s", "60 s", "0 s", 29.9166671, 1.016806330),
    FAILURES("H11", 80, "1e6 s", "3600 s", "60 s", "5 s", 34.8716744, 1.018219546),
    FAILURES("H12", 80, "5e5 s", "500 s", "300 s", "20 s", 149.3975912, 1.896480879),
    {
        /* A checkpoint as soon as the job is up makes it the reference's; F41, halved. */
        .id = "H10",
        .base = at_once,
        .sets = {FAILING("500 s", "300 s", "0 s"), "/run/duration=5e5 s",
                 "/checkpoint/trigger={\"kind\": \"fixed\", \"first\": \"1 us\"}"},
        .n = 80,
        .values = {PER_FAILURE("E[duplicates], from the restart", duplicates_of, 270.178471 / 2,
                               1)},
    },
    {.id = NULL},
};
