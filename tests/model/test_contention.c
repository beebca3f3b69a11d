// SPDX-License-Identifier: GPL-3.0-or-later
/* What tasks do to each other on a device that they share: processor sharing, through scenarios. */
#include <math.h>

#include "watched.h"

/* Three tasks of 1, 2 and 3 GB cut at the same time; all of them together may write 1 GB/s. */
static const char three_sizes[] =
    "{\"job\": {\"operators\": ["
    "  {\"name\": \"a\", \"state\": \"1 GB\", \"source\": {\"message\": \"1 B\","
    "     \"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
    "  {\"name\": \"b\", \"state\": \"2 GB\", \"source\": {\"message\": \"1 B\","
    "     \"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
    "  {\"name\": \"c\", \"state\": \"3 GB\", \"source\": {\"message\": \"1 B\","
    "     \"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"20 s\", \"mode\": \"async\","
    "   \"device\": \"d\"},"
    " \"storage\": {\"d\": {\"total_write\": \"1 GB/s\", \"total_read\": \"1 GB/s\"}},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [{\"time\": \"38 s\", \"unit\": 0}]}],"
    " \"recovery\": {\"downtime\": \"1 s\"},"
    " \"run\": {\"duration\": \"60 s\"}}";

static void tasks_that_write_together_share_fairly(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, three_sizes, (const char *[MAX_SETS]){NULL});
    /* Known answer E30: at 3, 5 and 6 s. */
    assert_near(when(&w, "checkpoint_acked", "a/0", 0), 23, SAME);
    assert_near(when(&w, "checkpoint_acked", "b/0", 0), 25, SAME);
    assert_near(when(&w, "checkpoint_acked", "c/0", 0), 26, SAME);
    unwatch(&w);
}

static void tasks_that_restore_together_share_fairly(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, three_sizes, (const char *[MAX_SETS]){"/recovery/restart={\"scope\":\"all\"}", NULL});
    /* 6 GB at 1 GB/s: all are restored when the last of them is. */
    assert_near(mean(&w, M_RESTORE), 6, SAME);
    assert_near(value(&w, M_RESTORE_BYTES), 6e9, 1);
    unwatch(&w);
}

/* One task restores 1 GB from 39 s on, the others write 2 and 3 GB from 40 s on. */
static void a_restore_competes_with_checkpoints_where_one_total_is_of_both(void **state)
{
    (void)state;
    static const char *const alone[MAX_SETS] = {"/checkpoint/strategy=periodic",
                                                "/recovery/restart={\"scope\":\"task\"}", NULL};
    struct watched w;
    watch(&w, three_sizes, alone);
    assert_near(mean(&w, M_RESTORE), 1, SAME);
    unwatch(&w);
    /* Struck half a second later it has read half of its state when the others begin to write. */
    static const char *const shared[MAX_SETS] = {
        "/checkpoint/strategy=periodic", "/recovery/restart={\"scope\":\"task\"}",
        "/storage/d={\"total\":\"1 GB/s\"}", "/failures/0/at=[{\"time\":\"38.5 s\",\"unit\":0}]",
        NULL};
    watch(&w, three_sizes, shared);
    /* The other half at a third of the speed. */
    assert_near(mean(&w, M_RESTORE), 0.5 + 3 * 0.5, SAME);
    /* Until 41.5 s they have written 0.5 GB each, then they share: 1.5 GB more, and the last one.
     */
    assert_near(when(&w, "checkpoint_acked", "b/0", 1), 44.5, SAME);
    assert_near(when(&w, "checkpoint_acked", "c/0", 1), 45.5, SAME);
    unwatch(&w);
}

/* The slowest of k tasks: k b / B, until a stream's own speed is less than its share. */
static void a_job_of_k_tasks_takes_k_times_as_long(void **state)
{
    (void)state;
    static const struct {
        int tasks;
        double seconds; /* 1 GB each, 2 GB/s for one, 10 GB/s for all */
    } cases[] = {{1, 0.5}, {5, 0.5}, {10, 1}, {40, 4}};
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        char tasks[64];
        char size[64];
        (void)snprintf(tasks, sizeof tasks, "/job/tasks=%d", cases[i].tasks);
        (void)snprintf(size, sizeof size, "/job/state=\"%d GB\"", cases[i].tasks);
        struct fixture fixture;
        struct metrics metrics;
        const char *sets[MAX_SETS] = {tasks, size, NULL};
        assert_true(
            fixture_init(&fixture,
                         "{\"job\": {\"work\": \"100 s\"}, \"checkpoint\": {\"interval\": \"10 s\","
                         " \"device\": \"d\"}, \"storage\": {\"d\": {\"stream_write\": \"2 GB/s\","
                         " \"stream_read\": \"2 GB/s\", \"total_write\": \"10 GB/s\"}}}",
                         sets, MAX_SETS));
        assert_true(fixture_replicate(&fixture, 7, 0, &metrics));
        double n = metrics.value[M_CHECKPOINTS_COMMITTED];
        assert_near(metrics.value[M_TIME_CHECKPOINT] / n, cases[i].seconds, SAME);
        fixture_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_that_write_together_share_fairly),
        cmocka_unit_test(tasks_that_restore_together_share_fairly),
        cmocka_unit_test(a_restore_competes_with_checkpoints_where_one_total_is_of_both),
        cmocka_unit_test(a_job_of_k_tasks_takes_k_times_as_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
