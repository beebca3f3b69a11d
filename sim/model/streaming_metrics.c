// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a stream job has counted, as metrics. All that is counted since the
 * start is copied at the end of the warm-up; the metrics are of what came
 * after. Identities hold over the whole run.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/restoring.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void warmup_ends(void *context, struct event *event);

static const struct event_type warmup_end = {"warmup_end", warmup_ends};

/* Before all else that happens at that instant. */
enum { WARMUP_PRIORITY = -128 };

/* ---- snapshots ---- */

static void init_snapshot(struct stream_snapshot *snapshot, const struct topology *topology)
{
    snapshot->tasks = mem_alloc(topology->n_tasks, sizeof *snapshot->tasks);
    snapshot->spent_s = mem_alloc(topology->n_tasks, sizeof *snapshot->spent_s);
    snapshot->slowed_s = mem_alloc(topology->n_tasks, sizeof *snapshot->slowed_s);
    snapshot->partitions = mem_alloc(topology->n_partitions, sizeof *snapshot->partitions);
    snapshot->lag_s = mem_alloc(topology->n_partitions, sizeof *snapshot->lag_s);
}

static void release_snapshot(struct stream_snapshot *snapshot)
{
    free(snapshot->tasks);
    free(snapshot->spent_s);
    free(snapshot->slowed_s);
    free(snapshot->partitions);
    free(snapshot->lag_s);
}

void streaming_init_metrics(struct streaming *streaming)
{
    init_snapshot(&streaming->before, streaming->topology);
    init_snapshot(&streaming->now, streaming->topology);
}

void streaming_release_metrics(struct streaming *streaming)
{
    release_snapshot(&streaming->before);
    release_snapshot(&streaming->now);
}

static void take_task(struct run *run, struct stream_snapshot *snapshot, uint32_t task)
{
    struct streaming *streaming = run->streaming;
    streaming_book(run, task);
    const struct stream_task *control = &streaming->tasks[task];
    stream_counts(streaming->stream, task, &snapshot->tasks[task]);
    for (int a = 0; a < N_ACTIVITIES; a++)
        snapshot->spent_s[task][a] = sum_value(&control->spent_s[a]);
    snapshot->slowed_s[task] = sum_value(&control->slowed_s);
}

static void take(struct run *run, struct stream_snapshot *snapshot)
{
    struct streaming *streaming = run->streaming;
    struct sum straggled_s = {0};
    for (uint32_t task = 0; task < streaming->n_tasks; task++) {
        take_task(run, snapshot, task);
        sum_add(&straggled_s, sum_value(&streaming->tasks[task].straggled_s));
    }
    snapshot->straggled_s = sum_value(&straggled_s);
    for (uint32_t p = 0; p < streaming->topology->n_partitions; p++)
        stream_partition_counts(streaming->stream, p, &snapshot->partitions[p]);
    snapshot->failures_hit = run->failures_hit;
    snapshot->failures_ignored = run->failures_ignored;
    snapshot->rounds = rounds_counts(run);
    snapshot->storage = rounds_storage(run);
    snapshot->moved_bytes[DIRECTION_WRITE] =
        run->device ? device_moved_bytes(run->device, DIRECTION_WRITE) : 0;
    snapshot->moved_bytes[DIRECTION_READ] = run_moved_bytes(run, DIRECTION_READ);
}

static void warmup_ends(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    take(run, &run->streaming->before);
    cost_end_warmup(run);
}

static void clear_snapshot(struct stream_snapshot *snapshot, const struct topology *topology)
{
    for (size_t i = 0; i < topology->n_tasks; i++) {
        snapshot->tasks[i] = (struct task_counts){0};
        snapshot->slowed_s[i] = 0;
        for (int a = 0; a < N_ACTIVITIES; a++)
            snapshot->spent_s[i][a] = 0;
    }
    for (size_t p = 0; p < topology->n_partitions; p++) {
        snapshot->partitions[p] = (struct partition_counts){0};
        snapshot->lag_s[p] = 0;
    }
    snapshot->straggled_s = 0;
    snapshot->n_samples = 0;
    snapshot->failures_hit = snapshot->failures_ignored = 0;
    snapshot->rounds = (struct round_counts){0};
    snapshot->storage = (struct storage_totals){0};
    snapshot->moved_bytes[DIRECTION_READ] = snapshot->moved_bytes[DIRECTION_WRITE] = 0;
}

void streaming_start_metrics(struct run *run)
{
    struct streaming *streaming = run->streaming;
    clear_snapshot(&streaming->before, streaming->topology);
    clear_snapshot(&streaming->now, streaming->topology);
    if (run->measure_from_s > 0)
        calendar_schedule(&run->calendar, &streaming->warm, &warmup_end, run->measure_from_s,
                          WARMUP_PRIORITY);
    sampling_start(run);
}

/* ---- identities ---- */

static double slack_s(const struct run *run, const struct stream_task *control)
{
    double now_s = run->calendar.now_s;
    return 1e-9 * fmax(now_s, 1) + DBL_EPSILON * now_s * control->n_booked;
}

/* The plane and the control plane have the same idea of when a task did not run. */
static void check_task(struct run *run, uint32_t task)
{
    const struct streaming *streaming = run->streaming;
    const struct stream_task *control = &streaming->tasks[task];
    double stopped_s = 0;
    double all_s = 0;
    for (int a = 0; a < N_ACTIVITIES; a++) {
        double spent_s = sum_value(&control->spent_s[a]);
        all_s += spent_s;
        stopped_s += a == ACTIVITY_WORK ? 0 : spent_s;
    }
    double told_s = streaming->now.tasks[task].stopped_s;
    char name[SCOPE_NAME_SIZE];
    (void)topology_task_name(streaming->topology, task, name, sizeof name);
    if (!(fabs(all_s - run->calendar.now_s) <= slack_s(run, control)))
        run_violation(run, "%s: activities take %.17g s of %.17g s", name, all_s,
                      run->calendar.now_s);
    if (!(fabs(told_s - stopped_s) <= slack_s(run, control)))
        run_violation(run, "%s: it stood for %.17g s, but its activities say %.17g s", name, told_s,
                      stopped_s);
}

/* Where commits make outputs visible, none is visible twice. */
static void check_duplicates(struct run *run, uint32_t task)
{
    uint64_t duplicates = run->streaming->now.tasks[task].duplicates;
    if (run->model->job.guarantee == GUARANTEE_EXACTLY_ONCE_OUTPUT && duplicates > 0)
        run_violation(run, "%.0f outputs are visible twice", (double)duplicates);
}

/* ---- totals ---- */

/* What the tasks did in the time that counts: sums over first .. first + n - 1. */
static void add_tasks(const struct streaming *streaming, size_t first, size_t n,
                      struct task_counts *all)
{
    *all = (struct task_counts){0};
    for (size_t i = first; i < first + n; i++) {
        const struct task_counts *now = &streaming->now.tasks[i];
        const struct task_counts *before = &streaming->before.tasks[i];
        all->processed += now->processed - before->processed;
        all->reprocessed += now->reprocessed - before->reprocessed;
        all->dropped += now->dropped - before->dropped;
        all->missed += now->missed - before->missed;
        all->logged_bytes += now->logged_bytes - before->logged_bytes;
        all->emitted += now->emitted - before->emitted;
        all->gone += now->gone - before->gone;
        all->visible += now->visible - before->visible;
        all->duplicates += now->duplicates - before->duplicates;
        all->thrown_away += now->thrown_away - before->thrown_away;
        all->timed_out += now->timed_out - before->timed_out;
        all->busy_new_s += now->busy_new_s - before->busy_new_s;
        all->busy_rework_s += now->busy_rework_s - before->busy_rework_s;
        all->blocked_s += now->blocked_s - before->blocked_s;
        all->idle_s += now->idle_s - before->idle_s;
        all->aligning_s += now->aligning_s - before->aligning_s;
        all->sojourn_s += now->sojourn_s - before->sojourn_s;
    }
}

static double spent_s(const struct streaming *streaming, size_t task, enum activity activity)
{
    return streaming->now.spent_s[task][activity] - streaming->before.spent_s[task][activity];
}

static double total_spent_s(const struct streaming *streaming, enum activity activity)
{
    struct sum sum = {0};
    for (size_t task = 0; task < streaming->n_tasks; task++)
        sum_add(&sum, spent_s(streaming, task, activity));
    return sum_value(&sum);
}

static double total_slowed_s(const struct streaming *streaming)
{
    struct sum sum = {0};
    for (size_t task = 0; task < streaming->n_tasks; task++)
        sum_add(&sum, streaming->now.slowed_s[task] - streaming->before.slowed_s[task]);
    return sum_value(&sum);
}

static struct partition_counts partition_counts(const struct streaming *streaming, size_t p)
{
    const struct partition_counts *now = &streaming->now.partitions[p];
    const struct partition_counts *before = &streaming->before.partitions[p];
    return (struct partition_counts){
        .arrived = now->arrived - before->arrived,
        .expired = now->expired - before->expired,
        .lag_area = now->lag_area - before->lag_area,
    };
}

/* ---- metrics of the job ---- */

/* Parts of the time: task-seconds over the number of tasks. */
static void fill_budget(struct run *run, const struct task_counts *all, double measured_s)
{
    const struct streaming *streaming = run->streaming;
    double *value = run->metrics->value;
    double n = streaming->n_tasks;
    double slowed_s = total_slowed_s(streaming) / n;
    value[M_TIME_START] = total_spent_s(streaming, ACTIVITY_START) / n;
    value[M_TIME_WORK] = all->busy_new_s / n;
    value[M_TIME_REWORK] = all->busy_rework_s / n;
    value[M_TIME_CHECKPOINT] = total_spent_s(streaming, ACTIVITY_CHECKPOINT) / n;
    value[M_TIME_DOWN] = total_spent_s(streaming, ACTIVITY_DOWN) / n;
    value[M_TIME_RECOVERY] = total_spent_s(streaming, ACTIVITY_RECOVERY) / n;
    value[M_TIME_IDLE] = all->idle_s / n;
    value[M_TIME_BLOCKED] = all->blocked_s / n;
    value[M_TIME_ALIGNING] = all->aligning_s / n;
    double overhead_s = value[M_TIME_CHECKPOINT] + value[M_TIME_ALIGNING] + slowed_s;
    double down_s = value[M_TIME_DOWN] + value[M_TIME_RECOVERY];
    value[M_OVERHEAD] = overhead_s / measured_s;
    value[M_AVAILABILITY] = 1 - down_s / measured_s;
    double straggled_s = (streaming->now.straggled_s - streaming->before.straggled_s) / n;
    value[M_TIME_LOST_TO_SLOWDOWNS] = straggled_s;
    value[M_WASTE] =
        (overhead_s + straggled_s + down_s + value[M_TIME_START] + value[M_TIME_REWORK]) /
        measured_s;
    value[M_UTILISATION] = (value[M_TIME_WORK] + value[M_TIME_REWORK]) / measured_s;
}

static void fill_messages(struct run *run, const struct task_counts *all, double measured_s)
{
    const struct streaming *streaming = run->streaming;
    const struct topology *topology = streaming->topology;
    double *value = run->metrics->value;
    uint64_t arrived = 0;
    uint64_t expired = 0;
    double lag_area = 0;
    for (size_t p = 0; p < topology->n_partitions; p++) {
        struct partition_counts counts = partition_counts(streaming, p);
        arrived += counts.arrived;
        expired += counts.expired;
        lag_area += counts.lag_area;
    }
    uint64_t outputs = 0;
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        struct task_counts counts;
        add_tasks(streaming, place->first_task, place->n_tasks, &counts);
        if (!place->is_sink)
            continue;
        outputs += counts.visible - counts.duplicates;
        value[M_DUPLICATES] += (double)counts.duplicates;
        value[M_OUTPUTS_ABORTED] += (double)counts.thrown_away;
        value[M_OUTPUTS_LOST] += (double)counts.timed_out;
    }
    value[M_THROUGHPUT] = (double)outputs / measured_s;
    value[M_ARRIVAL_RATE] = (double)arrived / measured_s;
    value[M_LAG] = fmax(lag_area, 0) / measured_s; /* sums that cancel leave a rounding error */
    value[M_PROCESSED] = (double)all->processed;
    value[M_REPROCESSED] = (double)all->reprocessed;
    value[M_LOST] = (double)(all->dropped + all->gone + all->missed + expired);
    value[M_LOGGED_BYTES] = all->logged_bytes;
    value[M_LOG_PEAK_BYTES] = stream_kept_bytes(streaming->stream).peak;
}

/* What sinks hold at the end, from before the warm-up too. */
static void fill_pending(struct run *run)
{
    const struct streaming *streaming = run->streaming;
    const struct topology *topology = streaming->topology;
    for (uint32_t task = 0; task < streaming->n_tasks; task++) {
        const struct task_counts *counts = &streaming->now.tasks[task];
        if (topology->operators[topology->tasks[task].operator].is_sink)
            run->metrics->value[M_OUTPUTS_PENDING] +=
                (double)(counts->emitted - counts->visible - counts->thrown_away -
                         counts->timed_out);
    }
}

static void fill_rounds(const struct round_counts *now, const struct round_counts *before,
                        double *value)
{
    value[M_CHECKPOINTS_COMMITTED] = (double)(now->committed - before->committed);
    value[M_CHECKPOINTS_ABORTED] = (double)(now->aborted - before->aborted);
    value[M_CHECKPOINTS_EXPIRED] = (double)(now->expired - before->expired);
    value[M_CHECKPOINTS_DECLINED] = (double)(now->declined - before->declined);
    value[M_CHECKPOINTS_SUBSUMED] = (double)(now->subsumed - before->subsumed);
    value[M_CHECKPOINTS_SKIPPED] = (double)(now->skipped - before->skipped);
    value[M_CHECKPOINT_RESTARTS] = (double)(now->restarts - before->restarts);
    value[M_FORCED] = (double)(now->forced - before->forced);
    value[M_USELESS] = (double)(now->useless - before->useless);
    value[M_ORPHANS] = (double)(now->orphans - before->orphans);
}

static void fill_control(struct run *run)
{
    const struct streaming *streaming = run->streaming;
    const struct stream_snapshot *now = &streaming->now;
    const struct stream_snapshot *before = &streaming->before;
    double *value = run->metrics->value;
    value[M_JOB_FAILURES] = run->job_failed;
    value[M_FALSE_ALARMS] = (double)run->false_alarms.n_false;
    value[M_COORDINATOR_FAILURES] = (double)run->coordinator.n_failures;
    value[M_FAILURES] = (double)(now->failures_hit - before->failures_hit);
    value[M_FAILURES_IGNORED] = (double)(now->failures_ignored - before->failures_ignored);
    fill_rounds(&now->rounds, &before->rounds, value);
    value[M_RETAINED_BYTES] = now->storage.retained_bytes;
    value[M_LOG_BYTES] = now->storage.log_bytes - before->storage.log_bytes;
    value[M_CHECKPOINT_BYTES] =
        now->moved_bytes[DIRECTION_WRITE] - before->moved_bytes[DIRECTION_WRITE];
    value[M_RESTORE_BYTES] = now->moved_bytes[DIRECTION_READ] - before->moved_bytes[DIRECTION_READ];
    restores_fill_metrics(run);
    for (size_t i = 0; i < run->n_recoveries; i++)
        value[M_RECOVERIES_CENSORED] += (double)run->recoveries[i].censored;
}

/* Sums and moments of what the plane has recorded. */
static void fill_latency(const struct latency_record *latency, double *value, double *count,
                         double *m2)
{
    double n = (double)latency->n;
    *value = latency->sum;
    *count = n;
    *m2 = n > 0 ? fmax(latency->square - latency->sum * latency->sum / n, 0) : 0;
}

/* ---- metrics of operators, tasks, partitions ---- */

static void fill_operator(struct run *run, size_t i, double measured_s)
{
    const struct streaming *streaming = run->streaming;
    const struct operator_place *place = &streaming->topology->operators[i];
    struct element_values *elements = run->elements;
    struct task_counts counts;
    add_tasks(streaming, place->first_task, place->n_tasks, &counts);
    uint64_t lost = counts.dropped + counts.gone + counts.missed;
    for (uint32_t p = 0; p < place->n_partitions; p++)
        lost += partition_counts(streaming, place->first_partition + p).expired;
    double busy_s = counts.busy_new_s + counts.busy_rework_s;
    fill_latency(&streaming->operator_latency[i], &elements->value[E_OPERATOR_LATENCY][i],
                 &elements->count[E_OPERATOR_LATENCY][i], &elements->m2[E_OPERATOR_LATENCY][i]);
    elements->value[E_OPERATOR_THROUGHPUT][i] =
        (double)(counts.processed - counts.reprocessed) / measured_s;
    elements->value[E_OPERATOR_UTILISATION][i] = busy_s / (measured_s * place->n_tasks);
    elements->value[E_OPERATOR_IN_SYSTEM][i] = counts.sojourn_s / measured_s;
    elements->value[E_OPERATOR_PROCESSED][i] = (double)counts.processed;
    elements->value[E_OPERATOR_REPROCESSED][i] = (double)counts.reprocessed;
    elements->value[E_OPERATOR_LOST][i] = (double)lost;
    const struct part_means *means = &streaming->part_means[i];
    for (int m = 0; m < N_PART_MEANS; m++)
        elements->value[E_OPERATOR_START_DELAY + m][i] =
            means->n[m] > 0 ? means->sum[m] / (double)means->n[m] : (double)NAN;
}

static void fill_task(struct run *run, size_t task, double measured_s)
{
    const struct streaming *streaming = run->streaming;
    double *const *value = run->elements->value;
    struct task_counts counts;
    add_tasks(streaming, task, 1, &counts);
    value[E_TASK_WORK][task] = counts.busy_new_s / measured_s;
    value[E_TASK_REWORK][task] = counts.busy_rework_s / measured_s;
    value[E_TASK_IDLE][task] = counts.idle_s / measured_s;
    value[E_TASK_BLOCKED][task] = counts.blocked_s / measured_s;
    value[E_TASK_ALIGNING][task] = counts.aligning_s / measured_s;
    value[E_TASK_CHECKPOINT][task] = spent_s(streaming, task, ACTIVITY_CHECKPOINT) / measured_s;
    value[E_TASK_DOWN][task] = spent_s(streaming, task, ACTIVITY_DOWN) / measured_s;
    value[E_TASK_RECOVERY][task] = spent_s(streaming, task, ACTIVITY_RECOVERY) / measured_s;
    value[E_TASK_PROCESSED][task] = (double)counts.processed;
}

static void fill_partition(struct run *run, size_t p, double measured_s)
{
    const struct streaming *streaming = run->streaming;
    double *const *value = run->elements->value;
    struct partition_counts counts = partition_counts(streaming, p);
    double n_samples = (double)streaming->now.n_samples;
    value[E_PARTITION_ARRIVED][p] = (double)counts.arrived;
    value[E_PARTITION_LAG][p] = counts.lag_area / measured_s;
    value[E_PARTITION_LAG_S][p] = n_samples > 0 ? streaming->now.lag_s[p] / n_samples : (double)NAN;
    value[E_PARTITION_LOST][p] = (double)counts.expired;
}

static void fill_elements(struct run *run, double measured_s)
{
    const struct topology *topology = run->model->topology;
    for (size_t i = 0; i < topology->n_operators; i++)
        fill_operator(run, i, measured_s);
    for (size_t i = 0; i < topology->n_tasks; i++)
        fill_task(run, i, measured_s);
    for (size_t i = 0; i < topology->n_partitions; i++)
        fill_partition(run, i, measured_s);
}

void streaming_fill_metrics(struct run *run)
{
    struct streaming *streaming = run->streaming;
    struct metrics *metrics = run->metrics;
    double measured_s = run->calendar.now_s - run->measure_from_s;
    struct task_counts all;
    take(run, &streaming->now);
    for (uint32_t task = 0; task < streaming->n_tasks; task++) {
        check_task(run, task);
        check_duplicates(run, task);
    }
    add_tasks(streaming, 0, streaming->n_tasks, &all);
    metrics->value[M_MAKESPAN] = measured_s;
    fill_budget(run, &all, measured_s);
    fill_messages(run, &all, measured_s);
    fill_pending(run);
    fill_control(run);
    fill_latency(&streaming->latency, &metrics->value[M_LATENCY], &metrics->count[M_LATENCY],
                 &metrics->m2[M_LATENCY]);
    fill_latency(&streaming->commit_latency, &metrics->value[M_COMMIT_LATENCY],
                 &metrics->count[M_COMMIT_LATENCY], &metrics->m2[M_COMMIT_LATENCY]);
    if (run->elements)
        fill_elements(run, measured_s);
}
