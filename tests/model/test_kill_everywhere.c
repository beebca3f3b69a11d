// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A failure at every instant that matters. For every strategy, a small job is watched once without
 * failures; then it is run again and again with one failure: at the instant of each of its events
 * under both rules for ties, the smallest step before and after, and at random instants. Then a
 * second failure follows at each event of the run with the first.
 *
 * All durations are constant, so that what one failure costs is known: the outage, and the time
 * since the undisturbed run was where the last usable checkpoint sends the job back to.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "fixture.h"
#include "strategy/strategy.h"

static const char scenario_text[] =
    "{\"job\": {\"work\": \"97 s\", \"tasks\": 3, \"state\": {\"size\": \"5.2 GB\"}},"
    " \"checkpoint\": {\"interval\": \"7.25 s\", \"cost\": \"1.3 s\"},"
    " \"storage\": {\"pfs\": {\"latency\": \"0.125 s\", \"stream_write\": \"3 GB/s\","
    "   \"total_write\": \"4 GB/s\", \"total_read\": \"7 GB/s\"}},"
    " \"failures\": [{\"at\": [\"1e9 s\", \"1e9 s\"]}],"
    " \"recovery\": {\"detector\": \"1.7 s\", \"downtime\": \"3.1 s\", \"restore\": \"2.2 s\","
    "   \"restart\": {\"delay\": \"0.4 s\"}}}";

static const double WORK_S = 97;
static const double INTERVAL_S = 7.25;
static const double WRITE_S = 1.3;
static const double SYNC_S = 0.3;
static const double SHARE = 0.25;
static const double DOWN_S = 1.7 + 3.1;
static const double OUTAGE_S = 1.7 + 3.1 + 0.4 + 2.2;
static const double NEVER_S = 1e9;
static const double SAME = 1e-9;
static const double NEAR_S = 1e-9;

enum { MAX_SETS = 7, RANDOM_INSTANTS = 1000, N_FAILURES = 2 };

/* How the cost of one failure follows from the undisturbed run. */
enum oracle {
    UNKNOWN,     /* only bounds */
    FROM_COMMIT, /* the job goes on as it did when the last checkpoint had committed */
    FROM_CUT,    /* as when the last usable one was cut, without what its write takes */
};

struct setting {
    const char *name;
    enum oracle oracle;
    const char *sets[MAX_SETS];
    double beside_s; /* work done beside writes from a cut to the next commit */
    int shifts;      /* checkpoints that a failure may add or save: their places move */
};

#define ASYNC "/checkpoint/mode=async", "/checkpoint/sync=0.3 s", "/checkpoint/share=0.25"
#define DEVICE "/checkpoint/cost=null", "/checkpoint/device=pfs"
#define RESTART_PHASES                                                                             \
    "/recovery/backoff={\"initial\": \"0.3 s\", \"max\": \"1 s\", \"factor\": 2, \"jitter\": "     \
    "0.2}",                                                                                        \
        "/recovery/restart={\"cancel\": \"0.6 s\", \"allocate\": \"0.2 s\", \"localise\": \"0.35 " \
        "s\", \"delay\": \"0.4 s\"}",                                                              \
        "/recovery/coordinator={\"time_to_failure\": \"7.1 s\", \"restart\": \"0.3 s\"}",          \
        "/recovery/detectors=[{\"struck\": \"process\", \"detector\": {\"kind\": "                 \
        "\"missed_pings\", \"period\": \"0.2 s\"}}]"
#define SLOW_RANKS                                                                                 \
    "{\"strikes\": \"process\", \"at\": [\"11 s\", \"14.5 s\", \"52 s\"], "                        \
    "\"slows\": {\"to\": 0.6, \"for\": \"9.3 s\"}}"
/* The second failure is that of a device, which is empty then. */
#define LOSES(name)                                                                                \
    "/failures=[{\"at\": [\"1e9 s\"]}, {\"strikes\": \"device\", \"device\": \"" name "\", "       \
    "\"loses\": \"contents\", \"at\": [\"1e9 s\"], \"repair\": \"0.7 s\"}]"
#define ON_DEVICES(second)                                                                         \
    "/checkpoint/cost=null", "/checkpoint/content=full", "/recovery/restore=null",                 \
        "/checkpoint/levels=[{\"name\": \"a\", \"device\": \"near\"}, "                            \
        "{\"name\": \"b\", \"every\": 3, " second "}]",                                            \
        "/storage/near={\"total_write\": \"6 GB/s\", \"total_read\": \"3 GB/s\"}"
#define BESIDE_S (1.3 * 0.75)
#define BACK(intervals) (7.25 * (intervals))
/* In place of what the scenario has. The second failure destroys what the first level holds. */
#define LEVELS(first, second)                                                                      \
    "/checkpoint/cost=null", "/checkpoint/content=full", "/recovery/restore=null",                 \
        "/checkpoint/levels=[{\"name\": \"a\", \"survives\": \"process\", " first "},"             \
        "{\"name\": \"b\", \"every\": 3, " second "}]"
#define BY_TIME "\"cost\": \"1.3 s\", \"restore\": \"2.2 s\""
#define BY_DEVICE "\"device\": \"pfs\""
#define DRAINED "\"drain\": \"async\", \"share\": 0.25, "
#define SEVERE "/failures=[{\"at\": [\"1e9 s\"]}, {\"at\": [\"1e9 s\"], \"severity\": \"node\"}]"
#define MORE_SEVERE                                                                                \
    "/failures=[{\"at\": [\"1e9 s\"], \"severity\": \"node\"}, {\"at\": [\"1e9 s\"]}]"

static const struct setting settings[] = {
    {"sync", FROM_COMMIT, {NULL}, 0, 0},
    {"no final checkpoint", FROM_COMMIT, {"/checkpoint/final=false"}, 0, 0},
    {"wall timer", UNKNOWN, {"/checkpoint/timer=wall"}, 0, 1},
    {"wall timer from the commit",
     FROM_COMMIT,
     {"/checkpoint/timer=wall", "/checkpoint/interval_from=end"},
     0,
     0},
    {"usable from the cut", UNKNOWN, {"/checkpoint/usable_from=cut"}, 0, 1},
    {"agreement first",
     UNKNOWN,
     {"/checkpoint/coordination={\"kind\": \"stop_world\", \"latency\": \"0.8 s\"}"},
     0,
     0},
    {"device", FROM_COMMIT, {DEVICE}, 0, 0},
    {"device, read too", UNKNOWN, {DEVICE, "/recovery/restore=null"}, 0, 0},
    {"object store",
     UNKNOWN,
     {DEVICE, "/recovery/restore=null",
      "/storage/pfs={\"part\": \"0.5 GB\", \"connections\": 2, \"total\": \"6 GB/s\", "
      "\"request_rate_write\": \"16/s\", \"request_rate_read\": \"32/s\"}"},
     0,
     0},
    {"async", FROM_CUT, {ASYNC}, BESIDE_S, 0},
    {"async from the commit", UNKNOWN, {ASYNC, "/checkpoint/interval_from=end"}, 2 * BESIDE_S, 1},
    {"async, wall timer", UNKNOWN, {ASYNC, "/checkpoint/timer=wall"}, BESIDE_S, 1},
    {"async, device", UNKNOWN, {ASYNC, DEVICE}, 1.1, 0},
    {"a rack fails", FROM_COMMIT, {"/failures/0/strikes=rack"}, 0, 0},
    {"nodes come back before a spare is taken, or after",
     UNKNOWN,
     {"/cluster/nodes=4", "/recovery/scheduler/preferred_host=4 s",
      "/failures/0={\"strikes\": \"node\", \"repair\": \"7 s\", \"at\": [\"1e9 s\", \"1e9 s\"], "
      "\"exposure\": [\"work\", \"checkpoint\", \"recovery\", \"downtime\"]}"},
     0,
     0},
    /* A checkpoint that an outage aborts comes an interval after its end. */
    {"no checkpoint without the coordinator",
     UNKNOWN,
     {ASYNC, "/recovery/coordinator={\"time_to_failure\": \"13.3 s\", \"restart\": \"3.1 s\", "
             "\"blocks\": \"checkpoints\"}"},
     7.25 + 3.1 + 2 * BESIDE_S,
     4},
    /* A cut gives up the checkpoint that is being written. */
    {"nodes are cut off, noticed or not",
     UNKNOWN,
     {"/recovery/detector=3.1 s",
      "/failures/0={\"strikes\": \"node\", \"loses\": \"contact\", \"repair\": {\"dist\": "
      "\"uniform\", \"low\": \"1 s\", \"high\": \"6 s\"}, \"at\": [\"1e9 s\", \"1e9 s\"]}"},
     7.25,
     4},
    {"nothing without the coordinator",
     UNKNOWN,
     {"/recovery/coordinator={\"time_to_failure\": \"13.3 s\", \"restart\": \"3.1 s\", "
      "\"blocks\": \"everything\"}"},
     7.25,
     4},
    {"the second retry is the last",
     UNKNOWN,
     {"/recovery/retries={\"max\": 2, \"last_delay\": \"9.7 s\"}"},
     0,
     0},
    {"a coordinator is struck, then the job",
     UNKNOWN,
     {ASYNC, "/recovery/coordinator={\"restart\": \"3.1 s\"}",
      "/failures=[{\"strikes\": \"coordinator\", \"at\": [\"1e9 s\"]}, {\"at\": [\"1e9 s\"]}]"},
     7.25 + 3.1 + 2 * BESIDE_S,
     4},
    {"the job is struck, then a coordinator",
     UNKNOWN,
     {"/recovery/coordinator={\"restart\": \"3.1 s\"}",
      "/failures=[{\"at\": [\"1e9 s\"]}, {\"strikes\": \"coordinator\", \"at\": [\"1e9 s\"]}]"},
     7.25,
     4},
    {"recovery exposed to the end",
     UNKNOWN,
     {"/failures/0/exposure=[\"work\", \"checkpoint\", \"recovery\", \"downtime\"]"},
     0,
     0},
    {"recovery goes on", UNKNOWN, {"/recovery/on_failure=restore"}, 0, 0},
    {"failure deferred", UNKNOWN, {"/recovery/on_failure=defer"}, 0, 0},
    {"every phase of a restart",
     UNKNOWN,
     {RESTART_PHASES, "/failures/0/strikes=process",
      "/failures/0/exposure=[\"work\", \"checkpoint\", \"recovery\", \"downtime\"]"},
     0,
     0},
    {"every phase of a restart, recovery goes on",
     UNKNOWN,
     {RESTART_PHASES, "/recovery/on_failure=restore"},
     0,
     0},
    {"checkpoint retaken",
     UNKNOWN,
     {"/checkpoint/usable_from=cut", "/checkpoint/interrupted=retaken"},
     0,
     1},
    {"device that fails",
     UNKNOWN,
     {"/failures=[{\"at\": [\"1e9 s\", \"1e9 s\"]}, {\"strikes\": \"device\", \"device\": \"pfs\", "
      "\"at\": [\"8 s\", \"30 s\"], \"repair\": \"2.3 s\"}]",
      DEVICE, "/recovery/restore=null"},
     0,
     1},
    {"device that loses what it holds",
     UNKNOWN,
     {LOSES("pfs"), DEVICE, "/recovery/restore=null"},
     BACK(13),
     14},
    {"device that loses what it holds, async",
     UNKNOWN,
     {LOSES("pfs"), ASYNC, DEVICE, "/recovery/restore=null"},
     BACK(13),
     14},
    {"ranks are slow for a time",
     UNKNOWN,
     {"/failures=[{\"at\": [\"1e9 s\", \"1e9 s\"]}, " SLOW_RANKS "]"},
     0,
     1},
    {"ranks are slow for a time, async, wall timer",
     UNKNOWN,
     {"/failures=[{\"at\": [\"1e9 s\", \"1e9 s\"]}, " SLOW_RANKS "]", ASYNC,
      "/checkpoint/timer=wall"},
     BESIDE_S,
     3},
    {"from the input at once", UNKNOWN, {"/recovery/from_input=at_once"}, 0, 0},
    /* The last of seven intervals has grown to 21.6 s. */
    {"intervals that grow",
     UNKNOWN,
     {"/checkpoint/trigger={\"kind\": \"growing\", \"factor\": 1.2}"},
     14.4,
     6},
};

/* Of one strategy: they do not depend on it. */
static const struct setting level_settings[] = {
    {"levels", UNKNOWN, {LEVELS(BY_TIME, BY_TIME), SEVERE}, BACK(3), 3},
    {"levels, severe first", UNKNOWN, {LEVELS(BY_TIME, BY_TIME), MORE_SEVERE}, BACK(3), 3},
    {"only the highest level",
     UNKNOWN,
     {LEVELS(BY_TIME, BY_TIME), SEVERE, "/checkpoint/writes=highest"},
     BACK(3),
     3},
    {"levels, the first one not always",
     UNKNOWN,
     {LEVELS("\"every\": 2, " BY_TIME, BY_TIME), SEVERE},
     BACK(4),
     3},
    {"levels on a device", UNKNOWN, {LEVELS(BY_TIME, BY_DEVICE), SEVERE}, BACK(3), 3},
    {"drained", UNKNOWN, {LEVELS(BY_TIME, DRAINED "\"cost\": \"9 s\""), MORE_SEVERE}, BACK(6), 6},
    {"drained, slowly",
     UNKNOWN,
     {LEVELS(BY_TIME, DRAINED "\"cost\": \"31 s\""), MORE_SEVERE},
     BACK(9),
     9},
    {"levels on a device that loses them",
     UNKNOWN,
     {ON_DEVICES(BY_DEVICE), LOSES("pfs")},
     BACK(13),
     14},
    {"drained from a device that loses what it holds",
     UNKNOWN,
     {ON_DEVICES(DRAINED BY_DEVICE), "/storage/pfs/stream_write=0.3 GB/s", LOSES("near")},
     BACK(13),
     14},
    {"drained to a device that loses what it holds",
     UNKNOWN,
     {ON_DEVICES(DRAINED BY_DEVICE), "/storage/pfs/stream_write=0.3 GB/s", LOSES("pfs")},
     BACK(13),
     14},
    {"drained to a device", UNKNOWN, {LEVELS(BY_TIME, DRAINED BY_DEVICE), SEVERE}, BACK(6), 6},
    {"verified",
     UNKNOWN,
     {"/checkpoint/verification={\"cost\": \"0.3 s\", \"every\": 2}", "/checkpoint/content=full",
      "/checkpoint/retain=2",
      "/failures=[{\"at\": [\"1e9 s\"]}, {\"at\": [\"1e9 s\"], \"silent\": true}]"},
     BACK(2),
     3},
    {"verified, at levels",
     UNKNOWN,
     {LEVELS(BY_TIME, DRAINED BY_DEVICE), "/checkpoint/verification={\"cost\": \"0.3 s\"}",
      "/failures=[{\"at\": [\"1e9 s\"], \"silent\": true}, {\"at\": [\"1e9 s\"]}]"},
     BACK(6),
     6},
    {"device that does not survive",
     UNKNOWN,
     {DEVICE, "/storage/pfs/survives=process", SEVERE},
     BACK(13),
     14},
};

/* ---- watching ---- */

struct record {
    double time_s;
    const char *event;
};

struct log {
    struct record *records; /* owned */
    size_t n;
    size_t capacity;
};

static void note(void *context, double time_s, const char *event, const struct trace_value *values,
                 size_t n)
{
    (void)values;
    (void)n;
    struct log *log = context;
    log->records = mem_grow(log->records, log->n, &log->capacity, sizeof *log->records);
    log->records[log->n++] = (struct record){time_s, event};
}

struct trial {
    struct fixture fixture;
    const struct setting *setting;
    bool takes_checkpoints;
    struct log log;      /* of the run without failures */
    struct metrics free; /* of that run */
    struct rng rng;
    double failure_s[N_FAILURES];
};

/* The scripted failures may be moved in place: the run reads them, in order, from the model. */
static void place_failures(struct trial *trial, double first_s, double second_s)
{
    const struct failure_params *failures = trial->fixture.scenario.model.failures.items;
    struct scripted_failure *first = failures[0].at.items;
    bool has_two = trial->fixture.scenario.model.failures.n > 1;
    struct scripted_failure *second = has_two ? failures[1].at.items : first + 1;
    first->time_s = trial->failure_s[0] = first_s;
    second->time_s = trial->failure_s[1] = second_s;
}

static void replicate(struct trial *trial, struct log *log, struct metrics *metrics)
{
    struct trace_sink sink = {.record = note, .context = log};
    trial->fixture.run.trace = log ? &sink : NULL;
    if (log)
        log->n = 0;
    bool ok = fixture_replicate(&trial->fixture, 1, 0, metrics);
    trial->fixture.run.trace = NULL;
    if (!ok)
        fail_msg("%s: failures at %.17g s and %.17g s", trial->setting->name, trial->failure_s[0],
                 trial->failure_s[1]);
}

/* ---- what must hold ---- */

static void expect(const struct trial *trial, bool holds, const char *what, double is, double other)
{
    if (holds)
        return;
    fixture_print(&trial->fixture);
    fail_msg("%s, failures at %.17g s and %.17g s: %s: %.17g, %.17g", trial->setting->name,
             trial->failure_s[0], trial->failure_s[1], what, is, other);
}

static bool comes_first(const struct trial *trial, double completion_s, double failure_s)
{
    bool completion_wins = trial->fixture.scenario.model.run.ties == TIES_COMPLETION_FIRST;
    return completion_s < failure_s || (completion_wins && completion_s <= failure_s);
}

/* When the undisturbed run was where a failure at time_s sends the job back to. */
static double sent_back_to(const struct trial *trial, double time_s)
{
    const struct log *log = &trial->log;
    double back_s = 0;
    double cut_s = 0;
    for (size_t i = 0; i < log->n; i++) {
        if (strcmp(log->records[i].event, "checkpoint_cut") == 0)
            cut_s = log->records[i].time_s;
        if (strcmp(log->records[i].event, "checkpoint_committed") == 0 &&
            comes_first(trial, log->records[i].time_s, time_s))
            back_s = trial->setting->oracle == FROM_CUT ? cut_s + SYNC_S + SHARE * WRITE_S
                                                        : log->records[i].time_s;
    }
    return back_s;
}

/*
 * Replays the failures on the undisturbed run, which the job follows `late_s` behind, and returns
 * when it ends. In the downtime a failure does nothing, in the recovery it starts the outage anew.
 */
static double replay(const struct trial *trial, const double failure_s[N_FAILURES])
{
    double free_s = trial->free.value[M_MAKESPAN];
    double late_s = 0;
    double back_s = 0;
    double down_until_s = -1;
    double running_from_s = -1;
    for (size_t i = 0; i < N_FAILURES; i++) {
        double at_s = failure_s[i];
        if (comes_first(trial, free_s + late_s, at_s))
            break;
        if (!comes_first(trial, down_until_s, at_s))
            continue; /* it cannot fail while it is down */
        if (comes_first(trial, running_from_s, at_s))
            back_s = fmax(back_s, sent_back_to(trial, at_s - late_s));
        down_until_s = at_s + DOWN_S;
        running_from_s = at_s + OUTAGE_S;
        late_s = running_from_s - back_s;
    }
    return free_s + late_s;
}

/*
 * The makespan that follows from the undisturbed run. Where the second failure comes together with
 * another event of the delayed run, rounding decides which is first, so either answer will do.
 */
static void check_makespan(const struct trial *trial, double makespan_s)
{
    double early[N_FAILURES] = {trial->failure_s[0], trial->failure_s[1] - NEAR_S};
    double late[N_FAILURES] = {trial->failure_s[0], trial->failure_s[1] + NEAR_S};
    double early_s = replay(trial, early);
    double late_s = replay(trial, late);
    expect(trial,
           fabs(makespan_s - early_s) <= 2 * NEAR_S || fabs(makespan_s - late_s) <= 2 * NEAR_S,
           "makespan", makespan_s, late_s);
}

static void check_run(const struct trial *trial, const struct metrics *metrics)
{
    const double *value = metrics->value;
    const double *free = trial->free.value;
    double hits = value[M_FAILURES] + value[M_SILENT_ERRORS];
    double at_once_s = trial->takes_checkpoints ? INTERVAL_S + trial->setting->beside_s : WORK_S;
    double shifts = hits * trial->setting->shifts;
    expect(trial, !(value[M_UNFINISHED] > 0), "the job did not end", value[M_UNFINISHED], 0);
    expect(trial, value[M_MAKESPAN] >= free[M_MAKESPAN] * (1 - SAME),
           "faster than without failures", value[M_MAKESPAN], free[M_MAKESPAN]);
    expect(trial, value[M_LOST_WORK] <= hits * at_once_s * (1 + SAME), "lost more than an interval",
           value[M_LOST_WORK], hits * at_once_s);
    expect(trial, fabs(value[M_CHECKPOINTS_COMMITTED] - free[M_CHECKPOINTS_COMMITTED]) <= shifts,
           "checkpoints committed", value[M_CHECKPOINTS_COMMITTED], free[M_CHECKPOINTS_COMMITTED]);
    double outages = trial->fixture.scenario.model.recovery.coordinator.blocks != BLOCKS_LAUNCHES
                         ? value[M_COORDINATOR_FAILURES]
                         : 0;
    expect(trial, value[M_CHECKPOINTS_ABORTED] <= hits + outages, "checkpoints aborted",
           value[M_CHECKPOINTS_ABORTED], hits + outages);
}

/* Jumps and walks, with the events in *log unless NULL. */
static void run_with(struct trial *trial, double first_s, double second_s, struct log *log)
{
    struct metrics jumped;
    struct metrics walked;
    struct log own = {0};
    place_failures(trial, first_s, second_s);
    replicate(trial, NULL, &jumped);
    replicate(trial, log ? log : &own, &walked);
    free(own.records);
    expect(trial, fixture_same_metrics(&jumped, &walked), "jumped and walked", 0, 0);
    check_run(trial, &jumped);
    if (trial->setting->oracle != UNKNOWN)
        check_makespan(trial, jumped.value[M_MAKESPAN]);
}

static void fail_once(struct trial *trial, double time_s)
{
    run_with(trial, time_s, NEVER_S, NULL);
}

/* ---- where failures are put ---- */

static void fail_around_every_event(struct trial *trial)
{
    for (size_t i = 0; i < trial->log.n; i++) {
        double time_s = trial->log.records[i].time_s;
        fail_once(trial, time_s);
        fail_once(trial, nextafter(time_s, NEVER_S));
        if (time_s > 0)
            fail_once(trial, nextafter(time_s, 0));
    }
    fail_once(trial, 0);
    fail_once(trial, trial->free.value[M_MAKESPAN]);
}

static void fail_anywhere(struct trial *trial)
{
    for (size_t i = 0; i < RANDOM_INSTANTS; i++)
        fail_once(trial, 1.02 * trial->free.value[M_MAKESPAN] * rng_uniform(&trial->rng));
}

/* A second failure at every event of the run with the first: the end of the recovery among them. */
static void fail_twice(struct trial *trial)
{
    struct log log = {0};
    for (size_t i = 0; i < trial->log.n; i++) {
        double first_s = trial->log.records[i].time_s + rng_uniform(&trial->rng);
        run_with(trial, first_s, NEVER_S, &log);
        size_t n = log.n;
        double *second_s = mem_alloc(n, sizeof *second_s);
        for (size_t k = 0; k < n; k++)
            second_s[k] = log.records[k].time_s;
        for (size_t k = 0; k < n; k++)
            if (second_s[k] >= first_s) {
                run_with(trial, first_s, second_s[k], NULL);
                run_with(trial, first_s, nextafter(second_s[k], NEVER_S), NULL);
                run_with(trial, first_s, fmax(nextafter(second_s[k], 0), first_s), NULL);
                run_with(trial, first_s, second_s[k] + 0.2 * rng_uniform(&trial->rng), NULL);
            }
        free(second_s);
    }
    free(log.records);
}

/* ---- all strategies in all settings ---- */

static void try_setting(const struct strategy *strategy, const struct setting *setting,
                        const char *ties)
{
    char strategy_set[64];
    char ties_set[64];
    (void)snprintf(strategy_set, sizeof strategy_set, "/checkpoint/strategy=%s", strategy->name);
    (void)snprintf(ties_set, sizeof ties_set, "/run/ties=%s", ties);
    const char *sets[MAX_SETS + 2] = {strategy_set, ties_set};
    memcpy(sets + 2, setting->sets, sizeof setting->sets);
    struct trial trial = {.setting = setting, .rng = rng_from_splitmix(20240607)};
    assert_true(fixture_init(&trial.fixture, scenario_text, sets, MAX_SETS + 2));
    place_failures(&trial, NEVER_S, NEVER_S);
    replicate(&trial, &trial.log, &trial.free);
    trial.takes_checkpoints = trial.free.value[M_CHECKPOINTS_COMMITTED] > 0;
    fail_around_every_event(&trial);
    fail_anywhere(&trial);
    fail_twice(&trial);
    free(trial.log.records);
    fixture_release(&trial.fixture);
}

static void every_strategy_survives_a_failure_at_every_instant(void **state)
{
    (void)state;
    for (const struct strategy *strategy = strategies; strategy->name; strategy++)
        for (size_t i = 0; i < MEM_COUNT(settings); i++) {
            try_setting(strategy, &settings[i], "completion_first");
            try_setting(strategy, &settings[i], "failure_first");
        }
}

static void levels_survive_failures_of_any_severity_at_every_instant(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(level_settings); i++) {
        try_setting(strategy_find("multilevel"), &level_settings[i], "completion_first");
        try_setting(strategy_find("multilevel"), &level_settings[i], "failure_first");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_survive_failures_of_any_severity_at_every_instant),
        cmocka_unit_test(every_strategy_survives_a_failure_at_every_instant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
