// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/failure.h"

#include "model/fault_log.h"

static const char *const strike_names[] = {"job",  "process", "container", "node",        "rack",
                                           "zone", "site",    "device",    "coordinator", NULL};
static const char *const loses_names[] = {"memory", "nothing", "contact", "contents", NULL};
static const char *const severity_names[] = {"default", "process", "container", "node",
                                             "rack",    "zone",    "site",      NULL};
static const char *const per_names[] = {"unit", "system", NULL};
static const char *const renew_names[] = {"failed", "all", NULL};
static const char *const clock_names[] = {"default", "wall", "exposed", NULL};
static const char *const redraw_names[] = {"failure", "checkpoint", NULL};
static const char *const exposure_names[] = {"work", "checkpoint", "recovery", "downtime", NULL};
static const char *const trace_node_names[] = {"any", "modulo", "same", NULL};
static const char *const age_names[] = {"fresh", "equilibrium", NULL};

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
        .help = "Which process, node, rack and so on, counted from 0.",
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
        .help =
            "What fails: the job as a whole (the textbook's failure), one of its processes (a "
            "rank, or a task of a stream job), a container of a stream job with all its "
            "tasks, a node of the cluster, all nodes of a rack, a zone or a site, a device of "
            "storage: nothing moves to or from it until it is repaired, and nothing is lost; or "
            "recovery.coordinator.",
        .witness = "stream-racks.json "
                   "/recovery/coordinator={\"time_to_failure\":\"2 min\",\"restart\":\"1 min\"} "
                   "/failures/0/strikes=\"process\"",
    },
    {
        .key = "device",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct failure_params, device),
        .help = "Name of the storage device that fails, where strikes says device.",
        .witness = "batch-device-failures.json /failures/0/device=\"cache\"",
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
        .key = "age",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, age),
        .choices = age_names,
        .fallback = "\"fresh\"",
        .help = "How old units are when the job starts: fresh, or in equilibrium, as old as those "
                "that have failed and been renewed for ever.",
        .source = "Cox, Renewal Theory, 1962: the mean time to the next failure is then E[X^2] / "
                  "(2 E[X])",
        .witness = "batch-cluster.json /failures/0/age=\"equilibrium\"",
    },
    {
        .key = "burst",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct failure_params, burst),
        .fields = burst_fields,
        .optional = true,
        .help = "A common cause that hits parts of what fails: of a rack, a zone or a site each "
                "node, say, with a probability. Absent: all of it.",
        .source = "Marshall and Olkin 1967",
        .witness = "batch-burst.json /failures/1/burst={\"share\":0.01}",
    },
    {
        .key = "cascade",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct failure_params, cascade),
        .fields = cascade_fields,
        .optional = true,
        .help = "Failures that a failure brings about: others of its kind in the same domain fail "
                "too, as of load that moves on to them. Their clocks run on.",
        .witness = "batch-cascade.json /failures/0/cascade={\"probability\":0.01}",
    },
    {
        .key = "clock",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, clock),
        .choices = clock_names,
        .fallback = "\"default\"",
        .help = "When time_to_failure runs: in wall time, or only in the phases of exposure. "
                "Default: exposed for strikes: job, wall for all others.",
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
                "was; contact: it is cut off for the time of repair, and goes on where it was when "
                "nobody has noticed, else its memory is lost; contents, of a device: what is "
                "stored on it, which else is there again after the repair.",
        .witness = "stream-cut-off.json /failures/0/loses=\"nothing\"",
    },
    {
        .key = "silent",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct failure_params, silent),
        .fallback = "false",
        .help = "A silent error: the state of the job is corrupt from then on, and so are its "
                "checkpoints; the next verification finds out, and the job goes back to the last "
                "checkpoint from before.",
        .source = "Benoit, Cavelan, Robert, Sun 2016",
        .witness = "batch-silent.json /failures/1/silent=false",
    },
    {
        .key = "severity",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct failure_params, severity),
        .choices = severity_names,
        .fallback = "\"default\"",
        .help =
            "The widest domain whose contents the failure destroys: what is stored where it "
            "does not survive that is lost too. Default: what strikes says; of the job, the "
            "process. A node that starts anew has lost its containers, not its disks: container.",
        .witness = "batch-levels.json /failures/1/severity=\"process\"",
    },
    {
        .key = "repair",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct failure_params, repair),
        .types = &dist_union,
        .help =
            "Time a failed node is down before it can host tasks again, or all nodes of a failed "
            "rack, zone or site, or a device; the clock of what failed stands still. A node that "
            "several failures took down is up when all are repaired. Of the coordinator: in place "
            "of its detector and restart. Absent: the outage that a trace records, where it does; "
            "else none.",
        .witness = "batch-cluster.json /failures/0/repair=\"10 d\"",
    },
    {
        .key = "permanent",
        .kind = FIELD_REAL,
        .offset = offsetof(struct failure_params, permanent),
        .max = 1,
        .fallback = "0",
        .help = "Probability that what failed is never repaired: its nodes do not come back.",
        .witness = "batch-racks.json /failures/0/permanent=\"50 %\"",
    },
    {
        .key = "counts",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct failure_params, counts),
        .fallback = "true",
        .help = "Whether it counts among the failures that recovery.retries limits. What an engine "
                "takes for no fault of the job, such as a node that is lost, does not.",
        .source = "Samza: exits aborted, preempted, disk fail; Spark: countTowardsTaskFailures",
        .witness = "stream-scheduler.json /recovery/retries/max=1 "
                   "/failures/1={\"strikes\":\"process\",\"at\":[\"1 min\",\"2 min\"]} "
                   "/failures/1/counts=false",
    },
    {
        .key = "prediction",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct failure_params, prediction),
        .fields = prediction_fields,
        .optional = true,
        .shorthand_key = "lead",
        .help =
            "Alarms before failures, and what checkpoint.on_alarm makes of them: a predictor's, "
            "or the warning before a spot instance is taken back. A duration is that of the "
            "lead: every failure is foretold, and no other.",
        .witness = "batch-spot.json /failures/0/prediction=\"1 s\"",
    },
    {
        .key = "slows",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct failure_params, slows),
        .fields = slows_fields,
        .optional = true,
        .help = "A straggler in place of a failure: what is struck loses nothing, but works more "
                "slowly for a time. A batch job, in lock-step, goes as slowly as its slowest rank; "
                "of a stream job the tasks that are struck. What is on a slow node is slow until "
                "it restarts elsewhere.",
        .witness = "batch-stragglers.json /failures/0/slows={\"to\":0.9,\"for\":\"1 min\"}",
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

enum domain failure_domain(const struct failure_params *failure)
{
    static const enum domain domain_of[] = {
        [STRIKES_JOB] = DOMAIN_PROCESS,         [STRIKES_PROCESS] = DOMAIN_PROCESS,
        [STRIKES_CONTAINER] = DOMAIN_CONTAINER, [STRIKES_NODE] = DOMAIN_NODE,
        [STRIKES_RACK] = DOMAIN_RACK,           [STRIKES_ZONE] = DOMAIN_ZONE,
        [STRIKES_SITE] = DOMAIN_SITE,           [STRIKES_DEVICE] = DOMAIN_NONE,
        [STRIKES_COORDINATOR] = DOMAIN_NONE,
    };
    return domain_of[failure->strikes];
}

bool failure_strikes_tasks(const struct failure_params *failure)
{
    return failure->strikes < STRIKES_DEVICE;
}

bool failure_strikes_nodes(const struct failure_params *failure)
{
    return failure_domain(failure) >= DOMAIN_NODE;
}

const char *failure_strikes_at(size_t i)
{
    return i < STRIKES_DEVICE ? strike_names[i] : NULL;
}

enum domain failure_severity(const struct failure_params *failure)
{
    if (failure->loses == LOSES_NOTHING)
        return DOMAIN_NONE;
    return failure->severity > 0 ? (enum domain)(failure->severity - 1) : failure_domain(failure);
}

bool failure_slows(const struct failure_params *failure)
{
    return dist_is_given(&failure->slows.duration);
}

bool failure_is_repaired(const struct failure_params *failure)
{
    return failure_strikes_nodes(failure) || !failure_strikes_tasks(failure) ||
           failure_is_cut(failure);
}

bool failure_repairs_at_once(const struct failure_params *failure)
{
    double repair_s;
    if (failure_slows(failure))
        return true;
    if (failure->permanent > 0)
        return false;
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

bool failure_is_cut(const struct failure_params *failure)
{
    return failure->loses == LOSES_CONTACT;
}

bool failure_is_capacity(const struct failure_params *failure)
{
    return failure->trace.log.variant && fault_log_of(&failure->trace.log)->is_capacity;
}
