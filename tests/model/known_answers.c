// SPDX-License-Identifier: GPL-3.0-or-later
#include "known_answers.h"

/* ---- scenarios ---- */

const char textbook[] = "{\"job\": {\"work\": \"1 h\"},"
                        " \"checkpoint\": {\"interval\": \"10 min\", \"cost\": \"1 min\"},"
                        " \"failures\": [{\"time_to_failure\":"
                        "                 {\"dist\": \"exponential\", \"mean\": \"1 h\"}}],"
                        " \"recovery\": {\"downtime\": \"0 s\", \"restore\": \"0 s\"}}";

const char scripted[] = "{\"job\": {\"work\": \"100 s\"},"
                        " \"checkpoint\": {\"interval\": \"10 s\", \"cost\": \"1 s\"},"
                        " \"failures\": [{\"at\": [\"25 s\"]}],"
                        " \"recovery\": {\"downtime\": \"3 s\", \"restore\": \"2 s\"}}";

const char incremental[] =
    "{\"job\": {\"work\": \"300 s\"},"
    " \"checkpoint\": {\"strategy\": \"incremental\", \"interval\": \"300 s\", \"cost\": \"60 s\","
    "                  \"content\": {\"base_every\": 1, \"cost\": \"6 s\", \"restore\": \"12 s\"}},"
    " \"failures\": [{\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"7200 s\"}}],"
    " \"recovery\": {\"downtime\": \"30 s\", \"restore\": \"60 s\"}}";

const char barrier[] =
    "{\"job\": {\"work\": \"500 s\", \"tasks\": 2},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"500 s\","
    "                  \"cost\": {\"dist\": \"exponential\", \"mean\": \"10 s\"}}}";

const char horizon[] =
    "{\"job\": {\"work\": \"1 s\"}, \"checkpoint\": {\"strategy\": \"none\"},"
    " \"failures\": [{\"clock\": \"wall\", \"exposure\": [],"
    "                 \"time_to_failure\": {\"dist\": \"weibull\", \"mean\": \"1 s\", \"shape\": 1}"
    "                }]}";

const char first[] =
    "{\"job\": {\"work\": \"1e12 s\"}, \"checkpoint\": {\"strategy\": \"none\"},"
    " \"failures\": [{\"strikes\": \"node\","
    "                 \"time_to_failure\": {\"dist\": \"weibull\", \"mean\": \"1 s\", \"shape\": 1}"
    "                }],"
    " \"recovery\": {\"downtime\": \"1e12 s\"}, \"run\": {\"time_limit\": \"1e9 s\"}}";

/* ---- quantities ---- */

#define QUANTITY_OF_METRIC(name, metric)                                                           \
    double name(const struct metrics *metrics, const struct model *model)                          \
    {                                                                                              \
        (void)model;                                                                               \
        return metrics->value[metric];                                                             \
    }

QUANTITY_OF_METRIC(makespan_of, M_MAKESPAN)
QUANTITY_OF_METRIC(failures_of, M_FAILURES)
QUANTITY_OF_METRIC(ignored_of, M_FAILURES_IGNORED)
QUANTITY_OF_METRIC(first_work_of, M_TIME_WORK)
QUANTITY_OF_METRIC(checkpointing_of, M_TIME_CHECKPOINT)
QUANTITY_OF_METRIC(recovering_of, M_TIME_RECOVERY)
QUANTITY_OF_METRIC(down_of, M_TIME_DOWN)
QUANTITY_OF_METRIC(lost_of, M_LOST_WORK)
QUANTITY_OF_METRIC(availability_of, M_AVAILABILITY)
QUANTITY_OF_METRIC(committed_of, M_CHECKPOINTS_COMMITTED)
QUANTITY_OF_METRIC(skipped_of, M_CHECKPOINTS_SKIPPED)
QUANTITY_OF_METRIC(declined_of, M_CHECKPOINTS_DECLINED)
QUANTITY_OF_METRIC(errors_found_of, M_ERRORS_FOUND)
QUANTITY_OF_METRIC(written_of, M_CHECKPOINT_BYTES)
QUANTITY_OF_METRIC(duration_of, M_CHECKPOINT_DURATION)
QUANTITY_OF_METRIC(stall_of, M_CHECKPOINT_STALL)
QUANTITY_OF_METRIC(alignment_of, M_CHECKPOINT_ALIGNMENT)
QUANTITY_OF_METRIC(detection_of, M_DETECT)

double struck_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_FAILURES] + metrics->value[M_FAILURES_IGNORED];
}

double working_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return metrics->value[M_TIME_WORK] + metrics->value[M_TIME_REWORK];
}

double useful_of(const struct metrics *metrics, const struct model *model)
{
    (void)model;
    return (1 - metrics->value[M_WASTE]) * metrics->value[M_MAKESPAN];
}

double interval_of(const struct metrics *metrics, const struct model *model)
{
    (void)metrics;
    return model->checkpoint.planned_interval_s;
}
