// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/failure.h"

#include "model/fault_log.h"

static const char *const strike_names[] = {"job", "process", "container", "node", NULL};
static const char *const loses_names[] = {"memory", "nothing", NULL};
static const char *const per_names[] = {"unit", "system", NULL};
static const char *const renew_names[] = {"failed", "all", NULL};
static const char *const clock_names[] = {"default", "wall", "exposed", NULL};
static const char *const redraw_names[] = {"failure", "checkpoint", NULL};
static const char *const exposure_names[] = {"work", "checkpoint", "recovery", "downtime", NULL};
static const char *const trace_node_names[] = {"any", "modulo", "same", NULL};

static const struct field fixed_offset_fields[] = {
    {
        .key = "at",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct offset_params, at_s),
        .max = 1e12,
        .required = true,
        .help = "Position in the trace, from its first event, that is the job's time 0.",
        .witness = "batch-traces.json /failures/2/trace/offset/at=\"1 d\"",
    },
    {0},
};

static const struct variant fixed_offset = {
    .name = "fixed",
    .help = "The same position in every replication.",
    .size = sizeof(struct offset_params),
    .fields = fixed_offset_fields,
};

static const struct variant random_offset = {
    .name = "random",
    .help = "A uniform position of each replication's own.",
};

static const struct variant *const offsets[] = {&fixed_offset, &random_offset, NULL};

static const struct union_type offset_union = {
    .name = "offset",
    .tag = "kind",
    .variants = offsets,
    .shorthand = &fixed_offset,
    .shorthand_key = "at",
};

static const struct field replay_fields[] = {
    {
        .key = "log",
        .kind = FIELD_UNION,
        .offset = offsetof(struct replay_params, log),
        .types = &fault_log_union,
        .required = true,
        .help = "The file, and how to read it.",
        .witness = "batch-trace.json /failures/0/trace/log="
                   "{\"format\":\"words\",\"file\":\"traces/made-up-syslog.txt\"}",
    },
    {
        .key = "offset",
        .kind = FIELD_UNION,
        .offset = offsetof(struct replay_params, offset),
        .types = &offset_union,
        .fallback = "\"0 s\"",
        .help = "Where in the trace the job starts: a time, or random.",
        .witness = "batch-trace.json /failures/0/trace/offset=\"2 d\"",
    },
    {
        .key = "repeat",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct replay_params, repeat),
        .fallback = "false",
        .help = "Start the trace anew at its end, one mean gap after the last event.",
        .witness =
            "batch-trace.json /failures/0/trace/repeat=false /failures/0/trace/offset=\"395 d\"",
    },
    {
        .key = "nodes",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct replay_params, nodes),
        .choices = trace_node_names,
        .fallback = "\"any\"",
        .help = "any: every event hits the job, whatever its node; modulo: the trace's nodes, in "
                "order of appearance, onto the cluster's, round and round; same: node k of the "
                "trace is node k, events of others are ignored.",
        .witness = "batch-traces.json /failures/0/trace/nodes=\"same\"",
    },
    {
        .key = "equal_times",
        .kind = FIELD_UNION,
        .offset = offsetof(struct replay_params, equal_times),
        .types = &equal_times_union,
        .fallback = "\"keep\"",
        .help = "What to make of events at the same, or nearly the same, time.",
        .witness = "batch-trace.json "
                   "/failures/0/trace/equal_times={\"rule\":\"coalesce\",\"within\":\"1 d\"}",
    },
    {0},
};

static const struct field scripted_fields[] = {
    {
        .key = "time",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct scripted_failure, time_s),
        .max = 1e12,
        .required = true,
        .help = "When it fails, from the start of the job.",
        .witness = "batch-cluster.json /failures/1/at/0/time=\"5 d\"",
    },
    {
        .key = "unit",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct scripted_failure, unit),
        .max = 1e7,
        .fallback = "0",
        .help = "Which process or node, counted from 0.",
        .witness = "batch-cluster.json /failures/1/at/0/unit=65",
    },
    {0},
};

static const struct field scripted_element = {
    .key = "at",
    .kind = FIELD_OBJECT,
    .fields = scripted_fields,
    .shorthand_key = "time",
    .help = "An instant, or {\"time\": ..., \"unit\": ...}.",
};

const struct field failure_fields[] = {
    {
        .key = "strikes",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, strikes),
        .choices = strike_names,
        .fallback = "\"job\"",
        .help = "What fails: the job as a whole (the textbook's failure), one of its processes (a "
                "rank, or a task of a stream job), a container of a stream job with all its "
                "tasks, or a node of the cluster.",
        .witness = "stream-words.json /failures/0/strikes=\"process\"",
    },
    {
        .key = "time_to_failure",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct failure_params, time_to_failure),
        .types = &dist_union,
        .help = "Law of the time from repair to the next failure, of one unit unless per says "
                "system.",
        .witness = "batch-exponential.json /failures/0/time_to_failure=\"1 d\"",
    },
    {
        .key = "at",
        .kind = FIELD_LIST,
        .offset = offsetof(struct failure_params, at),
        .element = &scripted_element,
        .element_size = sizeof(struct scripted_failure),
        .help = "Scripted failures, in place of a law.",
        .witness = "batch-scripted.json /failures/0/at=[\"26 s\"]",
    },
    {
        .key = "trace",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct failure_params, trace),
        .fields = replay_fields,
        .optional = true,
        .help = "Replay of recorded failures, in place of a law.",
        .witness = "batch-trace.json /failures/0/trace="
                   "{\"log\":{\"format\":\"words\",\"file\":\"traces/made-up-syslog.txt\"}}",
    },
    {
        .key = "per",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, per),
        .choices = per_names,
        .fallback = "\"unit\"",
        .help = "Whether time_to_failure is that of each unit, or of all of them together (a "
                "failure then hits one at random).",
        .witness = "batch-cluster.json /failures/0/per=\"system\"",
    },
    {
        .key = "renew",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, renew),
        .choices = renew_names,
        .fallback = "\"failed\"",
        .help = "Whose age starts anew at a failure: the failed unit's, or that of all units.",
        .source =
            "Bougeret et al. 2011, rejuvenation: fresh Weibull nodes fail far more often at first",
        .witness = "batch-cluster.json /failures/0/renew=\"all\"",
    },
    {
        .key = "clock",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, clock),
        .choices = clock_names,
        .fallback = "\"default\"",
        .help = "When time_to_failure runs: in wall time, or only in the phases of exposure. "
                "Default: exposed for strikes: job, wall for processes and nodes.",
        .source = "S2, scenarios/README.md",
        .witness = "batch-weibull.json /failures/0/clock=\"wall\"",
    },
    {
        .key = "redraw",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, redraw),
        .choices = redraw_names,
        .fallback = "\"failure\"",
        .help = "When the time to the next failure is drawn anew: at a failure only, or also at "
                "each checkpoint. The latter is unphysical, but published models do it (S2).",
        .source = "S2, scenarios/README.md",
        .witness = "batch-weibull.json /failures/0/redraw=\"checkpoint\"",
    },
    {
        .key = "exposure",
        .kind = FIELD_FLAGS,
        .offset = offsetof(struct failure_params, exposure),
        .choices = exposure_names,
        .fallback = "[\"work\", \"checkpoint\", \"recovery\"]",
        .help = "Phases in which a failure strikes the job (S1); recovery is restart delay and "
                "restore, downtime is detection, downtime and waiting for nodes.",
        .source = "S1, scenarios/README.md",
        .witness = "batch-exponential.json /failures/0/exposure=[\"work\"]",
    },
    {
        .key = "loses",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, loses),
        .choices = loses_names,
        .fallback = "\"memory\"",
        .help = "What the failure destroys. memory: all that was not checkpointed; nothing: what "
                "failed stands still until it is detected and restarted, then goes on where it "
                "was.",
        .witness = "stream-words.json /failures/0/loses=\"nothing\"",
    },
    {
        .key = "repair",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct failure_params, repair),
        .types = &dist_union,
        .help = "Time a failed node is down before it can host tasks again; its clock stands "
                "still. Absent: the outage that a trace records, where it does; else none.",
        .witness = "batch-cluster.json /failures/0/repair=\"10 d\"",
    },
    {0},
};

const struct field failure_element = {
    .key = "failure",
    .kind = FIELD_OBJECT,
    .fields = failure_fields,
    .help = "A failure process: a law, a script or a trace, and what it strikes.",
};

const char *failure_strikes_name(const struct failure_params *failure)
{
    return strike_names[failure->strikes];
}

bool failure_repairs_at_once(const struct failure_params *failure)
{
    double repair_s;
    if (dist_is_given(&failure->repair))
        return dist_is_constant(&failure->repair, &repair_s) && repair_s <= 0;
    if (!failure->trace.log.variant)
        return true;
    const struct fault_log *log = fault_log_of(&failure->trace.log);
    for (size_t i = 0; i < log->n_events; i++)
        if (log->events[i].duration_s > 0)
            return false;
    return true;
}
