// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/fault_log.h"
#include "model/theory.h"

static const char *const ties_names[] = {"completion_first", "failure_first", NULL};

const struct field cluster_fields[] = {
    {
        .key = "nodes",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cluster_params, nodes),
        .min = 1,
        .max = 1e7,
        .help = "Nodes of the cluster; those that host no task are spares. Absent: as many as the "
                "tasks need.",
        .witness = "batch-cluster.json /cluster/nodes=64",
    },
    {
        .key = "slots_per_node",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cluster_params, slots_per_node),
        .min = 1,
        .max = 1e7,
        .fallback = "1",
        .help = "Tasks that a node can host.",
        .witness = "batch-cluster.json /cluster/slots_per_node=32",
    },
    {0},
};

const struct field run_fields[] = {
    {
        .key = "replications",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct run_params, replications),
        .min = 1,
        .max = 1e7,
        .fallback = "30",
        .help = "Independent repetitions.",
        .witness = "batch-exponential.json /run/replications=10",
    },
    {
        .key = "seed",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct run_params, seed),
        .max = 0x1p53 - 1, /* all whole numbers up to here are exact in JSON */
        .fallback = "1",
        .help = "Master seed of all random streams.",
        .witness = "batch-exponential.json /run/seed=2",
    },
    {
        .key = "time_limit",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct run_params, time_limit_s),
        .max = 1e15,
        .above_min = true,
        .help = "A replication that is not done by then is cut off and counted as unfinished. "
                "Absent: 1000 times the work.",
        .witness = "batch-exponential.json /run/time_limit=\"33 d\"",
    },
    {
        .key = "ties",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct run_params, ties),
        .choices = ties_names,
        .fallback = "\"completion_first\"",
        .help = "Which of a completion and a failure at the same instant comes first (S8).",
        .source = "S8, scenarios/README.md",
        .witness = "batch-scripted.json /run/ties=\"failure_first\" /failures/0/at=[\"11 s\"]",
    },
    {0},
};

uint64_t model_nodes_needed(const struct model *model)
{
    uint64_t slots = model->cluster.slots_per_node;
    return (model->job.tasks + slots - 1) / slots;
}

const struct device_params *model_device(const struct model *model, const char *name)
{
    const struct device_params *devices = model->storage.items;
    for (size_t i = 0; i < model->storage.n; i++)
        if (strcmp(devices[i].name, name) == 0)
            return &devices[i];
    return NULL;
}

/* ---- failures ---- */

/* Equal times keep the order of the scenario, whatever qsort() does with them. */
static int by_time(const void *a, const void *b)
{
    const struct scripted_failure *x = a;
    const struct scripted_failure *y = b;
    if (x->time_s < y->time_s || y->time_s < x->time_s)
        return x->time_s < y->time_s ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static void prepare_repair(const struct failure_params *failure, const char *pointer,
                           struct err *err)
{
    if (failure->strikes == STRIKES_NODE || !dist_is_given(&failure->repair))
        return;
    char *repair = mem_format("%s/repair", pointer);
    err_warn(err, repair,
             "only nodes are repaired: this has no effect where a failure strikes a %s",
             failure_strikes_name(failure));
    free(repair);
}

static void prepare_law(const struct failure_params *failure, const char *pointer, struct err *err)
{
    if (dist_is_given(&failure->time_to_failure) && !(dist_mean(&failure->time_to_failure) > 0))
        (void)err_add(err, pointer, "the mean time to failure must be above 0");
    if (failure->redraw == REDRAW_CHECKPOINT && !dist_is_given(&failure->time_to_failure))
        (void)err_add(err, pointer, "redraw: checkpoint needs a time_to_failure");
}

uint64_t model_units(const struct model *model, const struct failure_params *failure)
{
    switch ((enum strikes)failure->strikes) {
    case STRIKES_PROCESS:
        return model->job.tasks;
    case STRIKES_NODE:
        return model->cluster.nodes;
    case STRIKES_JOB:
    default:
        return 1;
    }
}

static void prepare_script(const struct model *model, struct failure_params *failure,
                           const char *pointer, struct err *err)
{
    uint64_t n_units = model_units(model, failure);
    struct scripted_failure *script = failure->at.items;
    for (size_t i = 0; i < failure->at.n; i++) {
        script[i].order = i;
        if (script[i].unit < n_units)
            continue;
        char *unit = mem_format("%s/at/%zu/unit", pointer, i);
        (void)err_add(err, unit, "%llu is outside [0, %llu], the units that strikes: %s has",
                      (unsigned long long)script[i].unit, (unsigned long long)n_units - 1,
                      failure_strikes_name(failure));
        free(unit);
    }
    if (failure->at.n > 1)
        qsort(script, failure->at.n, sizeof *script, by_time);
}

static void prepare_trace(const struct failure_params *failure, const char *pointer,
                          struct err *err)
{
    if (!failure->trace.log.variant || !failure->trace.repeat)
        return;
    const struct fault_log *log = fault_log_of(&failure->trace.log);
    if (log->n_events == 0 || log->span_s > 0) /* none: the file was not to be opened */
        return;
    char *repeat = mem_format("%s/trace/repeat", pointer);
    (void)err_add(err, repeat, "a trace with all its events at one time cannot be repeated");
    free(repeat);
}

static void prepare_failure(const struct model *model, struct failure_params *failure,
                            const char *pointer, struct err *err)
{
    int given = dist_is_given(&failure->time_to_failure) + (failure->at.n > 0) +
                (failure->trace.log.variant != NULL);
    if (given != 1)
        (void)err_add(err, pointer,
                      "a failure process needs exactly one of time_to_failure, at and trace; "
                      "this one has %d",
                      given);
    prepare_law(failure, pointer, err);
    prepare_repair(failure, pointer, err);
    if (failure->clock == CLOCK_DEFAULT)
        failure->clock = failure->strikes == STRIKES_JOB && dist_is_given(&failure->time_to_failure)
                             ? CLOCK_EXPOSED
                             : CLOCK_WALL;
    if (failure->clock == CLOCK_EXPOSED && !dist_is_given(&failure->time_to_failure))
        (void)err_add(err, pointer,
                      "scripts and traces are in wall time; clock: exposed is for "
                      "time_to_failure");
    prepare_script(model, failure, pointer, err);
    prepare_trace(failure, pointer, err);
}

static void prepare_failures(struct model *model, struct err *err)
{
    struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        char *pointer = mem_format("/failures/%zu", i);
        prepare_failure(model, &failures[i], pointer, err);
        free(pointer);
    }
}

/* ---- checkpoints ---- */

static void prepare_device(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct device_params *device = model_device(model, checkpoint->device);
    if (!device) {
        (void)err_add(err, "/checkpoint/device", "no device '%s' in storage", checkpoint->device);
        return;
    }
    if (dist_is_given(&checkpoint->cost))
        (void)err_add(err, "/checkpoint/cost",
                      "cost is a direct time in place of writing to a device; "
                      "give cost or device, not both");
    if (!model->job.state.variant)
        (void)err_add(err, "/job/state", "a checkpoint on device '%s' needs the size of the state",
                      checkpoint->device);
    static const char *const verbs[DIRECTIONS] = {"write", "read"};
    for (int d = 0; d < DIRECTIONS; d++)
        if (isnan(device->stream_bytes_per_s[d]) && isnan(device->total_bytes_per_s[d])) {
            char *pointer = mem_format("/storage/%s", device->name);
            (void)err_add(err, pointer, "a device needs stream_%s or total_%s", verbs[d], verbs[d]);
            free(pointer);
        }
}

static void prepare_checkpoint_cost(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (!checkpoint_coordination(checkpoint)->takes_cuts) {
        if (!isnan(checkpoint->interval_s) || dist_is_given(&checkpoint->cost))
            err_warn(err, "/checkpoint",
                     "this strategy takes no checkpoints: interval and cost "
                     "have no effect");
        return;
    }
    if (!checkpoint->device && !dist_is_given(&checkpoint->cost))
        (void)err_add(err, "/checkpoint",
                      "a checkpoint needs a cost, or a device and a job.state to write to it");
    if (checkpoint->mode == CHECKPOINT_SYNC && checkpoint->share > 0)
        (void)err_add(err, "/checkpoint/share", "share belongs to mode: async");
    if (checkpoint->mode == CHECKPOINT_SYNC && dist_mean(&checkpoint->sync) > 0)
        (void)err_add(err, "/checkpoint/sync", "sync belongs to mode: async");
    if (checkpoint->device && checkpoint_delta_cost(checkpoint))
        (void)err_add(err, "/checkpoint/content/cost",
                      "the cost of a delta is a direct time; with a device, job.state.dirty says "
                      "how much is written");
    if (checkpoint->device && checkpoint_delta_restore(checkpoint) &&
        !dist_is_given(&model->recovery.restore))
        (void)err_add(err, "/checkpoint/content/restore",
                      "the time to read a delta comes on top of recovery.restore; with a device in "
                      "its place, job.state.dirty says how much is read");
}

/*
 * More cuts than this come too close together: a clock of 53 bits that has run a thousand times
 * the work would not move from one to the next.
 */
static const double MOST_CHECKPOINTS = 1e12;

static void check_interval(const struct model *model, double cost_s, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    double interval_s = checkpoint->planned_interval_s;
    double n = model->job.work_s / interval_s;
    bool cost_inside =
        checkpoint->timer == TIMER_WALL && checkpoint->interval_from == INTERVAL_FROM_START;
    if (cost_inside && checkpoint->mode == CHECKPOINT_SYNC && interval_s <= cost_s)
        (void)err_add(err, "/checkpoint/interval",
                      "%g s from start to start leaves no time to work: a checkpoint takes %g s",
                      interval_s, cost_s);
    if (!(n <= MOST_CHECKPOINTS))
        (void)err_add(err, "/checkpoint/interval",
                      "a checkpoint every %g s makes %g of them in %g s of work; at most %g are "
                      "simulated",
                      interval_s, n, model->job.work_s, MOST_CHECKPOINTS);
}

/* Work that must be got through in one piece, many times the MTBF, is hardly ever got through. */
static void warn_of_hopeless_jobs(const struct model *model, const struct theory *theory,
                                  struct err *err)
{
    static const double HOPELESS = 14; /* e^-14: one attempt in a million */
    double piece_s = fmin(model->checkpoint.planned_interval_s, model->job.work_s);
    double attempts = (piece_s + theory->cost_s) / theory->mtbf_s;
    if (attempts > HOPELESS)
        err_warn(err, "/job",
                 "%g s of work and checkpoint must pass without a failure, but one comes every "
                 "%g s; the job will hardly ever finish",
                 piece_s + theory->cost_s, theory->mtbf_s);
}

static void plan_interval(struct model *model, struct arena *arena, struct err *err)
{
    struct checkpoint_params *checkpoint = &model->checkpoint;
    struct theory theory;
    theory_of(model, arena, &theory);
    checkpoint->planned_interval_s = (double)INFINITY;
    if (checkpoint_coordination(checkpoint)->takes_cuts) {
        struct plan_facts facts = {
            .interval_s = checkpoint->interval_s,
            .cost_s = theory.cost_s,
            .mtbf_s = theory.mtbf_s,
            .job = theory.applies ? &theory.job : NULL,
        };
        const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
        if (!trigger->plan(checkpoint->trigger.params, &facts, "/checkpoint/trigger", err,
                           &checkpoint->planned_interval_s))
            return;
        check_interval(model, facts.cost_s, err);
    }
    warn_of_hopeless_jobs(model, &theory, err);
}

/* ---- all ---- */

static void prepare_cluster(struct model *model, struct err *err)
{
    uint64_t needed = model_nodes_needed(model);
    if (model->cluster.nodes == 0)
        model->cluster.nodes = needed;
    if (model->cluster.nodes < needed)
        (void)err_add(err, "/cluster/nodes",
                      "%llu nodes of %llu slots cannot host %llu tasks; at least %llu are needed",
                      (unsigned long long)model->cluster.nodes,
                      (unsigned long long)model->cluster.slots_per_node,
                      (unsigned long long)model->job.tasks, (unsigned long long)needed);
}

bool model_prepare(struct model *model, struct arena *arena, struct err *err)
{
    prepare_cluster(model, err);
    prepare_failures(model, err);
    prepare_checkpoint_cost(model, err);
    if (model->checkpoint.device)
        prepare_device(model, err);
    if (isnan(model->run.time_limit_s))
        model->run.time_limit_s = 1000 * model->job.work_s;
    if (err_ok(err))
        plan_interval(model, arena, err);
    return err_ok(err);
}
