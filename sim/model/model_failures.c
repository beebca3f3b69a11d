// SPDX-License-Identifier: GPL-3.0-or-later
/* Checks of the failure processes that concern several keys. */
#include <stdlib.h>

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

void model_prepare_failures(struct model *model, struct err *err)
{
    struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        char *pointer = mem_format("/failures/%zu", i);
        prepare_failure(model, &failures[i], pointer, err);
        free(pointer);
    }
}
