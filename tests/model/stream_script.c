// SPDX-License-Identifier: GPL-3.0-or-later
#include "stream_script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/stream_state.h"
#include "support.h"

enum { MOST_ROUNDS = 16, MOST_WATCHES = 8 };

/* What the script has asked of a task, and knows of it. */
struct controlled {
    bool dead;
    bool stands;
    bool asked;         /* to stop; not there yet */
    uint64_t for_round; /* asked in order to send its markers, or aligned; 0: a pause */
    double speed;
    struct task_cut cut;       /* the last one */
    struct task_cut in_flight; /* not complete */
    bool is_outdated;          /* the cut in flight: logs may be forgotten since */
    uint32_t region;           /* tasks that are connected by pipelined channels have the same */
    bool is_head;              /* no pipelined channel leads to it */
};

struct player {
    const struct script *script;
    const struct topology *topology;
    struct plane plane;
    struct transcript *transcript;
    struct rng rng;
    double now_s;
    struct controlled *tasks;     /* owned */
    size_t n_headed;              /* tasks that markers come to */
    uint64_t round;               /* the last one */
    uint64_t overtaking;          /* 0: none */
    size_t to_align[MOST_ROUNDS]; /* tasks that have not aligned yet, by round; 0: over */
    struct lag_watch watches[MOST_WATCHES];
    uint32_t watched[MOST_WATCHES][2];
    size_t n_watches;
};

static bool chance(struct player *player, double p)
{
    return rng_uniform(&player->rng) < p;
}

static uint32_t any_task(struct player *player)
{
    return (uint32_t)rng_below(&player->rng, player->topology->n_tasks);
}

/* ---- the graph ---- */

static bool is_pipelined(const struct topology *topology, size_t channel)
{
    return topology->edges[topology->channels[channel].edge].channel == CHANNEL_PIPELINED;
}

static void join_regions(struct player *player, uint32_t from, uint32_t to)
{
    uint32_t gone = player->tasks[from].region;
    for (size_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].region == gone)
            player->tasks[t].region = player->tasks[to].region;
}

static void know_graph(struct player *player)
{
    const struct topology *topology = player->topology;
    for (uint32_t t = 0; t < topology->n_tasks; t++)
        player->tasks[t] = (struct controlled){.speed = 1, .region = t, .is_head = true};
    for (size_t c = 0; c < topology->n_channels; c++) {
        if (!is_pipelined(topology, c))
            continue;
        player->tasks[topology->channels[c].to].is_head = false;
        join_regions(player, topology->channels[c].from, topology->channels[c].to);
    }
    for (size_t t = 0; t < topology->n_tasks; t++)
        player->n_headed += !player->tasks[t].is_head;
}

/* ---- what it looks at ---- */

static void look_at_task(struct player *player, uint32_t task)
{
    struct transcript *transcript = player->transcript;
    struct task_counts counts;
    plane_counts(&player->plane, task, &counts);
    transcript_count(transcript, "processed", task, counts.processed);
    transcript_count(transcript, "reprocessed", task, counts.reprocessed);
    transcript_count(transcript, "received", task, counts.received);
    transcript_count(transcript, "dropped", task, counts.dropped);
    transcript_count(transcript, "lost", task, counts.lost);
    transcript_count(transcript, "emitted", task, counts.emitted);
    transcript_count(transcript, "duplicates", task, counts.duplicates);
    transcript_count(transcript, "gone", task, counts.gone);
    transcript_count(transcript, "visible", task, counts.visible);
    transcript_count(transcript, "thrown_away", task, counts.thrown_away);
    transcript_count(transcript, "timed_out", task, counts.timed_out);
    transcript_sum(transcript, "busy_new_s", task, counts.busy_new_s);
    transcript_sum(transcript, "busy_rework_s", task, counts.busy_rework_s);
    transcript_sum(transcript, "blocked_s", task, counts.blocked_s);
    transcript_sum(transcript, "idle_s", task, counts.idle_s);
    transcript_sum(transcript, "aligning_s", task, counts.aligning_s);
    transcript_sum(transcript, "stopped_s", task, counts.stopped_s);
    transcript_sum(transcript, "bytes", task, counts.bytes);
    transcript_sum(transcript, "sojourn_s", task, counts.sojourn_s);
    transcript_count(transcript, "task_lag", task, plane_task_lag(&player->plane, task));
    transcript_time(transcript, "task_lag_s", task, plane_task_lag_s(&player->plane, task));
}

/* Whether messages can be gone before they are read. */
static bool expires(const struct player *player, uint32_t partition)
{
    const struct topology *topology = player->topology;
    uint32_t operator= topology->partitions[partition].operator;
    const struct source_params *source = &topology->operators[operator].params->source;
    return !isnan(source->retention_s) || !isnan(source->retention_bytes);
}

static void look_at_partition(struct player *player, uint32_t partition)
{
    struct transcript *transcript = player->transcript;
    struct partition_counts counts;
    plane_partition_counts(&player->plane, partition, &counts);
    transcript_count(transcript, "arrived", partition, counts.arrived);
    transcript_count(transcript, "position", partition, counts.position);
    transcript_count(transcript, "expired", partition, counts.expired);
    if (!expires(player,
                 partition)) /* from when on unread messages are missed depends on who looks */
        transcript_sum(transcript, "lag_area", partition, counts.lag_area);
    transcript_count(transcript, "lag", partition, plane_partition_lag(&player->plane, partition));
    transcript_time(transcript, "lag_s", partition,
                    plane_partition_lag_s(&player->plane, partition));
}

static void check(struct player *player)
{
    char why[200] = "";
    if (!plane_check(&player->plane, why))
        fail_msg("%s at %.17g s: %s", player->plane.stream ? "plane" : "reference", player->now_s,
                 why);
}

static void look(struct player *player)
{
    check(player);
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        look_at_task(player, t);
    for (uint32_t p = 0; p < player->topology->n_partitions; p++)
        look_at_partition(player, p);
}

/* ---- holding, and letting go ---- */

static void keep_cut(struct player *player, uint32_t task)
{
    struct task_cut *cut = &player->tasks[task].cut;
    if (chance(player, 0.7)) {
        plane_forget_before(&player->plane, task, cut);
        plane_commit_outputs(&player->plane, task, cut);
    }
    transcript_count(player->transcript, "cut messages", task, cut->n_messages);
    transcript_sum(player->transcript, "cut bytes", task, cut->bytes);
    transcript_sum(player->transcript, "cut service_s", task, cut->service_s);
    for (size_t i = 0; i < cut->n_messages; i++)
        transcript_count(player->transcript, "cut message", cut->messages[i].channel,
                         cut->messages[i].id);
}

static void take_cut(struct player *player, uint32_t task)
{
    plane_cut(&player->plane, task, chance(player, 0.5), &player->tasks[task].cut);
    player->tasks[task].is_outdated = true;
    keep_cut(player, task);
}

static void begin_cut(struct player *player, uint32_t task)
{
    struct controlled *controlled = &player->tasks[task];
    controlled->is_outdated = false;
    plane_cut_in_flight(&player->plane, task, controlled->for_round, &controlled->in_flight);
}

/* The cut in flight is complete, and takes the place of the last one, which is written to next. */
static void complete_cut(struct player *player, uint32_t task)
{
    struct controlled *controlled = &player->tasks[task];
    struct task_cut last = controlled->cut;
    if (controlled->is_outdated)
        return;
    controlled->cut = controlled->in_flight;
    controlled->in_flight = last;
    keep_cut(player, task);
}

static void let_overtake(struct player *player)
{
    if (!player->script->overtakes || player->round == 0 || player->to_align[player->round] == 0)
        return;
    player->overtaking = player->round;
    plane_let_overtake(&player->plane, player->round);
    transcript_count(player->transcript, "overtakes", 0, player->round);
}

static void let_go(struct player *player, uint32_t task)
{
    struct controlled *controlled = &player->tasks[task];
    controlled->asked = false;
    controlled->stands = false;
    controlled->for_round = 0;
    plane_release(&player->plane, task);
}

/* The task stands, for a pause or a round: what one does with it. */
static void has_come_to_stand(struct player *player, uint32_t task, bool overtaken)
{
    struct controlled *controlled = &player->tasks[task];
    controlled->asked = false;
    controlled->stands = true;
    bool is_overtaking_head =
        controlled->is_head && controlled->for_round && controlled->for_round == player->overtaking;
    if (overtaken || (is_overtaking_head && chance(player, 0.8)))
        begin_cut(player, task);
    else if (chance(player, 0.6))
        take_cut(player, task);
    if (controlled->for_round)
        plane_send_markers(&player->plane, task, controlled->for_round);
    if (chance(player, controlled->for_round ? 0.7 : 0.3))
        let_go(player, task);
}

static void ask_to_stop(struct player *player, uint32_t task, uint64_t for_round, bool even_blocked)
{
    struct controlled *controlled = &player->tasks[task];
    controlled->for_round = for_round;
    controlled->asked = true;
    bool stands = plane_hold(&player->plane, task, even_blocked);
    transcript_count(player->transcript, "stands at once", task, stands);
    if (stands)
        has_come_to_stand(player, task, false);
}

static void heed(struct player *player, const struct notice *notice)
{
    static const char *const names[] = {"boundary", "marker", "aligned", "overtaken", "captured"};
    transcript_count(player->transcript, names[notice->kind], notice->task,
                     notice->kind == NOTICE_BOUNDARY ? 0 : notice->round);
    transcript_time(player->transcript, "notice", notice->task, player->now_s);
    struct controlled *controlled = &player->tasks[notice->task];
    if (notice->kind == NOTICE_CAPTURED) {
        player->to_align[notice->round] -= !controlled->is_head;
        complete_cut(player, notice->task);
        return;
    }
    if (notice->kind == NOTICE_MARKER) {
        if (player->overtaking != notice->round && chance(player, 0.1))
            let_overtake(player);
        return;
    }
    if (notice->kind != NOTICE_BOUNDARY)
        controlled->for_round = notice->round;
    if (notice->kind == NOTICE_ALIGNED)
        player->to_align[notice->round]--;
    has_come_to_stand(player, notice->task, notice->kind == NOTICE_OVERTAKEN);
}

static void go_to(struct player *player, double to_s)
{
    struct notice notice;
    while (plane_advance(&player->plane, to_s, &notice)) {
        player->now_s = plane_now_s(&player->plane);
        heed(player, &notice);
    }
    player->now_s = to_s;
    check(player);
}

/* ---- what it does ---- */

static bool is_rounds_over(const struct player *player)
{
    for (uint64_t r = 1; r <= player->round; r++)
        if (player->to_align[r] > 0)
            return false;
    for (size_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].for_round)
            return false;
    return true;
}

static bool is_any_dead(const struct player *player)
{
    for (size_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].dead)
            return true;
    return false;
}

static void let_some_go(struct player *player, double p)
{
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].stands && chance(player, p))
            let_go(player, t);
}

static void change_speed(struct player *player, uint32_t task, double speed)
{
    if (player->tasks[task].dead)
        return;
    player->tasks[task].speed = speed;
    plane_set_speed(&player->plane, task, speed);
}

static void change_speeds(struct player *player)
{
    static const double speeds[] = {0, 0, 0.25, 0.5, 0.7, 1};
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (chance(player, 0.25))
            change_speed(player, t, speeds[rng_below(&player->rng, MEM_COUNT(speeds))]);
}

static void full_speed(struct player *player, double p)
{
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].speed < 1 && chance(player, p))
            change_speed(player, t, 1);
}

static void pause_some(struct player *player)
{
    if ((!is_rounds_over(player) && chance(player, 0.7)) || is_any_dead(player))
        return;
    double p = chance(player, 0.3) ? 1 : 0.3;
    bool even_blocked = chance(player, 0.5);
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (!player->tasks[t].stands && !player->tasks[t].asked && chance(player, p))
            ask_to_stop(player, t, 0, even_blocked);
}

static bool is_any_asked(const struct player *player)
{
    for (size_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].asked || (player->tasks[t].stands && !player->tasks[t].for_round))
            return true;
    return false;
}

/* A cut in the middle of a message: the task is stopped where it is, and goes on. */
static void preempt(struct player *player, uint32_t task, uint64_t round)
{
    double speed = player->tasks[task].speed;
    plane_set_speed(&player->plane, task, 0);
    take_cut(player, task);
    if (round)
        plane_send_markers(&player->plane, task, round);
    plane_set_speed(&player->plane, task, speed);
}

static void preempt_some(struct player *player)
{
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (!player->tasks[t].dead && chance(player, 0.4))
            preempt(player, t, 0);
}

static void start_round(struct player *player)
{
    if (is_any_asked(player) || is_any_dead(player) || player->round + 1 == MOST_ROUNDS)
        return;
    if (player->script->one_round && !is_rounds_over(player))
        return;
    player->round++;
    player->to_align[player->round] = player->n_headed;
    if (chance(player, 0.5))
        let_overtake(player);
    bool preempts = chance(player, 0.2);
    bool even_blocked = player->script->overtake_blocked && player->overtaking == player->round;
    for (uint32_t t = 0; t < player->topology->n_tasks; t++) {
        if (!player->tasks[t].is_head)
            continue;
        if (preempts && !player->tasks[t].stands)
            preempt(player, t, player->round);
        else
            ask_to_stop(player, t, player->round, even_blocked);
    }
}

static void forget_round(struct player *player, uint64_t round)
{
    player->to_align[round] = 0;
    if (player->overtaking == round)
        player->overtaking = 0;
    plane_forget_round(&player->plane, round);
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].for_round == round)
            let_go(player, t);
}

static void forget_rounds(struct player *player, double p)
{
    for (uint64_t r = 1; r <= player->round; r++)
        if (player->to_align[r] > 0 && chance(player, p))
            forget_round(player, r);
}

static void end_all_control(struct player *player)
{
    forget_rounds(player, 1);
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].stands || player->tasks[t].asked)
            let_go(player, t);
}

static void kill_some(struct player *player)
{
    end_all_control(player);
    double p = chance(player, 0.3) ? 1 : 0.2;
    for (uint32_t t = 0; t < player->topology->n_tasks; t++) {
        if (player->tasks[t].dead || !chance(player, p))
            continue;
        player->tasks[t].dead = true;
        plane_kill(&player->plane, t);
        if (chance(player, 0.3))
            plane_commit_outputs(&player->plane, t, &player->tasks[t].cut); /* it does not hear */
    }
}

static bool goes_back_with(const struct player *player, uint32_t other, uint32_t task)
{
    if (player->script->alone)
        return other == task;
    return player->tasks[other].region == player->tasks[task].region;
}

/* All tasks of the region of one task, and sometimes of all dead ones, in a random order. */
static void roll_back(struct player *player, uint32_t task)
{
    size_t n_tasks = player->topology->n_tasks;
    uint32_t *tasks = mem_alloc(n_tasks, sizeof *tasks);
    const struct task_cut **cuts = mem_alloc(n_tasks, sizeof *cuts);
    bool all = chance(player, 0.4);
    size_t n = 0;
    end_all_control(player);
    for (uint32_t t = 0; t < n_tasks; t++) {
        if (!all && !goes_back_with(player, t, task))
            continue;
        size_t at = (size_t)rng_below(&player->rng, n + 1);
        tasks[n] = tasks[at];
        cuts[n++] = cuts[at];
        tasks[at] = t;
        cuts[at] = &player->tasks[t].cut;
        player->tasks[t].dead = false;
        player->tasks[t].speed = 1;
    }
    plane_roll_back(&player->plane, tasks, n, cuts);
    free(tasks);
    free(cuts);
}

static void roll_back_dead(struct player *player)
{
    for (uint32_t t = 0; t < player->topology->n_tasks; t++)
        if (player->tasks[t].dead)
            roll_back(player, t);
}

static void fail_some(struct player *player)
{
    if (!player->script->may_fail)
        return;
    if (!is_any_dead(player) || chance(player, 0.2))
        kill_some(player);
    if (chance(player, 0.5))
        roll_back(player, any_task(player));
    if (chance(player, 0.2))
        roll_back(player, any_task(player)); /* twice in a row */
}

static bool reads_what_expires(const struct player *player, uint32_t task)
{
    const struct task_place *place = &player->topology->tasks[task];
    return place->n_partitions > 0 && expires(player, place->partitions[0]);
}

/* The lag of one task, or of two. */
static void watch(struct player *player)
{
    size_t i = player->n_watches;
    if (i == MOST_WATCHES)
        return;
    struct lag_watch *watch = &player->watches[i];
    player->watched[i][0] = any_task(player);
    player->watched[i][1] = any_task(player);
    bool differ = player->watched[i][0] != player->watched[i][1];
    *watch = (struct lag_watch){.tasks = player->watched[i], .n = 1 + differ};
    watch->lag = rng_below(&player->rng, 4);
    for (size_t k = 0; k < watch->n; k++)
        if (reads_what_expires(player, watch->tasks[k]))
            return; /* found at reads only */
    player->n_watches++;
    plane_watch(&player->plane, watch);
}

static void act(struct player *player)
{
    let_some_go(player, 0.4);
    full_speed(player, 0.4);
    switch (rng_below(&player->rng, player->script->overtakes ? 12 : 9)) {
    case 0:
        change_speeds(player);
        break;
    case 1:
        pause_some(player);
        break;
    case 2:
    case 3:
        start_round(player);
        break;
    case 4:
        forget_rounds(player, 0.5);
        break;
    case 5:
        fail_some(player);
        break;
    case 6:
        roll_back_dead(player);
        break;
    case 7:
        preempt_some(player);
        break;
    case 9:
    case 10:
        let_overtake(player);
        break;
    case 11:
        start_round(player);
        break;
    default:
        watch(player);
    }
}

/* ---- from the start to the end ---- */

/* Often on a tick, and sometimes just before what happens there. */
static void go_on(struct player *player)
{
    bool is_quiet = chance(player, 0.2);
    double step_s = -log(rng_uniform(&player->rng)) * (is_quiet ? 2.0 : 0.25);
    double to_s = player->now_s + step_s;
    if (chance(player, 0.5))
        to_s = ceil(to_s * 64) / 64;
    if (chance(player, 0.3) && player->script->disturbs) {
        go_to(player, nextafter(to_s, 0));
        plane_move_to(&player->plane, to_s);
        player->now_s = to_s;
    } else {
        go_to(player, to_s);
    }
}

static void end(struct player *player)
{
    end_all_control(player);
    full_speed(player, 1);
    roll_back_dead(player);
    go_to(player, player->now_s + 1.5);
    look(player);
    for (size_t i = 0; i < player->n_watches; i++) {
        transcript_time(player->transcript, "watch", (uint32_t)i, player->watches[i].time_s);
        if (isnan(player->watches[i].time_s))
            plane_unwatch(&player->plane, &player->watches[i]);
    }
}

static void play_steps(struct player *player)
{
    for (size_t i = 0; i < player->script->n_steps; i++) {
        go_on(player);
        if (player->script->disturbs)
            act(player);
        if (chance(player, 0.2))
            look(player);
        if (chance(player, 0.05))
            plane_measure_from(&player->plane, player->now_s);
    }
    end(player);
}

static void write_latency(struct transcript *transcript, const struct latency_record *record,
                          uint32_t of)
{
    transcript_count(transcript, "latencies", of, record->n);
    transcript_sum(transcript, "latency", of, record->sum);
    transcript_sum(transcript, "squares", of, record->square);
}

void script_play(const struct script *script, struct plane plane, const struct topology *topology,
                 uint64_t seed, struct transcript *transcript)
{
    struct latency_record latency = {0};
    struct latency_record commit_latency = {0};
    struct latency_record *of_operators = mem_alloc(topology->n_operators, sizeof *of_operators);
    struct player player = {
        .script = script,
        .topology = topology,
        .plane = plane,
        .transcript = transcript,
        .rng = rng_from_splitmix(script->seed),
        .tasks = mem_alloc(topology->n_tasks, sizeof *player.tasks),
    };
    know_graph(&player);
    plane_observe(&plane, transcript_depart, transcript);
    plane_start(&plane, seed, 0, &latency, of_operators);
    plane_record_commits(&plane, &commit_latency);
    play_steps(&player);
    write_latency(transcript, &latency, UINT32_MAX);
    write_latency(transcript, &commit_latency, UINT32_MAX - 1);
    for (uint32_t o = 0; o < topology->n_operators; o++)
        write_latency(transcript, &of_operators[o], o);
    for (size_t t = 0; t < topology->n_tasks; t++) {
        task_cut_release(&player.tasks[t].cut);
        task_cut_release(&player.tasks[t].in_flight);
    }
    free(player.tasks);
    free(of_operators);
}
