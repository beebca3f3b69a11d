// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Micro-batches at work, computed by hand: messages come at whole seconds, all times are constant
 * and failures are scripted.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "fixture.h"

static const double SAME = 1e-9;

enum { MAX_SETS = 10 };

/*
 * One message a second, from 1 s on, 0.1 s in `read` and 0.2 s in `count`; a batch of n takes
 * 0.1 + 0.2 n s in the operators. Logs take 0.25 s, commits 0.5 s.
 */
static const char job[] =
    "{\"job\": {\"operators\": ["
    "{\"name\": \"read\", \"service\": \"0.1 s\","
    " \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
    "{\"name\": \"count\", \"service\": \"0.2 s\", \"state\": \"10 MB\","
    " \"inputs\": [{\"from\": \"read\"}]}]},"
    "\"checkpoint\": {\"strategy\": \"microbatch\", \"interval\": \"10 s\", \"cost\": \"0.5 s\","
    " \"coordination\": {\"kind\": \"microbatch\", \"log\": \"0.25 s\"}},"
    "\"failures\": [{\"at\": [\"1e9 s\"]}],"
    "\"storage\": {\"disk\": {\"stream_write\": \"10 MB/s\", \"stream_read\": \"10 MB/s\"}},"
    "\"recovery\": {\"detector\": \"1 s\", \"restore\": \"0.5 s\", \"restart\": {\"delay\": \"0.5 "
    "s\"}},"
    "\"run\": {\"duration\": \"60 s\"}}";

struct heard {
    double time_s;
    char event[32];
};

/* A run, and the events of its trace. */
struct watched {
    struct fixture fixture;
    struct metrics metrics;
    struct heard *heard; /* owned */
    size_t n, capacity;
};

static void hear(void *context, double time_s, const char *event, const struct trace_value *values,
                 size_t n)
{
    (void)values;
    (void)n;
    struct watched *watched = context;
    watched->heard =
        mem_grow(watched->heard, watched->n, &watched->capacity, sizeof *watched->heard);
    struct heard *heard = &watched->heard[watched->n++];
    heard->time_s = time_s;
    (void)snprintf(heard->event, sizeof heard->event, "%s", event);
}

static void watch(struct watched *watched, const char *const sets[MAX_SETS])
{
    struct trace_sink sink = {.record = hear, .context = watched};
    *watched = (struct watched){0};
    assert_true(fixture_init(&watched->fixture, job, sets, MAX_SETS));
    watched->fixture.run.trace = &sink;
    assert_true(fixture_replicate(&watched->fixture, 1, 0, &watched->metrics));
}

static void unwatch(struct watched *watched)
{
    free(watched->heard);
    fixture_release(&watched->fixture);
}

/* The events of that name came at exactly the first n of these times, and then others. */
static void expect_times(const struct watched *watched, const char *event, const double *times_s,
                         size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < watched->n && found < n; i++)
        if (strcmp(watched->heard[i].event, event) == 0)
            assert_near(watched->heard[i].time_s, times_s[found++], SAME);
    assert_int_equal(found, n);
}
#define EXPECT_TIMES(watched, event, ...)                                                          \
    expect_times(watched, event, (const double[]){__VA_ARGS__},                                    \
                 sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static double value(const struct watched *watched, enum metric metric)
{
    return watched->metrics.value[metric];
}

static double mean(const struct watched *watched, enum metric metric)
{
    return watched->metrics.value[metric] / watched->metrics.count[metric];
}

static void a_batch_goes_through_its_stages(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, (const char *[MAX_SETS]){0});
    /* The batch of 10 s is of the messages of 1 to 10 s. */
    EXPECT_TIMES(&w, "checkpoint_skipped", 0);
    EXPECT_TIMES(&w, "checkpoint_triggered", 10, 20, 30, 40, 50);
    EXPECT_TIMES(&w, "offsets_logged", 10.25, 20.25);
    EXPECT_TIMES(&w, "batch_drained", 12.35, 22.35);
    EXPECT_TIMES(&w, "checkpoint_acked", 12.85, 12.85, 22.85);
    EXPECT_TIMES(&w, "batch_stored", 12.85, 22.85);
    EXPECT_TIMES(&w, "checkpoint_committed", 13.1, 23.1, 33.1, 43.1, 53.1);
    assert_near(mean(&w, M_CHECKPOINT_DURATION), 3.1, SAME);
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED), 5, 0);
    assert_near(value(&w, M_CHECKPOINTS_SKIPPED), 1, 0);
    /* Message i of a batch waits 10 - i s for it, 0.25 s for the log, and comes out
     * 0.1 + 0.2 i s later. */
    assert_near(mean(&w, M_LATENCY), 4.5 + 0.25 + 0.1 + 0.2 * 5.5, SAME);
    unwatch(&w);
}

static void late_batches_follow_at_once(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, (const char *[MAX_SETS]){"/job/operators/1/service=1.5 s", "/run/duration=100 s"});
    /* 10 messages: 0.25 + 0.1 + 15 + 0.5 + 0.25; then the 16 of 11 to 26. */
    EXPECT_TIMES(&w, "checkpoint_triggered", 10, 26.1, 26.1 + 1.1 + 24);
    EXPECT_TIMES(&w, "checkpoint_committed", 26.1, 26.1 + 1.1 + 24);
    unwatch(&w);
}

/* Those that are late begin at once, the others at multiples of the interval after the first. */
static void batches_go_back_to_the_grid(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, (const char *[MAX_SETS]){"/checkpoint/interval=4 s", "/checkpoint/trigger/first=10 s",
                                       "/job/operators/1/service=0.4 s"});
    /* 10 messages take 1.1 + 4 s, past 14 s; the 5 of 11 to 15 take 1.1 + 2 s, past 18 s; the 3
     * of 16 to 18 take 1.1 + 1.2 s, up to 20.5 s. */
    EXPECT_TIMES(&w, "checkpoint_triggered", 10, 15.1, 18.2, 22, 26, 30);
    unwatch(&w);
}

/* An interval that is shorter than a batch: as soon as possible, looking for data meanwhile. */
static void batches_come_as_soon_as_there_is_data(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, (const char *[MAX_SETS]){"/checkpoint/interval=1 ms",
                                       "/checkpoint/coordination/poll=0.3 s",
                                       "/checkpoint/coordination/log=0 s"});
    /* Looks at 0, 0.3, 0.6, 0.9 and 1.2 s; the batch of one takes 0.3 + 0.5 s, to 2 s. */
    EXPECT_TIMES(&w, "checkpoint_skipped", 0, 0.3, 0.6, 0.9);
    EXPECT_TIMES(&w, "checkpoint_triggered", 1.2, 2, 3.1);
    EXPECT_TIMES(&w, "checkpoint_committed", 2, 2.8);
    unwatch(&w);
}

#define EACH_BATCH "/checkpoint/interval=null", "/checkpoint/trigger={\"kind\": \"each_batch\"}"

static void each_batch_follows_the_last(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, (const char *[MAX_SETS]){EACH_BATCH, "/checkpoint/coordination/poll=0.35 s",
                                       "/job/operators/1/service=1.5 s"});
    EXPECT_TIMES(&w, "checkpoint_skipped", 0, 0.35, 0.7);
    /* n messages take 1.1 + 1.5 n s: 1; 2 and 3; 4 to 7; 8 to 14. */
    EXPECT_TIMES(&w, "checkpoint_triggered", 1.05, 3.65, 7.75, 14.85, 26.45);
    EXPECT_TIMES(&w, "checkpoint_committed", 3.65, 7.75, 14.85, 26.45);
    unwatch(&w);
    /* Where there is nothing new it looks again: a batch of one takes 0.3 + 0.5 s. */
    watch(&w, (const char *[MAX_SETS]){EACH_BATCH, "/checkpoint/coordination/poll=0.3 s",
                                       "/checkpoint/coordination/log=0 s"});
    EXPECT_TIMES(&w, "checkpoint_triggered", 1.2, 2, 3.1, 4.2);
    EXPECT_TIMES(&w, "checkpoint_skipped", 0, 0.3, 0.6, 0.9, 2.8, 3.9);
    unwatch(&w);
}

static void batches_refuse_what_they_have_no_part_in(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "/checkpoint/queue=1",
        "/checkpoint/min_pause=1 s",
        "/checkpoint/timeout=1 s",
        "/checkpoint/max_concurrent=2",
        "/checkpoint/tolerable_failures=0",
        "/checkpoint/write_failures/probability=0.5",
        "/checkpoint/trigger={\"kind\": \"adaptive\"}",
        "/checkpoint/trigger={\"kind\": \"any_of\", \"of\": [{\"kind\": \"fixed\"}]}",
        "/checkpoint/trigger={\"kind\": \"each_batch\"}", /* beside an interval */
    };
    for (size_t i = 0; i < MEM_COUNT(sets); i++) {
        struct fixture fixture;
        assert_false(fixture_init(&fixture, job, &sets[i], 1));
    }
}

/* Bytes go to a device, all of the state first and then its changes, while the tasks stand. */
static void tasks_commit_to_a_device(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, (const char *[MAX_SETS]){"/checkpoint/cost=null", "/checkpoint/device=disk",
                                       "/checkpoint/content=delta",
                                       "/job/operators/1/state={\"size\": \"10 MB\", \"dirty\": "
                                       "\"20 %\"}"});
    EXPECT_TIMES(&w, "batch_drained", 12.35, 22.35);
    EXPECT_TIMES(&w, "batch_stored", 13.35, 22.55);
    EXPECT_TIMES(&w, "checkpoint_committed", 13.6, 22.8);
    unwatch(&w);
}

/* What was logged is run again as it was, at once; what was not is a new batch. */
static void failed_batches_are_run_again(void **state)
{
    (void)state;
    static const struct {
        const char *failure;
        double triggered_s[4], drained_s[3], aborted, reprocessed;
    } rows[] = {
        /* Down for 2 s. While it logs: the new batch is due when tasks restart, and holds what has
         * come meanwhile, 12 messages. */
        {"/failures/0/at=[\"20.2 s\"]",
         {10, 20, 22.2, 32.2},
         {12.35, 22.2 + 0.25 + 0.1 + 2.4, 32.2 + 0.25 + 0.1 + 2},
         1,
         0},
        /* While it runs, while it is stored, and while the commit is logged: the same 10 again, and
         * no write to the log of offsets. The next takes 13 or more. Until 21 s 7 and 3 of them
         * were done, later all. */
        {"/failures/0/at=[\"21 s\"]",
         {10, 20, 23, 33},
         {12.35, 23 + 0.1 + 2, 33 + 0.25 + 0.1 + 2.6},
         1,
         7 + 3},
        {"/failures/0/at=[\"22.5 s\"]",
         {10, 20, 24.5, 34.5},
         {12.35, 22.35, 24.5 + 0.1 + 2},
         1,
         10 + 10},
        {"/failures/0/at=[\"22.9 s\"]",
         {10, 20, 24.9, 34.9},
         {12.35, 22.35, 24.9 + 0.1 + 2},
         1,
         10 + 10},
        /* Between two batches, of which nothing is lost. */
        {"/failures/0/at=[\"24 s\"]",
         {10, 20, 26, 36},
         {12.35, 22.35, 26 + 0.25 + 0.1 + 1.2},
         0,
         0},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct watched w;
        watch(&w, (const char *[MAX_SETS]){rows[i].failure});
        expect_times(&w, "checkpoint_triggered", rows[i].triggered_s, 4);
        expect_times(&w, "batch_drained", rows[i].drained_s, 3);
        assert_near(value(&w, M_CHECKPOINTS_ABORTED), rows[i].aborted, 0);
        assert_near(value(&w, M_REPROCESSED), rows[i].reprocessed, 0);
        unwatch(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_goes_through_its_stages),
        cmocka_unit_test(late_batches_follow_at_once),
        cmocka_unit_test(batches_go_back_to_the_grid),
        cmocka_unit_test(batches_come_as_soon_as_there_is_data),
        cmocka_unit_test(each_batch_follows_the_last),
        cmocka_unit_test(batches_refuse_what_they_have_no_part_in),
        cmocka_unit_test(tasks_commit_to_a_device),
        cmocka_unit_test(failed_batches_are_run_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
