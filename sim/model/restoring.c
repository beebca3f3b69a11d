// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/restoring.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/restore.h"
#include "model/rounds.h"
#include "model/run.h"
#include "model/standby.h"
#include "model/streaming_state.h"

#define NO_TASK UINT32_MAX

/* A task, as far as restores go. */
struct task_restore {
    struct restores *restores; /* borrowed */
    uint32_t task;
    struct recovering *recovering; /* borrowed: of its scope */
    const struct restore_type *type;
    bool is_ahead;
    double undone_bytes;
    struct restore_flow flow;
    bool is_queued, is_active;
    struct task_restore *next; /* borrowed: in its queue */

    /* What is left where it is hosted, and elsewhere. */
    uint32_t home;            /* the node on which it ran last */
    double lost_s[N_DOMAINS]; /* when it came back from a failure that destroyed as much, last */
    struct rng rng;
};

/* The tasks of a container that wait for their turn, the longest first. */
struct restore_queue {
    struct task_restore *first, *last;
    uint64_t n_active;
};

struct restores {
    struct run *run;              /* borrowed */
    struct task_restore *tasks;   /* owned: by rank */
    struct restore_queue *queues; /* owned: by container */
    uint32_t *of_place;           /* owned: a task of each of the job's nodes, or NO_TASK */
    struct standbys *standbys;    /* owned: NULL: no source has any */
    uint64_t counts[N_METRICS];   /* of tasks restored */
};

static void has_state_now(void *context);

/* ---- life ---- */

struct restores *restores_new(struct run *run)
{
    const struct topology *topology = run->model->topology;
    if (run->model->recovery.sources.n == 0)
        return NULL;
    struct restores *restores = mem_alloc(1, sizeof *restores);
    restores->run = run;
    restores->tasks = mem_alloc(topology->n_tasks, sizeof *restores->tasks);
    restores->queues = mem_alloc(topology->n_containers, sizeof *restores->queues);
    restores->of_place = mem_alloc(topology->n_nodes, sizeof *restores->of_place);
    restores->standbys = standbys_new(run, restore_standby_source(&run->model->recovery.sources));
    for (uint32_t place = 0; place < topology->n_nodes; place++)
        restores->of_place[place] = NO_TASK;
    for (uint32_t task = (uint32_t)topology->n_tasks; task-- > 0;)
        restores->of_place[topology->tasks[task].node] = task;
    return restores;
}

void restores_free(struct restores *restores)
{
    if (!restores)
        return;
    standbys_free(restores->standbys);
    free(restores->of_place);
    free(restores->queues);
    free(restores->tasks);
    free(restores);
}

static void start_task(struct restores *restores, uint32_t task)
{
    struct run *run = restores->run;
    struct task_restore *restore = &restores->tasks[task];
    struct recovering *recovering = run->streaming->tasks[task].scope->recovering;
    *restore = (struct task_restore){
        .restores = restores,
        .task = task,
        .recovering = recovering,
        .flow =
            {
                .calendar = &run->calendar,
                .read_bytes = &recovering->read_bytes,
                .aborted_bytes = &recovering->aborted_bytes,
                .done = has_state_now,
                .context = restore,
            },
        .home = NO_NODE,
        .rng = rng_stream(run->seed, run->replication, RNG_RESTORE_SOURCE, task),
    };
    for (int d = 0; d < N_DOMAINS; d++)
        restore->lost_s[d] = -(double)INFINITY;
}

void restores_start(struct run *run)
{
    struct restores *restores = run->streaming->restores;
    if (!restores)
        return;
    for (uint32_t task = 0; task < run->streaming->n_tasks; task++)
        start_task(restores, task);
    for (uint32_t i = 0; i < run->model->topology->n_containers; i++)
        restores->queues[i] = (struct restore_queue){0};
    for (int m = 0; m < N_METRICS; m++)
        restores->counts[m] = 0;
    standbys_start(restores->standbys);
}

/* ---- what there is, and where ---- */

static uint32_t host_of(const struct run *run, uint32_t task)
{
    return nodes_host(run, run->streaming->tasks[task].place);
}

bool restoring_keeps(const struct run *run, uint32_t task, enum domain survives, double since_s)
{
    const struct task_restore *restore = &run->streaming->restores->tasks[task];
    enum domain severity = run->streaming->tasks[task].severity;
    return severity <= survives &&
           (survives + 1 == N_DOMAINS || since_s >= restore->lost_s[survives + 1]);
}

bool restoring_has_moved(const struct run *run, uint32_t task)
{
    return run->streaming->restores->tasks[task].home != host_of(run, task);
}

uint32_t restoring_neighbour(const struct run *run, uint32_t task, uint64_t i)
{
    const struct restores *restores = run->streaming->restores;
    uint64_t n_places = run->model->topology->n_nodes;
    uint64_t place = (run->streaming->tasks[task].place + i) % n_places;
    while (restores->of_place[place] == NO_TASK)
        place = (place + 1) % n_places;
    return restores->of_place[place];
}

struct standbys *restoring_standbys(const struct run *run)
{
    return run->streaming->restores->standbys;
}

void restores_task_runs(struct run *run, uint32_t task)
{
    if (!run->streaming->restores)
        return;
    struct task_restore *restore = &run->streaming->restores->tasks[task];
    enum domain lost = run->streaming->tasks[task].severity;
    if (restore->home != NO_NODE && restoring_has_moved(run, task) && lost < DOMAIN_NODE)
        lost = DOMAIN_NODE;
    for (int d = 0; d <= (int)lost; d++)
        restore->lost_s[d] = run->calendar.now_s;
    restore->home = host_of(run, task);
    if (lost >= DOMAIN_NODE)
        standbys_node_is_back(run->streaming->restores->standbys, task);
}

/* ---- what a task does ---- */

static struct restore_view view_of(struct task_restore *restore)
{
    struct run *run = restore->restores->run;
    struct restore_view view = {
        .run = run,
        .task = restore->task,
        .state = rounds_task_state(run, restore->task),
        .rng = &restore->rng,
    };
    const struct task_cut *line = rounds_line(run, restore->task, &view.line_s);
    view.line_age_s = run->calendar.now_s - view.line_s;
    view.size = task_state_restore_size(view.state);
    view.size.base_bytes += line->bytes;
    return view;
}

static void trace_choice(const struct task_restore *restore)
{
    char text[SCOPE_NAME_SIZE];
    struct run *run = restore->restores->run;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "restores",
                  (struct trace_value[]){
                      streaming_task_value(run, restore->task, text),
                      {"source", 0, restore->type->variant.name},
                  },
                  2);
}

/* The first source that can be used; the last one always can. */
static void choose(struct task_restore *restore)
{
    const struct list *sources = &restore->restores->run->model->recovery.sources;
    const struct restore_source *source = sources->items;
    struct restore_view view = view_of(restore);
    struct restore_plan plan = {0};
    double check_s = 0;
    bool is_found = false;
    for (size_t i = 0; i < sources->n && !is_found; i++) {
        const struct restore_common *common = source[i].from.params;
        plan = (struct restore_plan){0};
        check_s += dist_draw(&common->check, &restore->rng);
        restore->type = restore_type_of(&source[i]);
        is_found = restore->type->plan(common, &view, &plan);
    }
    restore->is_ahead = plan.is_ahead;
    restore->undone_bytes = plan.undone_bytes;
    struct rng *rng = &restore->recovering->device_rng;
    restore_flow_add(&restore->flow, &(struct restore_step){.apply_s = check_s}, rng);
    for (size_t i = 0; i < plan.n; i++)
        restore_flow_add(&restore->flow, &plan.steps[i], rng);
    trace_choice(restore);
}

static bool has_state(const struct run *run, uint32_t task)
{
    const struct topology *topology = run->model->topology;
    return topology->operators[topology->tasks[task].operator].store.ops != NULL;
}

/* It has its state, if it has one. */
static void finish(struct task_restore *restore)
{
    struct restores *restores = restore->restores;
    struct run *run = restores->run;
    if (restore->undone_bytes > 0)
        snapshots_undo(rounds_task_state(run, restore->task)->snapshots, restore->undone_bytes,
                       run->calendar.now_s);
    if (run->calendar.now_s < run->measure_from_s || !has_state(run, restore->task))
        return;
    restores->counts[restore->type->counted_as]++;
    restores->counts[M_RESTORES_AHEAD] += restore->is_ahead;
}

/* ---- turns ---- */

static struct restore_queue *queue_of(const struct task_restore *restore)
{
    const struct restores *restores = restore->restores;
    return &restores->queues[restores->run->model->topology->tasks[restore->task].container];
}

static void enqueue(struct task_restore *restore)
{
    struct restore_queue *queue = queue_of(restore);
    restore->is_queued = true;
    restore->next = NULL;
    if (queue->first)
        queue->last->next = restore;
    else
        queue->first = restore;
    queue->last = restore;
}

static void leave_queue(struct task_restore *restore)
{
    struct restore_queue *queue = queue_of(restore);
    struct task_restore *before = NULL;
    struct task_restore *at = queue->first;
    for (; at != restore; at = at->next)
        before = at;
    if (before)
        before->next = restore->next;
    else
        queue->first = restore->next;
    if (queue->last == restore)
        queue->last = before;
    restore->is_queued = false;
}

static void serve(const struct restores *restores, struct restore_queue *queue)
{
    uint64_t most = restores->run->model->recovery.parallel;
    while (queue->first && (most == 0 || queue->n_active < most)) {
        struct task_restore *restore = queue->first;
        leave_queue(restore);
        restore->is_active = true;
        queue->n_active++;
        restore_flow_begin(&restore->flow);
    }
}

static void end_turn(struct task_restore *restore)
{
    restore->is_active = false;
    queue_of(restore)->n_active--;
}

static void has_state_now(void *context)
{
    struct task_restore *restore = context;
    end_turn(restore);
    finish(restore);
    serve(restore->restores, queue_of(restore));
    recovering_restored(restore->recovering);
}

double restores_begin(struct recovering *recovering)
{
    const struct scope *scope = recovering->scope;
    struct restores *restores = recovering->run->streaming->restores;
    recovering->transfers_left = 0;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        struct task_restore *restore = &restores->tasks[scope->tasks[i]];
        choose(restore);
        if (!restore_flow_takes_time(&restore->flow)) {
            finish(restore);
            continue;
        }
        recovering->transfers_left++;
        enqueue(restore);
    }
    for (size_t i = 0; i < scope->n_tasks; i++)
        serve(restores, queue_of(&restores->tasks[scope->tasks[i]]));
    return recovering->transfers_left > 0 ? (double)NAN : 0;
}

static void abort_task(struct task_restore *restore)
{
    if (restore->is_queued)
        leave_queue(restore);
    if (restore->is_active)
        end_turn(restore);
    restore_flow_abort(&restore->flow);
}

void restores_abort(struct recovering *recovering)
{
    const struct scope *scope = recovering->scope;
    struct restores *restores = recovering->run->streaming->restores;
    for (size_t i = 0; i < scope->n_tasks; i++)
        abort_task(&restores->tasks[scope->tasks[i]]);
    for (size_t i = 0; i < scope->n_tasks; i++)
        serve(restores, queue_of(&restores->tasks[scope->tasks[i]]));
}

/* It has not come to its end: it begins anew, with what is left. */
static void choose_anew(struct task_restore *restore)
{
    abort_task(restore);
    choose(restore);
    if (restore_flow_takes_time(&restore->flow)) {
        enqueue(restore);
    } else {
        finish(restore);
        recovering_restored(restore->recovering);
    }
}

void restores_lose_device(struct run *run, const struct device *device)
{
    struct restores *restores = run->streaming->restores;
    for (uint32_t task = 0; restores && task < run->streaming->n_tasks; task++) {
        struct task_restore *restore = &restores->tasks[task];
        bool restoring = restore->is_queued || restore->is_active;
        if (restoring && restore_flow_reads(&restore->flow, device))
            choose_anew(restore);
    }
    for (uint32_t i = 0; restores && i < run->model->topology->n_containers; i++)
        serve(restores, &restores->queues[i]);
}

/* ---- the end ---- */

void restores_end(struct run *run)
{
    if (run->streaming->restores)
        standbys_end(run->streaming->restores->standbys);
}

void restores_fill_metrics(const struct run *run)
{
    const struct restores *restores = run->streaming->restores;
    if (!restores)
        return;
    for (enum metric m = M_RESTORES_LOCAL; m <= M_RESTORES_AHEAD; m++)
        run->metrics->value[m] = (double)restores->counts[m];
}
