// SPDX-License-Identifier: GPL-3.0-or-later
/* The reference's life, its clock and alarms, and what it counts. */
#include "stream_reference.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream_reference_state.h"

const struct operator_place *operator_of(const struct reference *reference, uint32_t task)
{
    return &reference->topology->operators[reference->topology->tasks[task].operator];
}

static bool is_log_edge(const struct reference *reference, uint32_t edge)
{
    return reference->topology->edges[edge].channel == CHANNEL_LOG;
}

bool is_log_channel(const struct reference *reference, uint32_t channel)
{
    return channel != NO_TASK &&
           is_log_edge(reference, reference->topology->channels[channel].edge);
}

/* ---- lines ---- */

void line_add(struct line *line, size_t at, struct waiting waiting)
{
    line->at = mem_grow(line->at, line->n, &line->capacity, sizeof *line->at);
    memmove(&line->at[at + 1], &line->at[at], (line->n - at) * sizeof *line->at);
    line->at[at] = waiting;
    line->n++;
}

struct waiting line_take(struct line *line, size_t at)
{
    struct waiting taken = line->at[at];
    line->n--;
    memmove(&line->at[at], &line->at[at + 1], (line->n - at) * sizeof *line->at);
    return taken;
}

static void line_release(struct line *line)
{
    free(line->at);
    *line = (struct line){0};
}

/* ---- life ---- */

static void actor_init(struct reference *reference, uint32_t task)
{
    const struct topology *topology = reference->topology;
    const struct operator_place *operator= operator_of(reference, task);
    const struct task_place *place = &topology->tasks[task];
    struct actor *actor = &reference->actors[task];
    actor->services = mem_alloc(operator->params->in_flight, sizeof *actor->services);
    actor->logs = mem_alloc(operator->n_in_edges + 1, sizeof *actor->logs);
    for (uint32_t i = 0; i < operator->n_in_edges; i++)
        if (is_log_edge(reference, operator->in_edges[i]))
            actor->logs[actor->n_logs++].edge = operator->in_edges[i];
    for (uint32_t i = 0; i < place->n_in; i++)
        actor->n_pipelined += !is_log_channel(reference, place->in[i]);
}

static void partitions_init(struct reference *reference)
{
    const struct topology *topology = reference->topology;
    for (size_t o = 0; o < topology->n_operators; o++) {
        const struct operator_place *operator= & topology->operators[o];
        const struct source_params *source = &operator->params->source;
        struct arrivals_partition partition = {.n = operator->n_partitions };
        for (uint32_t i = 0; i < operator->n_partitions; i++) {
            uint32_t p = operator->first_partition + i;
            partition.index = i;
            partition.share = topology->partitions[p].share;
            partition.even = skew_is_even(&source->skew);
            durable_log_init(&reference->partitions[p], source, partition);
            partition.before += partition.share;
        }
    }
}

struct reference *reference_new(const struct topology *topology,
                                const struct stream_options *options)
{
    struct reference *reference = mem_alloc(1, sizeof *reference);
    reference->topology = topology;
    reference->options = *options;
    reference->actors = mem_alloc(topology->n_tasks, sizeof *reference->actors);
    reference->channels = mem_alloc(topology->n_channels + 1, sizeof *reference->channels);
    reference->last_round = mem_alloc(topology->n_channels + 1, sizeof *reference->last_round);
    reference->partitions = mem_alloc(topology->n_partitions, sizeof *reference->partitions);
    reference->highest = mem_alloc(topology->n_partitions, sizeof *reference->highest);
    reference->lag_area = mem_alloc(topology->n_partitions, sizeof *reference->lag_area);
    reference->edge_salts = mem_alloc(topology->n_edges + 1, sizeof *reference->edge_salts);
    reference->copy_salts = mem_alloc(topology->n_operators, sizeof *reference->copy_salts);
    for (uint32_t t = 0; t < topology->n_tasks; t++)
        actor_init(reference, t);
    partitions_init(reference);
    return reference;
}

void service_release(struct service *service)
{
    free(service->outputs);
    service->outputs = NULL;
}

static void actor_clear(struct actor *actor)
{
    for (uint32_t i = 0; i < actor->n_services; i++)
        service_release(&actor->services[i]);
    for (size_t i = 0; i < actor->n_logs; i++) {
        struct shared_log *log = &actor->logs[i];
        line_release(&log->messages);
        log->position = 0;
        log->highest = 0;
    }
    line_release(&actor->queue);
    line_release(&actor->aside);
    id_set_release(&actor->unfinished);
    free(actor->written);
}

void reference_free(struct reference *reference)
{
    for (size_t t = 0; t < reference->topology->n_tasks; t++) {
        actor_clear(&reference->actors[t]);
        free(reference->actors[t].services);
        free(reference->actors[t].logs);
    }
    for (size_t p = 0; p < reference->topology->n_partitions; p++)
        durable_log_release(&reference->partitions[p]);
    free(reference->actors);
    free(reference->channels);
    free(reference->last_round);
    free(reference->partitions);
    free(reference->highest);
    free(reference->lag_area);
    free(reference->edge_salts);
    free(reference->copy_salts);
    free(reference->alarms);
    free(reference->notices);
    free(reference->forgotten);
    free(reference);
}

static uint64_t salt(uint64_t seed, uint64_t replication, uint64_t index)
{
    struct rng rng = rng_stream(seed, replication, RNG_IDENTITY, index);
    return rng_next(&rng);
}

static void draws_start(struct reference *reference, uint64_t seed, uint64_t replication)
{
    const struct topology *topology = reference->topology;
    for (uint32_t t = 0; t < topology->n_tasks; t++)
        reference->actors[t].service_rng = rng_stream(seed, replication, RNG_SERVICE, t);
    for (size_t e = 0; e < topology->n_edges; e++)
        reference->edge_salts[e] = salt(seed, replication, 2 * e);
    for (size_t o = 0; o < topology->n_operators; o++)
        reference->copy_salts[o] = salt(seed, replication, 2 * o + 1);
    for (size_t p = 0; p < topology->n_partitions; p++) {
        durable_log_start(&reference->partitions[p], seed, replication,
                          topology->partitions[p].operator);
        reference->highest[p] = 0;
        reference->lag_area[p] = 0;
    }
}

void reference_start(struct reference *reference, uint64_t seed, uint64_t replication,
                     struct latency_record *latency, struct latency_record *operator_latency)
{
    for (uint32_t t = 0; t < reference->topology->n_tasks; t++) {
        struct actor *actor = &reference->actors[t];
        actor_clear(actor);
        *actor = (struct actor){
            .mode = TASK_RUNNING,
            .speed = 1,
            .services = actor->services,
            .logs = actor->logs,
            .n_logs = actor->n_logs,
            .n_pipelined = actor->n_pipelined,
            .ready_s = -(double)INFINITY,
        };
    }
    for (size_t c = 0; c < reference->topology->n_channels; c++) {
        reference->channels[c] = (struct channel){0};
        reference->last_round[c] = 0;
    }
    reference->overtaking = 0;
    draws_start(reference, seed, replication);
    reference->now_s = 0;
    reference->measure_from_s = 0;
    reference->n_alarms = 0;
    reference->n_notices = 0;
    reference->n_forgotten = 0;
    reference->watches = NULL;
    reference->latency = latency;
    reference->operator_latency = operator_latency;
    reference->commit_latency = NULL;
    wake_all(reference);
}

/* ---- alarms ---- */

static bool rings_before(const struct alarm *a, const struct alarm *b)
{
    if (a->time_s < b->time_s || b->time_s < a->time_s)
        return a->time_s < b->time_s;
    return a->task < b->task;
}

void set_alarm(struct reference *reference, double time_s, uint32_t task)
{
    reference->alarms = mem_grow(reference->alarms, reference->n_alarms,
                                 &reference->alarms_capacity, sizeof *reference->alarms);
    struct alarm alarm = {.time_s = time_s, .task = task};
    size_t i = reference->n_alarms++;
    while (i > 0 && rings_before(&alarm, &reference->alarms[(i - 1) / 2])) {
        reference->alarms[i] = reference->alarms[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    reference->alarms[i] = alarm;
}

static struct alarm next_alarm(struct reference *reference)
{
    struct alarm *alarms = reference->alarms;
    struct alarm first = alarms[0];
    size_t n = --reference->n_alarms;
    struct alarm last = alarms[n];
    size_t i = 0;
    for (size_t child = 1; child < n; child = 2 * i + 1) {
        child += child + 1 < n && rings_before(&alarms[child + 1], &alarms[child]);
        if (!rings_before(&alarms[child], &last))
            break;
        alarms[i] = alarms[child];
        i = child;
    }
    alarms[i] = last;
    return first;
}

void wake(struct reference *reference, uint32_t task)
{
    if (reference->actors[task].woken)
        return;
    reference->actors[task].woken = true;
    set_alarm(reference, reference->now_s, task);
}

void wake_all(struct reference *reference)
{
    for (uint32_t t = 0; t < reference->topology->n_tasks; t++)
        wake(reference, t);
}

/* ---- time ---- */

/* Where the time of a task goes now. */
static double *activity(struct actor *actor, bool aligns)
{
    bool serves = false;
    bool serves_new = false;
    for (uint32_t i = 0; i < actor->n_services; i++) {
        serves |= !actor->services[i].ended;
        serves_new |= !actor->services[i].ended && !actor->services[i].reprocessed;
    }
    if (actor->mode != TASK_RUNNING || !(actor->speed > 0))
        return &actor->counts.stopped_s;
    if (serves)
        return serves_new ? &actor->counts.busy_new_s : &actor->counts.busy_rework_s;
    if (actor->n_services > 0)
        return &actor->counts.blocked_s;
    return actor->round && aligns ? &actor->counts.aligning_s : &actor->counts.idle_s;
}

static uint32_t n_in_service(const struct actor *actor)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < actor->n_services; i++)
        n += !actor->services[i].ended;
    return n;
}

void clock_to(struct reference *reference, double time_s)
{
    double step_s = time_s - reference->now_s;
    bool aligns = reference->options.alignment == ALIGN_BLOCKING;
    assert(step_s >= 0);
    for (size_t t = 0; t < reference->topology->n_tasks; t++) {
        struct actor *actor = &reference->actors[t];
        *activity(actor, aligns) += step_s;
        if (actor->mode == TASK_RUNNING)
            actor->service_s += n_in_service(actor) * actor->speed * step_s;
    }
    for (size_t p = 0; p < reference->topology->n_partitions; p++) {
        struct durable_log *log = &reference->partitions[p];
        uint64_t head = durable_log_head(log, reference->now_s);
        reference->lag_area[p] += ((double)head - (double)log->position) * step_s;
        (void)durable_log_head_area(log, time_s, &reference->lag_area[p]);
    }
    reference->now_s = time_s;
}

double reference_now_s(const struct reference *reference)
{
    return reference->now_s;
}

void reference_move_to(struct reference *reference, double time_s)
{
    assert(reference->n_alarms == 0 || reference->alarms[0].time_s >= time_s);
    clock_to(reference, time_s);
}

void tell(struct reference *reference, enum notice_kind kind, uint32_t task, uint64_t round)
{
    reference->notices = mem_grow(reference->notices, reference->n_notices,
                                  &reference->notices_capacity, sizeof *reference->notices);
    reference->notices[reference->n_notices++] =
        (struct notice){.kind = kind, .task = task, .round = round};
}

bool reference_advance(struct reference *reference, double to_s, struct notice *notice)
{
    while (reference->n_notices == 0 && reference->n_alarms > 0 &&
           reference->alarms[0].time_s <= to_s) {
        struct alarm alarm = next_alarm(reference);
        clock_to(reference, alarm.time_s);
        task_turn(reference, alarm.task);
        wake_unblocked(reference);
    }
    if (reference->n_notices == 0) {
        clock_to(reference, to_s);
        return false;
    }
    *notice = reference->notices[0];
    reference->n_notices--;
    memmove(&reference->notices[0], &reference->notices[1],
            reference->n_notices * sizeof *reference->notices);
    return true;
}

/* ---- lag ---- */

uint64_t reference_partition_lag(struct reference *reference, uint32_t partition)
{
    struct durable_log *log = &reference->partitions[partition];
    (void)durable_log_expire(log, reference->now_s);
    return durable_log_head(log, reference->now_s) - log->position;
}

double reference_partition_lag_s(struct reference *reference, uint32_t partition)
{
    if (reference_partition_lag(reference, partition) == 0)
        return 0;
    return reference->now_s - durable_log_arrival_s(&reference->partitions[partition]);
}

/* Messages that are in the log and were not read. */
static uint64_t log_lag(const struct reference *reference, const struct shared_log *log)
{
    uint64_t n = 0;
    for (size_t i = log->position; i < log->messages.n; i++)
        n += log->messages.at[i].message.entry_s <= reference->now_s;
    return n;
}

uint64_t reference_task_lag(struct reference *reference, uint32_t task)
{
    const struct task_place *place = &reference->topology->tasks[task];
    const struct actor *actor = &reference->actors[task];
    uint64_t lag = 0;
    for (uint32_t i = 0; i < place->n_partitions; i++)
        lag += reference_partition_lag(reference, place->partitions[i]);
    for (size_t i = 0; i < actor->n_logs; i++)
        lag += log_lag(reference, &actor->logs[i]);
    return lag;
}

double reference_task_lag_s(struct reference *reference, uint32_t task)
{
    const struct task_place *place = &reference->topology->tasks[task];
    const struct actor *actor = &reference->actors[task];
    double oldest_s = 0;
    for (uint32_t i = 0; i < place->n_partitions; i++)
        oldest_s = fmax(oldest_s, reference_partition_lag_s(reference, place->partitions[i]));
    for (size_t i = 0; i < actor->n_logs; i++) {
        const struct shared_log *log = &actor->logs[i];
        if (log->position < log->messages.n)
            oldest_s =
                fmax(oldest_s, reference->now_s - log->messages.at[log->position].message.entry_s);
    }
    return oldest_s;
}

static bool watch_is_met(struct reference *reference, const struct lag_watch *watch)
{
    uint64_t lag = 0;
    for (size_t i = 0; i < watch->n; i++)
        lag += reference_task_lag(reference, watch->tasks[i]);
    return lag <= watch->lag;
}

static bool takes_part(const struct lag_watch *watch, uint32_t task)
{
    for (size_t i = 0; i < watch->n; i++)
        if (watch->tasks[i] == task)
            return true;
    return false;
}

void reference_unwatch(struct reference *reference, struct lag_watch *watch)
{
    struct lag_watch **link = &reference->watches;
    while (*link && *link != watch)
        link = &(*link)->next;
    if (*link)
        *link = watch->next;
}

void look_at_watches(struct reference *reference, uint32_t task)
{
    for (struct lag_watch *next, *watch = reference->watches; watch; watch = next) {
        next = watch->next;
        if (!takes_part(watch, task) || !watch_is_met(reference, watch))
            continue;
        watch->time_s = reference->now_s;
        reference_unwatch(reference, watch);
    }
}

void reference_watch(struct reference *reference, struct lag_watch *watch)
{
    if (watch_is_met(reference, watch)) {
        watch->time_s = reference->now_s;
        return;
    }
    watch->time_s = (double)NAN;
    watch->next = reference->watches;
    reference->watches = watch;
}

/* ---- what was counted ---- */

void reference_counts(struct reference *reference, uint32_t task, struct task_counts *counts)
{
    *counts = reference->actors[task].counts;
    if (operator_of(reference, task)->is_sink && !reference->options.transactional)
        counts->visible = counts->emitted;
}

void reference_partition_counts(struct reference *reference, uint32_t partition,
                                struct partition_counts *counts)
{
    struct durable_log *log = &reference->partitions[partition];
    (void)durable_log_expire(log, reference->now_s);
    uint64_t highest = reference->highest[partition];
    *counts = (struct partition_counts){
        .arrived = durable_log_head(log, reference->now_s),
        .position = log->position > highest ? log->position : highest,
        .expired = log->expired,
        .lag_area = reference->lag_area[partition],
    };
}

static size_t n_messages(const struct line *line)
{
    size_t n = 0;
    for (size_t i = 0; i < line->n; i++)
        n += !(line->at[i].message.id & ID_MARKER);
    return n;
}

static bool check_task(const struct reference *reference, uint32_t task, char why[200])
{
    const struct actor *actor = &reference->actors[task];
    const struct task_counts *counts = &actor->counts;
    size_t present = n_in_service(actor) + n_messages(&actor->queue) + n_messages(&actor->aside);
    double total_s = counts->busy_new_s + counts->busy_rework_s + counts->blocked_s +
                     counts->idle_s + counts->aligning_s + counts->stopped_s;
    bool complete = counts->received == counts->processed + counts->lost + present;
    bool on_time = fabs(total_s - reference->now_s) <= 1e-9 * fmax(1, reference->now_s);
    (void)snprintf(why, 200, "task %u: received %llu, processed %llu, lost %llu, has %zu; %.17g s",
                   task, (unsigned long long)counts->received,
                   (unsigned long long)counts->processed, (unsigned long long)counts->lost, present,
                   total_s);
    return complete && on_time;
}

bool reference_check(struct reference *reference, char why[200])
{
    for (uint32_t t = 0; t < reference->topology->n_tasks; t++)
        if (!check_task(reference, t, why))
            return false;
    return true;
}

void reference_measure_from(struct reference *reference, double time_s)
{
    reference->measure_from_s = time_s;
}

void reference_observe(struct reference *reference, stream_observer *observer, void *context)
{
    reference->observer = observer;
    reference->observer_context = context;
}
