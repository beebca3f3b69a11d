// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * E26, and sections C3 and C4 of the engine notes: markers that need time to travel, and writes
 * whose slowest decides. Hardly a message is under way, so that nothing but the markers counts.
 *
 * Not here: E27 and E28, the response time of a fork and join: nothing joins the parts of a message
 * again.
 */
#include "known_answers.h"

/* ---- quantities ---- */

#define SUM_OF(name, metric)                                                                       \
    static double name(const struct metrics *metrics, const struct model *model)                   \
    {                                                                                              \
        (void)model;                                                                               \
        return metrics->value[metric];                                                             \
    }

SUM_OF(alignments_of, M_ALIGNMENT)
SUM_OF(rounds_s_of, M_CHECKPOINT_DURATION)

static double rounds_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->count[M_CHECKPOINT_DURATION];
}

/* From the trigger to the last marker, over all tasks; that of sources is 0. */
static double aligned_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_START_DELAY] + metrics->value[M_ALIGNMENT];
}

/* What a marker waits for the last one: a task cuts then, and all delays have one law. */
static double blocked_of(const struct metrics *metrics, const struct model *model)
{
    const struct operator_params *operators = model->job.operators.items;
    const struct input_params *inputs = operators[1].inputs.items;
    return rounds_s_of(metrics, model) - rounds_of(metrics, model) * dist_mean(&inputs[0].latency);
}

/* ---- scenarios ---- */

#define SOURCE(tasks)                                                                              \
    "{\"name\": \"s\", \"tasks\": " tasks ", \"source\": {\"arrivals\": "                          \
    "{\"process\": \"poisson\", \"rate\": \"1e-6/s\"}}}"
/* Each task has a channel from each task of `from`. */
#define STAGE(name, tasks, from, law)                                                              \
    ", {\"name\": \"" name "\", \"tasks\": " tasks ", \"inputs\": [{\"from\": \"" from             \
    "\", \"by\": \"hash\", \"latency\": " law "}]}"
#define TRAVEL(stages)                                                                             \
    "{\"job\": {\"operators\": [" SOURCE("4") stages                                               \
        "]},"                                                                                      \
        " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"100 s\", \"cost\": \"0 "     \
        "s\"},"                                                                                    \
        " \"run\": {\"duration\": \"1e6 s\"}}"

#define HALF_A_SECOND "{\"dist\": \"exponential\", \"mean\": \"500 ms\"}"

static const char stages_1[] = TRAVEL(STAGE("a", "4", "s", HALF_A_SECOND));
static const char stages_2[] =
    TRAVEL(STAGE("a", "4", "s", HALF_A_SECOND) STAGE("b", "4", "a", HALF_A_SECOND));
static const char channels_uniform[] =
    TRAVEL(STAGE("sink", "1", "s", "{\"dist\": \"uniform\", \"low\": \"0 s\", \"high\": \"1 s\"}"));
static const char channels_exponential[] =
    TRAVEL(STAGE("sink", "1", "s", "{\"dist\": \"exponential\", \"mean\": \"1 s\"}"));

static const char writes[] = "{\"job\": {\"operators\": [" SOURCE(
    "50") "]},"
          " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"100 s\", \"mode\": "
          "\"async\", "
          "\"cost\": {\"dist\": \"exponential\", \"mean\": \"2 s\"}},"
          " \"run\": {\"duration\": \"200000 s\"}}";

/* ---- rows ---- */

#define ALIGNED(what, total)                                                                       \
    {                                                                                              \
        what, RATIO, aligned_of, .expected = (total), .over = rounds_of                            \
    }
#define CHANNELS(scenario, spread, blocked)                                                        \
    {                                                                                              \
        .id = "C4", .base = (scenario), .n = 20,                                                   \
        .values = {                                                                                \
            {"E[last - first]", RATIO, alignments_of, .expected = (spread), .over = rounds_of},    \
            {"blocked per channel", RATIO, blocked_of, .expected = (blocked), .over = rounds_of},  \
        },                                                                                         \
    }
#define WRITES(tasks, mean_max)                                                                    \
    {                                                                                              \
        .id = "C3", .base = writes, .sets = {"/job/operators/0/tasks=" tasks}, .n = 20,            \
        .values = {{"v H_n", RATIO, rounds_s_of, .expected = (mean_max), .over = rounds_of}},      \
    }

const struct known_answer known_alignment[] = {
    {.id = "E26", .base = stages_1, .n = 20, .values = {ALIGNED("4 E[aligned], L=1", 4.16666667)}},
    {.id = "E26",
     .base = stages_2,
     .n = 20,
     .values = {ALIGNED("4 E[aligned], L=1 and L=2", 4.16666667 + 4 * 2.38926444)}},
    CHANNELS(channels_uniform, 0.6, 0.3),
    CHANNELS(channels_exponential, 1.83333333, 1.08333333),
    WRITES("50", 2 * 4.49920534),
    WRITES("200", 2 * 5.87803095),
    {.id = NULL},
};
