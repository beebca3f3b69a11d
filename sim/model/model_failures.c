// SPDX-License-Identifier: GPL-3.0-or-later
/* Checks of the failure processes that concern several keys. */
#include <stdlib.h>
#include <string.h>

#include "model/fault_log.h"
#include "model/model_internal.h"

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
    if (failure_is_repaired(failure) || !dist_is_given(&failure->repair))
        return;
    char *repair = mem_format("%s/repair", pointer);
    err_warn(
        err, repair,
        "only nodes, devices and coordinators are repaired: this has no effect where a failure "
        "strikes a %s",
        failure_strikes_name(failure));
    free(repair);
}

static void prepare_permanent(const struct failure_params *failure, const char *pointer,
                              struct err *err)
{
    if (!(failure->permanent > 0))
        return;
    char *permanent = mem_format("%s/permanent", pointer);
    if (!failure_strikes_nodes(failure))
        (void)err_add(err, permanent, "only nodes are lost for good, not a %s that restarts",
                      failure_strikes_name(failure));
    else if (failure->loses == LOSES_NOTHING)
        (void)err_add(err, permanent, "what loses nothing comes back; loses: memory is needed");
    free(permanent);
}

static void prepare_law(const struct failure_params *failure, const char *pointer, struct err *err)
{
    if (dist_is_given(&failure->time_to_failure) && !(dist_mean(&failure->time_to_failure) > 0))
        (void)err_add(err, pointer, "the mean time to failure must be above 0");
    if (failure->redraw == REDRAW_CHECKPOINT && !dist_is_given(&failure->time_to_failure))
        (void)err_add(err, pointer, "redraw: checkpoint needs a time_to_failure");
}

static void prepare_age(struct failure_params *failure, const char *pointer, struct arena *arena,
                        struct err *err)
{
    const struct dist *law = &failure->time_to_failure;
    failure->first = *law;
    if (failure->age != AGE_EQUILIBRIUM)
        return;
    if (!dist_is_given(law))
        (void)err_add(err, pointer, "age: equilibrium needs a time_to_failure");
    else if (dist_mean(law) > 0)
        failure->first = dist_equilibrium(arena, law);
}

static void prepare_burst(const struct failure_params *failure, const char *pointer,
                          struct err *err)
{
    double share;
    if (!failure_has_burst(failure))
        return;
    char *burst = mem_format("%s/burst", pointer);
    if (failure_burst_domain(failure) >= failure_domain(failure))
        (void)err_add(
            err, burst,
            "a burst hits parts of what fails; a %s has none of that kind, or they are no "
            "nodes, racks or zones",
            failure_strikes_name(failure));
    if (dist_is_constant(&failure->burst.share, &share) && share > 1)
        (void)err_add(err, burst, "the share is a probability, at most 1, not %g", share);
    if (failure->trace.log.variant && failure->trace.nodes == TRACE_NODES_ANY)
        (void)err_add(err, burst,
                      "a burst must know what fails: the trace needs nodes: modulo or "
                      "same");
    free(burst);
}

static void prepare_cascade(const struct model *model, const struct failure_params *failure,
                            const char *pointer, struct err *err)
{
    static const double MOST = 1000;
    if (!failure_has_cascade(failure))
        return;
    char *cascade = mem_format("%s/cascade", pointer);
    if (!failure_strikes_nodes(failure) ||
        failure_cascade_domain(failure) <= failure_domain(failure))
        (void)err_add(err, cascade,
                      "a cascade goes from node to node, rack to rack or zone to zone, within "
                      "something wider; this failure strikes a %s",
                      failure_strikes_name(failure));
    else if (model_cascade_size(model, failure) > MOST)
        (void)err_add(err, cascade,
                      "%g failures would follow each on the average, more than %g; lower the "
                      "probability or the depth",
                      model_cascade_size(model, failure), MOST);
    else if (model_cascade_size(model, failure) <= 0 || model_units(model, failure) == 1)
        err_warn(err, cascade, "there is no other %s that it could reach: this has no effect",
                 failure_strikes_name(failure));
    if (failure->trace.log.variant && failure->trace.nodes == TRACE_NODES_ANY)
        (void)err_add(err, cascade,
                      "a cascade must know what failed: the trace needs nodes: modulo or same");
    free(cascade);
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

static void refuse(struct err *err, const char *pointer, const char *key, const char *why)
{
    char *at = mem_format("%s/%s", pointer, key);
    (void)err_add(err, at, "%s", why);
    free(at);
}

/* Places of instances are nodes of the cluster, one by one. */
static void prepare_capacity(const struct model *model, const struct failure_params *failure,
                             const char *pointer, struct err *err)
{
    const struct fault_log *log = fault_log_of(&failure->trace.log);
    if (failure->strikes != STRIKES_NODE)
        refuse(err, pointer, "strikes",
               "a trace of capacity tells of nodes: \"strikes\": \"node\"");
    else if (model->cluster.nodes != log->n_nodes)
        (void)err_add(err, "/cluster/nodes",
                      "%llu, but the trace of capacity has up to %zu instances, each a node",
                      (unsigned long long)model->cluster.nodes, log->n_nodes);
    if (failure->trace.nodes != TRACE_NODES_SAME)
        refuse(err, pointer, "trace/nodes",
               "the instances of a trace of capacity are the nodes: \"nodes\": \"same\"");
    if (dist_is_given(&failure->repair))
        refuse(err, pointer, "repair", "a trace of capacity says itself when nodes are there");
    if (!equal_times_keep(&failure->trace.equal_times))
        refuse(err, pointer, "trace/equal_times",
               "each instance of a trace of capacity counts: \"equal_times\": \"keep\"");
}

static void prepare_prediction(const struct model *model, const struct failure_params *failure,
                               const char *pointer, struct err *err)
{
    const struct prediction_params *prediction = &failure->prediction;
    char *at = mem_format("%s/prediction", pointer);
    if (!dist_is_given(&prediction->lead))
        ;
    else if (failure->redraw == REDRAW_CHECKPOINT)
        (void)err_add(err, at, "a failure whose time is drawn anew (redraw) cannot be foreseen");
    else if (prediction->precision < 1 && failure->renew == RENEW_ALL &&
             model_units(model, failure) > 1 && failure->per == PER_UNIT)
        (void)err_add(err, at,
                      "false alarms come at the rate of failures, which is not known in advance "
                      "with renew: all");
    else if (!checkpoint_coordination(&model->checkpoint)->takes_cuts ||
             checkpoint_batches(&model->checkpoint))
        err_warn(err, at, "alarms have no effect with this strategy");
    free(at);
}

static void prepare_trace(const struct model *model, const struct failure_params *failure,
                          const char *pointer, struct err *err)
{
    if (failure_is_capacity(failure))
        prepare_capacity(model, failure, pointer, err);
    if (!failure->trace.log.variant || !failure->trace.repeat)
        return;
    const struct fault_log *log = fault_log_of(&failure->trace.log);
    if (log->n_events == 0 || log->span_s > 0) /* none: the file was not to be opened */
        return;
    char *repeat = mem_format("%s/trace/repeat", pointer);
    (void)err_add(err, repeat, "a trace with all its events at one time cannot be repeated");
    free(repeat);
}

static struct device_params *find_device(struct model *model, const char *name)
{
    struct device_params *devices = model->storage.items;
    for (size_t i = 0; i < model->storage.n; i++)
        if (strcmp(devices[i].name, name) == 0)
            return &devices[i];
    return NULL;
}

/* The device that fails, and what it has nothing of. */
static void prepare_device(struct model *model, struct failure_params *failure, const char *pointer,
                           struct err *err)
{
    struct device_params *device = failure->device ? find_device(model, failure->device) : NULL;
    char *key = mem_format("%s/device", pointer);
    if (device)
        device->may_fail = true;
    else if (failure->device)
        model_miss_device(model, failure->device, key, err);
    else
        (void)err_add(err, key, "strikes: device needs the name of one of the devices in storage");
    free(key);
    if (failure_repairs_at_once(failure) && failure->loses != LOSES_CONTENTS)
        refuse(err, pointer, "repair",
               "a device that fails needs a time after which it is back, above 0");
    if (failure->loses == LOSES_NOTHING || failure->loses == LOSES_CONTACT)
        refuse(err, pointer, "loses",
               "what a device holds is there again when it is repaired, unless it loses: contents");
}

static void prepare_coordinator(const struct model *model, const struct failure_params *failure,
                                const char *pointer, struct err *err)
{
    if (model->stages)
        refuse(err, pointer, "strikes",
               "in a job of stages a failure that strikes the job is that of its coordinator");
    else if (!coordinator_is_given(&model->recovery.coordinator))
        refuse(
            err, pointer, "strikes",
            "this job has no coordinator: recovery.coordinator says how it restarts, {} at once");
    if (failure->loses != LOSES_MEMORY && failure->loses != LOSES_CONTENTS)
        refuse(err, pointer, "loses", "recovery.coordinator.blocks says what stops without it");
}

/* What does not hold tasks is up or down, whatever the job does. */
static void prepare_support(const struct failure_params *failure, const char *pointer,
                            struct err *err)
{
    static const unsigned by_default = EXPOSED_WORK | EXPOSED_CHECKPOINT | EXPOSED_RECOVERY;
    if (failure->severity > 0)
        refuse(err, pointer, "severity", "this is of failures that strike what holds tasks");
    if (failure->exposure != by_default && failure->clock != CLOCK_EXPOSED) {
        char *exposure = mem_format("%s/exposure", pointer);
        err_warn(err, exposure, "a %s fails in any phase of the job: this has no effect",
                 failure_strikes_name(failure));
        free(exposure);
    }
}

static void prepare_strike(struct model *model, struct failure_params *failure, const char *pointer,
                           struct err *err)
{
    if (failure->device && failure->strikes != STRIKES_DEVICE)
        refuse(err, pointer, "device", "this is for failures that strike a device");
    if (failure->loses == LOSES_CONTENTS && failure->strikes != STRIKES_DEVICE)
        refuse(err, pointer, "loses", "contents are those of a device: \"strikes\": \"device\"");
    if (failure_strikes_tasks(failure))
        return;
    prepare_support(failure, pointer, err);
    if (failure->strikes == STRIKES_DEVICE)
        prepare_device(model, failure, pointer, err);
    else
        prepare_coordinator(model, failure, pointer, err);
}

/* What is cut off is a part of the job, for a time. */
static void prepare_contact(const struct model *model, const struct failure_params *failure,
                            const char *pointer, struct err *err)
{
    if (!failure_is_cut(failure) || !failure_strikes_tasks(failure))
        return;
    if (failure->strikes == STRIKES_JOB)
        refuse(err, pointer, "loses",
               "a job is not cut off from itself: contact is lost by a part of it, such as a node");
    else if (model->stages)
        refuse(err, pointer, "loses", "jobs of stages do not simulate cuts: memory is needed");
    else if (failure_is_capacity(failure))
        refuse(err, pointer, "loses", "an instance that is taken back is not cut off for a time");
    else if (failure_repairs_at_once(failure))
        refuse(err, pointer, "repair", "a cut needs a time after which it is over, above 0");
}

/* What a slow unit has nothing of. */
static void prepare_slows(const struct failure_params *failure, const char *pointer,
                          struct err *err)
{
    static const char why[] = "a slow unit is up, and fails nothing: this has no effect with slows";
    if (!failure_slows(failure))
        return;
    if (dist_is_given(&failure->repair))
        refuse(err, pointer, "repair", why);
    if (failure->permanent > 0)
        refuse(err, pointer, "permanent", why);
    if (failure->loses != LOSES_MEMORY)
        refuse(err, pointer, "loses", why);
    if (dist_is_given(&failure->prediction.lead))
        refuse(err, pointer, "prediction", why);
    if (failure_has_burst(failure))
        refuse(err, pointer, "burst", "units are slow one by one: a burst cannot be with slows");
    if (failure_has_cascade(failure))
        refuse(err, pointer, "cascade", "slow units bring no others about: drop it, or slows");
    if (failure->strikes == STRIKES_DEVICE)
        refuse(err, pointer, "slows", "a device is slow by slow, its own key in storage");
    if (failure->strikes == STRIKES_COORDINATOR)
        refuse(err, pointer, "slows", "a coordinator is up or down, not slow");
    if (failure_is_capacity(failure))
        refuse(err, pointer, "slows",
               "a trace of capacity tells of nodes that go, not of slow ones");
}

/* A budget of retries is of recoveries that may be one too many, not of stragglers, nor of errors
 * that nobody has noticed. */
static void prepare_counts(const struct model *model, const struct failure_params *failure,
                           const char *pointer, struct err *err)
{
    if (failure->counts)
        return;
    char *counts = mem_format("%s/counts", pointer);
    if (model->stages)
        (void)err_add(err, counts, "all failures of a job of stages count");
    else if (model->recovery.retries.max == RETRIES_UNLIMITED)
        err_warn(err, counts, "only retries.max limits failures: this has no effect");
    else if (!failure_strikes_tasks(failure) || failure_slows(failure) || failure->silent)
        err_warn(err, counts, "such failures restart nothing by themselves: this has no effect");
    free(counts);
}

static void prepare_failure(struct model *model, struct failure_params *failure,
                            const char *pointer, struct arena *arena, struct err *err)
{
    int given = dist_is_given(&failure->time_to_failure) + (failure->at.n > 0) +
                (failure->trace.log.variant != NULL);
    if (given != 1)
        (void)err_add(err, pointer,
                      "a failure process needs exactly one of time_to_failure, at and trace; "
                      "this one has %d",
                      given);
    prepare_strike(model, failure, pointer, err);
    prepare_law(failure, pointer, err);
    prepare_repair(failure, pointer, err);
    prepare_permanent(failure, pointer, err);
    prepare_burst(failure, pointer, err);
    prepare_cascade(model, failure, pointer, err);
    prepare_age(failure, pointer, arena, err);
    if (failure->clock == CLOCK_DEFAULT)
        failure->clock = failure->strikes == STRIKES_JOB && dist_is_given(&failure->time_to_failure)
                             ? CLOCK_EXPOSED
                             : CLOCK_WALL;
    if (failure->clock == CLOCK_EXPOSED && !dist_is_given(&failure->time_to_failure))
        (void)err_add(err, pointer,
                      "scripts and traces are in wall time; clock: exposed is for "
                      "time_to_failure");
    prepare_script(model, failure, pointer, err);
    prepare_trace(model, failure, pointer, err);
    prepare_prediction(model, failure, pointer, err);
    prepare_slows(failure, pointer, err);
    prepare_contact(model, failure, pointer, err);
    prepare_counts(model, failure, pointer, err);
}

bool model_any_failure(const struct model *model, bool (*is)(const struct failure_params *failure))
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (is(&failures[i]))
            return true;
    return false;
}

double model_cascade_size(const struct model *model, const struct failure_params *failure)
{
    double others = (double)model_nodes_in(model, failure_cascade_domain(failure)) /
                        (double)model_nodes_in(model, failure_domain(failure)) -
                    1;
    double size = 0;
    double generation = 1;
    for (uint64_t i = 0; i < failure->cascade.depth; i++) {
        generation *= others * failure->cascade.probability;
        size += generation;
    }
    return size;
}

void model_prepare_failures(struct model *model, struct arena *arena, struct err *err)
{
    struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        char *pointer = mem_format("/failures/%zu", i);
        prepare_failure(model, &failures[i], pointer, arena, err);
        free(pointer);
    }
}
