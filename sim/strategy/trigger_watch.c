// SPDX-License-Identifier: GPL-3.0-or-later
/* Triggers of stream jobs that look at what goes on while the job runs. */
#include <math.h>

#include "model/analytic.h"
#include "strategy/trigger.h"

/* Times that were added up may differ from what they stand for by rounding. */
static const double ROUNDING = 1e-9;

static bool has_come(double time_s, double now_s)
{
    return time_s <= now_s + ROUNDING * fmax(1, now_s);
}

/* ---- after completion ---- */

struct pause_params {
    double pause_s;
};

static const struct field pause_fields[] = {
    {
        .key = "pause",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct pause_params, pause_s),
        .max = 1e12,
        .above_min = true,
        .required = true,
        .help = "From the end of a checkpoint, committed or given up, to the next.",
        .witness = "stream-words.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"after_completion\",\"pause\":\"10 s\"} "
                   "/checkpoint/trigger/pause=\"20 s\"",
    },
    {0},
};

static bool plan_after_completion(void *params, const struct plan_facts *facts, const char *pointer,
                                  struct err *err, double *interval_s)
{
    *interval_s = ((const struct pause_params *)params)->pause_s;
    return trigger_of_streams(facts, pointer, err) && trigger_find_interval(facts, pointer, err);
}

const struct trigger_ops trigger_after_completion = {
    .variant =
        {
            .name = "after_completion",
            .help = "Stream jobs: a while after the last one has committed, or was given up.",
            .size = sizeof(struct pause_params),
            .fields = pause_fields,
        },
    .plan = plan_after_completion,
    .from_end = true,
};

/* ---- count, bytes ---- */

struct watch_params {
    uint64_t messages;
    double bytes;
    double poll_s;
};

static const struct field count_fields[] = {
    {
        .key = "messages",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct watch_params, messages),
        .min = 1,
        .max = 1e15,
        .required = true,
        .help = "Messages that are processed from one checkpoint to the next; of a whole job, by "
                "the operators that read sources.",
        .witness = "stream-words.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"count\",\"messages\":2000} "
                   "/checkpoint/trigger/messages=5000",
    },
    {
        .key = "poll",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct watch_params, poll_s),
        .max = 1e6,
        .above_min = true,
        .fallback = "\"100 ms\"",
        .help = "How often the number of messages is looked at.",
        .witness = "stream-words.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"count\",\"messages\":2000} "
                   "/checkpoint/trigger/poll=\"3 s\"",
    },
    {0},
};

static const struct field bytes_fields[] = {
    {
        .key = "bytes",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct watch_params, bytes),
        .max = 1e21,
        .above_min = true,
        .required = true,
        .help = "Bytes of messages that are processed from one checkpoint to the next; of a whole "
                "job, by the operators that read sources.",
        .witness = "stream-logs.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"bytes\",\"bytes\":\"200 kB\"} "
                   "/checkpoint/trigger/bytes=\"1 MB\"",
    },
    {
        .key = "poll",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct watch_params, poll_s),
        .max = 1e6,
        .above_min = true,
        .fallback = "\"100 ms\"",
        .help = "How often the number of bytes is looked at.",
        .witness = "stream-logs.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"bytes\",\"bytes\":\"200 kB\"} "
                   "/checkpoint/trigger/poll=\"3 s\"",
    },
    {0},
};

static bool plan_watch(void *params, const struct plan_facts *facts, const char *pointer,
                       struct err *err, double *interval_s)
{
    *interval_s = ((const struct watch_params *)params)->poll_s;
    return trigger_of_streams(facts, pointer, err) && trigger_find_interval(facts, pointer, err);
}

static double watch_next_s(const void *params, const struct trigger_view *view, struct rng *rng)
{
    (void)view;
    (void)rng;
    return ((const struct watch_params *)params)->poll_s;
}

static enum trigger_answer ask_count(const void *params, const struct trigger_view *view)
{
    return view->messages >= ((const struct watch_params *)params)->messages ? TRIGGER_FIRES
                                                                             : TRIGGER_WAITS;
}

static enum trigger_answer ask_bytes(const void *params, const struct trigger_view *view)
{
    return view->bytes >= ((const struct watch_params *)params)->bytes ? TRIGGER_FIRES
                                                                       : TRIGGER_WAITS;
}

const struct trigger_ops trigger_count = {
    .variant =
        {
            .name = "count",
            .help = "Stream jobs: after so many messages, looked at in short intervals.",
            .source = "Samza before 0.13, task.checkpoint.interval; Kafka Streams, 10,000 offsets",
            .size = sizeof(struct watch_params),
            .fields = count_fields,
        },
    .plan = plan_watch,
    .next_s = watch_next_s,
    .ask = ask_count,
    .polls = true,
};

const struct trigger_ops trigger_bytes = {
    .variant =
        {
            .name = "bytes",
            .help = "Stream jobs: after so many bytes of messages, looked at in short intervals.",
            .source = "HDFS checkpoints its edit log by count and age",
            .size = sizeof(struct watch_params),
            .fields = bytes_fields,
        },
    .plan = plan_watch,
    .next_s = watch_next_s,
    .ask = ask_bytes,
    .polls = true,
};

/* ---- planned ---- */

struct planned_params {
    struct list at; /* of double, s since the start of the run */
    bool restart;
    double spacing_s;
};

static const struct field planned_time = {
    .key = "time",
    .kind = FIELD_REAL,
    .dimension = DIMENSION_TIME,
    .max = 1e12,
    .help = "Time since the start of the run.",
};

static const struct field planned_fields[] = {
    {
        .key = "at",
        .kind = FIELD_LIST,
        .offset = offsetof(struct planned_params, at),
        .element = &planned_time,
        .element_size = sizeof(double),
        .required = true,
        .help = "When, counted from the start of the run.",
        .witness = "stream-words.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"planned\",\"at\":[\"20 s\"]} "
                   "/checkpoint/trigger/at=[\"20 s\",\"50 s\"]",
    },
    {
        .key = "restart",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct planned_params, restart),
        .fallback = "false",
        .help = "Whether the tasks stop at the checkpoint, and restart from it when it commits: a "
                "savepoint before an upgrade.",
        .source = "Flink, stop-with-savepoint",
        .witness = "stream-words.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"planned\",\"at\":[\"20 s\"]} "
                   "/checkpoint/trigger/restart=true",
    },
    {
        .key = "spacing",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct planned_params, spacing_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help = "Where tasks or containers checkpoint on their own, how long after the one before "
                "it each has its turn: with restart, a rolling restart.",
        .witness = "stream-logs.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"planned\",\"at\":[\"20 s\"]} "
                   "/checkpoint/trigger/spacing=\"5 s\"",
    },
    {0},
};

static bool plan_planned(void *params, const struct plan_facts *facts, const char *pointer,
                         struct err *err, double *interval_s)
{
    const struct planned_params *planned = params;
    *interval_s = (double)INFINITY;
    if (planned->spacing_s > 0 && facts->is_stream && !facts->on_their_own)
        return err_add(err, pointer,
                       "spacing lies between tasks or containers that checkpoint on their own; "
                       "here all of the job do so together");
    return trigger_of_streams(facts, pointer, err) && trigger_find_interval(facts, pointer, err);
}

/* The first of the times that is later than now; infinity: none is. */
static double planned_next_s(const void *params, const struct trigger_view *view, struct rng *rng)
{
    const struct planned_params *planned = params;
    const double *at_s = planned->at.items;
    double next_s = (double)INFINITY;
    (void)rng;
    for (size_t i = 0; i < planned->at.n; i++) {
        double time_s = at_s[i] + (double)view->index * planned->spacing_s;
        if (!has_come(time_s, view->now_s))
            next_s = fmin(next_s, time_s - view->now_s);
    }
    return next_s;
}

static enum trigger_answer ask_planned(const void *params, const struct trigger_view *view)
{
    const struct planned_params *planned = params;
    const double *at_s = planned->at.items;
    for (size_t i = 0; i < planned->at.n; i++) {
        double time_s = at_s[i] + (double)view->index * planned->spacing_s;
        if (has_come(time_s, view->now_s) && has_come(view->now_s, time_s))
            return planned->restart ? TRIGGER_STOPS : TRIGGER_FIRES;
    }
    return TRIGGER_WAITS;
}

static bool planned_stops(const void *params)
{
    return ((const struct planned_params *)params)->restart;
}

const struct trigger_ops trigger_planned = {
    .variant =
        {
            .name = "planned",
            .help = "Stream jobs: at given times; and the job may restart from the checkpoint "
                    "then.",
            .source = "Flink, savepoints",
            .size = sizeof(struct planned_params),
            .fields = planned_fields,
        },
    .plan = plan_planned,
    .next_s = planned_next_s,
    .ask = ask_planned,
    .stops = planned_stops,
};

/* ---- any of several ---- */

struct any_part {
    struct tagged trigger;
    double interval_s; /* that it has planned */
};

struct any_params {
    struct list of; /* of struct any_part */
};

static const struct field any_element = {
    .key = "trigger",
    .kind = FIELD_UNION,
    .offset = offsetof(struct any_part, trigger),
    .types = &trigger_part_union,
    .help = "A trigger.",
};

static const struct field any_fields[] = {
    {
        .key = "of",
        .kind = FIELD_LIST,
        .offset = offsetof(struct any_params, of),
        .element = &any_element,
        .element_size = sizeof(struct any_part),
        .required = true,
        .help = "Triggers, of which the soonest decides.",
        .witness = "stream-words.json /checkpoint/trigger={\"kind\":\"any_of\",\"of\":"
                   "[{\"kind\":\"fixed\"}]} /checkpoint/trigger/of=[{\"kind\":\"fixed\"},"
                   "{\"kind\":\"count\",\"messages\":100}]",
    },
    {0},
};

static const struct trigger_ops *ops_of(const struct any_part *part)
{
    return (const struct trigger_ops *)part->trigger.variant;
}

static bool plan_any(void *params, const struct plan_facts *facts, const char *pointer,
                     struct err *err, double *interval_s)
{
    struct any_params *any = params;
    struct any_part *parts = any->of.items;
    bool ok = trigger_of_streams(facts, pointer, err);
    bool takes_interval = false;
    *interval_s = (double)INFINITY;
    if (any->of.n == 0)
        ok = err_add(err, pointer, "any_of needs at least one trigger");
    for (size_t i = 0; ok && i < any->of.n; i++) {
        struct plan_facts own = *facts;
        if (ops_of(&parts[i])->takes_interval)
            takes_interval = true;
        else
            own.interval_s = (double)NAN;
        ok = ops_of(&parts[i])->plan(parts[i].trigger.params, &own, pointer, err,
                                     &parts[i].interval_s);
        *interval_s = fmin(*interval_s, parts[i].interval_s);
    }
    return ok && (takes_interval || trigger_find_interval(facts, pointer, err));
}

static double any_next_s(const void *params, const struct trigger_view *view, struct rng *rng)
{
    const struct any_params *any = params;
    const struct any_part *parts = any->of.items;
    double next_s = (double)INFINITY;
    for (size_t i = 0; i < any->of.n; i++) {
        const struct trigger_ops *ops = ops_of(&parts[i]);
        next_s = fmin(next_s, ops->ask ? ops->next_s(parts[i].trigger.params, view, rng)
                                       : fmax(parts[i].interval_s - view->since_s, 0));
    }
    return next_s;
}

static enum trigger_answer ask_any(const void *params, const struct trigger_view *view)
{
    const struct any_params *any = params;
    const struct any_part *parts = any->of.items;
    enum trigger_answer answer = TRIGGER_WAITS;
    for (size_t i = 0; i < any->of.n; i++) {
        const struct trigger_ops *ops = ops_of(&parts[i]);
        enum trigger_answer own = TRIGGER_WAITS;
        if (ops->ask)
            own = ops->ask(parts[i].trigger.params, view);
        else if (has_come(view->now_s - view->since_s + parts[i].interval_s, view->now_s))
            own = TRIGGER_FIRES;
        answer = own > answer ? own : answer;
    }
    return answer;
}

static bool any_stops(const void *params)
{
    const struct any_params *any = params;
    const struct any_part *parts = any->of.items;
    for (size_t i = 0; i < any->of.n; i++)
        if (ops_of(&parts[i])->stops && ops_of(&parts[i])->stops(parts[i].trigger.params))
            return true;
    return false;
}

const struct trigger_ops trigger_any_of = {
    .variant =
        {
            .name = "any_of",
            .help = "Stream jobs: whichever of several triggers comes first; all count anew then.",
            .size = sizeof(struct any_params),
            .fields = any_fields,
        },
    .plan = plan_any,
    .next_s = any_next_s,
    .ask = ask_any,
    .polls = true,
    .stops = any_stops,
};
