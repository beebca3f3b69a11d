// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The life of a micro-batch, as a table: what follows from an event depends on the stage, and what
 * a stage does not wait for is of no consequence in it.
 */
#include "model/microbatch.h"

#include <math.h>

#include "model/microbatch_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void due_comes(void *context, struct event *event);
static void write_ends(void *context, struct event *event);

static const struct event_type due = {"batch_due", due_comes};
static const struct event_type log_written = {"batch_log_written", write_ends};

static const struct checkpoint_params *params_of(const struct microbatch *batches)
{
    return &batches->run->model->checkpoint;
}

static const struct batch_params *batch_params_of(const struct microbatch *batches)
{
    return checkpoint_batches(params_of(batches));
}

static double now_of(const struct microbatch *batches)
{
    return batches->run->calendar.now_s;
}

static struct stream *stream_of(const struct microbatch *batches)
{
    return batches->run->streaming->stream;
}

void batch_trace(const struct microbatch *batches, const struct batch_part *part, const char *event)
{
    struct run *run = batches->run;
    if (!run->trace)
        return;
    char text[SCOPE_NAME_SIZE];
    struct trace_value values[] = {
        {"round", (double)batches->number, NULL},
        part ? streaming_task_value(run, part->task, text) : (struct trace_value){0},
    };
    run_trace(run, run->calendar.now_s, event, values, part ? 2 : 1);
}

/* ---- when ---- */

static bool is_same(double a, double b)
{
    return a >= b && a <= b;
}

/*
 * The trigger after now: the next multiple of the interval from the first one on, however late this
 * batch is, as Spark's ProcessingTimeExecutor has it; without an interval, now.
 */
static void find_due(struct microbatch *batches, bool first)
{
    const struct checkpoint_params *params = params_of(batches);
    const struct trigger_ops *ops = (const struct trigger_ops *)params->trigger.variant;
    double interval_s = params->planned_interval_s;
    double now_s = now_of(batches);
    struct trigger_view view = {.interval_s = interval_s, .first = first, .now_s = now_s};
    double next_s = ops->next_s ? ops->next_s(params->trigger.params, &view, &batches->trigger_rng)
                                : interval_s;
    if (first || !(interval_s > 0) || !is_same(next_s, interval_s)) {
        batches->due_s = batches->anchor_s = now_s + next_s;
        batches->k = 0;
        return;
    }
    double passed = floor((now_s - batches->anchor_s) / interval_s);
    if (passed > (double)batches->k)
        batches->k = (uint64_t)passed;
    while (batches->anchor_s + (double)batches->k * interval_s <= now_s)
        batches->k++;
    batches->due_s = batches->anchor_s + (double)batches->k * interval_s;
}

static void wait_until(struct microbatch *batches, double time_s, const struct event_type *type)
{
    if (isfinite(time_s))
        calendar_schedule(&batches->run->calendar, &batches->timer, type,
                          fmax(time_s, now_of(batches)), 0);
}

static void due_comes(void *context, struct event *event)
{
    (void)context;
    batch_happens(event->owner, BATCH_DUE);
}

static void wait_for_trigger(struct microbatch *batches)
{
    wait_until(batches, batches->due_s, &due);
}

/* All tasks run, from now on: its first interval begins. */
static void begin_intervals(struct microbatch *batches)
{
    find_due(batches, true);
    wait_for_trigger(batches);
}

/* What has arrived would be the next batch. */
static void look(struct microbatch *batches)
{
    const struct topology *topology = batches->run->model->topology;
    uint64_t most = batch_params_of(batches)->max_messages;
    uint64_t n = 0;
    find_due(batches, false);
    for (uint32_t i = 0; i < topology->n_operators; i++)
        if (topology->operators[i].is_source)
            n += stream_available(stream_of(batches), i, most, batches->ends);
    batch_happens(batches, n > 0 ? BATCH_DATA : BATCH_NO_DATA);
}

static void skip(struct microbatch *batches)
{
    batches->counts.skipped++;
    batch_trace(batches, NULL, "checkpoint_skipped");
    wait_until(batches, fmax(batches->due_s, now_of(batches) + batch_params_of(batches)->poll_s),
               &due);
}

/* ---- a batch ---- */

static void draw(struct microbatch *batches)
{
    const struct checkpoint_params *params = params_of(batches);
    const struct dist *cost = checkpoint_direct_cost(params, batches->is_base);
    if (batches->has_draw && params->on_retry == ON_RETRY_REPEAT)
        return;
    batches->has_draw = true;
    for (int i = 0; i < N_BATCH_LOGS; i++)
        batches->log_s[i] = dist_draw(&batch_params_of(batches)->log, &batches->log_rng);
    double shared_s = cost ? dist_draw(cost, &batches->cost_rng) : 0;
    for (size_t i = 0; i < batches->n_tasks; i++)
        batches->parts[i].cost_s = cost && i > 0 && params->cost_per == COST_PER_TASK
                                       ? dist_draw(cost, &batches->cost_rng)
                                       : shared_s;
}

static void begin(struct microbatch *batches)
{
    batches->number++;
    batches->triggered_s = now_of(batches);
    batches->is_base = snapshots_next_is_base(batches->parts->state.snapshots);
    draw(batches);
    batch_trace(batches, NULL, "checkpoint_triggered");
}

static void write_log(struct microbatch *batches, int log)
{
    if (batches->log_s[log] > 0)
        wait_until(batches, now_of(batches) + batches->log_s[log], &log_written);
    else
        batch_happens(batches, BATCH_WRITTEN);
}

static void write_ends(void *context, struct event *event)
{
    (void)context;
    batch_happens(event->owner, BATCH_WRITTEN);
}

static void log_offsets(struct microbatch *batches)
{
    begin(batches);
    write_log(batches, LOG_OF_OFFSETS);
}

static void run_batch(struct microbatch *batches)
{
    batches->is_logged = true;
    batch_trace(batches, NULL, "offsets_logged");
    stream_limit(stream_of(batches), batches->ends);
}

/* At once, in place of the first trigger if that is due now. */
static void run_again(struct microbatch *batches)
{
    find_due(batches, true);
    find_due(batches, false);
    begin(batches);
    stream_limit(stream_of(batches), batches->ends);
}

static void store_all(struct microbatch *batches)
{
    batches->drained_s = now_of(batches);
    batches->n_stored = 0;
    batch_trace(batches, NULL, "batch_drained");
    for (size_t i = 0; i < batches->n_tasks; i++) {
        struct batch_part *part = &batches->parts[i];
        stream_cut(stream_of(batches), part->task, false, &part->cut);
        part->snapshot = task_state_cut(&part->state, batches->number);
    }
    for (size_t i = 0; i < batches->n_tasks; i++)
        batch_part_begin(&batches->parts[i]);
}

static void log_commit(struct microbatch *batches)
{
    batch_trace(batches, NULL, "batch_stored");
    write_log(batches, LOG_OF_COMMITS);
}

static void move_line(struct microbatch *batches)
{
    batches->line_s = batches->drained_s;
    for (size_t i = 0; i < batches->n_tasks; i++) {
        struct batch_part *part = &batches->parts[i];
        struct task_cut older = part->line;
        part->line = part->cut;
        part->cut = older;
        task_state_commit(&part->state, batches->number, part->state.cut_messages);
        stream_commit_outputs(stream_of(batches), part->task, &part->line);
        stream_forget_before(stream_of(batches), part->task, &part->line);
    }
}

static void commit(struct microbatch *batches)
{
    struct run *run = batches->run;
    struct checkpoint_size size = {0};
    for (size_t i = 0; i < batches->n_tasks; i++)
        checkpoint_size_add(run, &size, batches->parts[i].task, &batches->parts[i].snapshot,
                            &batches->parts[i].cut);
    move_line(batches);
    batches->is_logged = batches->has_draw = false;
    batches->counts.committed++;
    streaming_record(run, M_CHECKPOINT_DURATION, now_of(batches) - batches->triggered_s);
    streaming_record_size(run, &size);
    batch_trace(batches, NULL, "checkpoint_committed");
    for (size_t i = 0; run->redraws && i < run->n_failures; i++)
        failure_process_redraw(&run->failures[i], run);
    wait_for_trigger(batches);
}

static void stop(struct microbatch *batches)
{
    calendar_cancel(&batches->run->calendar, &batches->timer);
}

static void abort_batch(struct microbatch *batches)
{
    stop(batches);
    batches->counts.aborted++;
    batch_trace(batches, NULL, "checkpoint_aborted");
    for (size_t i = 0; i < batches->n_tasks; i++)
        batch_part_abort(&batches->parts[i]);
}

static struct task_state *state_of(struct microbatch *batches, uint32_t task)
{
    return &batches->parts[task].state;
}

/* ---- the table ---- */

struct transition {
    enum batch_stage to;
    void (*act)(struct microbatch *batches); /* NULL: nothing happens */
};

static const struct transition transitions[N_BATCH_STAGES][N_BATCH_EVENTS] = {
    [BATCH_DOWN] =
        {
            [BATCH_RESTARTED] = {BATCH_IDLE, begin_intervals},
            [BATCH_RERUN] = {BATCH_RUNNING, run_again},
        },
    [BATCH_IDLE] =
        {
            [BATCH_DUE] = {BATCH_IDLE, look},
            [BATCH_NO_DATA] = {BATCH_IDLE, skip},
            [BATCH_DATA] = {BATCH_LOGGING, log_offsets},
            [BATCH_STOPPED] = {BATCH_DOWN, stop},
        },
    [BATCH_LOGGING] =
        {
            [BATCH_WRITTEN] = {BATCH_RUNNING, run_batch},
            [BATCH_STOPPED] = {BATCH_DOWN, abort_batch},
        },
    [BATCH_RUNNING] =
        {
            [BATCH_DRAINED] = {BATCH_STORING, store_all},
            [BATCH_STOPPED] = {BATCH_DOWN, abort_batch},
        },
    [BATCH_STORING] =
        {
            [BATCH_STORED] = {BATCH_COMMITTING, log_commit},
            [BATCH_STOPPED] = {BATCH_DOWN, abort_batch},
        },
    [BATCH_COMMITTING] =
        {
            [BATCH_WRITTEN] = {BATCH_IDLE, commit},
            [BATCH_STOPPED] = {BATCH_DOWN, abort_batch},
        },
};

void batch_happens(struct microbatch *batches, enum batch_event event)
{
    const struct transition *transition = &transitions[batches->stage][event];
    if (!transition->act)
        return;
    batches->stage = transition->to;
    transition->act(batches);
}

/* ---- what the job tells ---- */

static struct microbatch *batches_of(const struct run *run)
{
    return run->streaming->batches;
}

void microbatch_notice(struct run *run, const struct notice *notice)
{
    if (notice->kind == NOTICE_DRAINED)
        batch_happens(batches_of(run), BATCH_DRAINED);
}

void microbatch_tasks_stop(struct run *run, const uint32_t *tasks, size_t n)
{
    struct microbatch *batches = batches_of(run);
    batches->n_down += n;
    if (n > 0)
        batch_happens(batches, BATCH_STOPPED);
    for (size_t i = 0; i < n; i++)
        task_state_stop(state_of(batches, tasks[i]));
}

void microbatch_tasks_restart(struct run *run, const uint32_t *tasks, size_t n)
{
    struct microbatch *batches = batches_of(run);
    batches->n_down -= n;
    for (size_t i = 0; i < n; i++)
        task_state_restart(state_of(batches, tasks[i]));
    if (batches->n_down == 0)
        batch_happens(batches, batches->is_logged ? BATCH_RERUN : BATCH_RESTARTED);
}

/* ---- recovery lines ---- */

const struct task_cut *microbatch_line(const struct run *run, uint32_t task, double *cut_s)
{
    *cut_s = batches_of(run)->line_s;
    return &batches_of(run)->parts[task].line;
}

uint64_t microbatch_line_deltas(const struct run *run)
{
    return snapshots_restore_deltas(batches_of(run)->parts->state.snapshots);
}

double microbatch_line_bytes(const struct run *run, uint32_t task)
{
    return task_state_restore_bytes(state_of(batches_of(run), task));
}

struct task_state *microbatch_task_state(const struct run *run, uint32_t task)
{
    return state_of(batches_of(run), task);
}

struct storage_totals microbatch_storage(const struct run *run)
{
    struct microbatch *batches = batches_of(run);
    struct storage_totals totals = {0};
    for (size_t i = 0; i < batches->n_tasks; i++)
        task_state_add_storage(&batches->parts[i].state, &totals);
    return totals;
}

struct round_counts microbatch_counts(const struct run *run)
{
    return batches_of(run)->counts;
}

/* ---- the end ---- */

void microbatch_end(struct run *run)
{
    struct microbatch *batches = batches_of(run);
    batch_happens(batches, BATCH_STOPPED);
    for (size_t i = 0; i < batches->n_tasks; i++)
        task_state_end(&batches->parts[i].state);
    if (run->device)
        run_check_bytes(run, "written", device_moved_bytes(run->device, DIRECTION_WRITE),
                        sum_value(&batches->ledger.written_bytes),
                        sum_value(&batches->ledger.aborted_bytes));
}
