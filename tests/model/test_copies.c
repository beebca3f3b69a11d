// SPDX-License-Identifier: GPL-3.0-or-later
/* Copies of checkpoints that are written along with them, for later restores. All durations are
 * constant, so that each instant can be worked out by hand. */
#include "watched.h"

/* Checkpoints at 10, 20, ... 90 s: each task writes its 1 GB in 1 s, and a copy in 2 or 5 s. */
static const char text[] =
    "{\"job\": {\"containers\": 2, \"operators\": [{\"name\": \"op\", \"tasks\": 2,"
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"2/s\"}},"
    "   \"state\": \"2 GB\"}]},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"mode\": \"async\", \"interval\": \"10 s\","
    "   \"device\": \"dfs\"},"
    " \"storage\": {\"dfs\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"100 MB/s\"},"
    "   \"ssd\": {\"stream_write\": \"500 MB/s\", \"stream_read\": \"500 MB/s\"},"
    "   \"peers\": {\"stream_write\": \"1 GB/s\", \"total_write\": \"400 MB/s\","
    "     \"stream_read\": \"200 MB/s\", \"price\": {\"write\": 1}}},"
    " \"failures\": [{\"strikes\": \"container\", \"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"sources\": [{\"from\": \"local\", \"device\": \"ssd\", \"copy\": \"read\"},"
    "   {\"from\": \"peer\", \"device\": \"peers\"}, {\"from\": \"remote\"}]},"
    " \"run\": {\"duration\": \"99 s\"}}";

#define LOCAL "/recovery/sources/0/written=true"
#define PEER "/recovery/sources/1/written=true"

/* How long the write of each checkpoint takes, and what copies on peers cost. */
static void check(double async_s, double cost, const char *const *sets)
{
    struct watched w;
    watch(&w, text, sets);
    assert_near(mean(&w, M_ASYNC), async_s, 1e-6);
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED), 9, 0);
    assert_near(value(&w, M_COST_TRANSFER), cost, 1e-6);
    check_budget(&w);
    unwatch(&w);
}

#define CHECK(async_s, cost, ...) check(async_s, cost, (const char *[MAX_SETS]){__VA_ARGS__})

static void a_checkpoint_waits_for_its_copies(void **state)
{
    (void)state;
    CHECK(1, 0, NULL);
    CHECK(2, 0, LOCAL);
    /* Two tasks share 400 MB/s; each GB costs 1. */
    CHECK(5, 9 * 2, PEER);
    CHECK(5, 9 * 2, LOCAL, PEER);
    CHECK(2, 0, LOCAL, "/storage/ssd/latency=0.5 s", "/storage/ssd/stream_write=2 GB/s",
          "/storage/dfs/stream_write=500 MB/s");
    /* On the device of the checkpoints, which both share. */
    CHECK(4, 0, LOCAL, "/recovery/sources/0/device=dfs", "/storage/dfs/total_write=1 GB/s");
}

static void what_is_not_written_is_no_line(void **state)
{
    (void)state;
    struct watched w;
    /* At 23 s the second checkpoint is written, and its copy on the peer is not. */
    watch(&w, text,
          (const char *[MAX_SETS]){PEER, "/failures/0/at=[\"23 s\"]", "/run/duration=44 s"});
    assert_near(mean(&w, M_ROLLBACK), 13, 0.5);
    assert_near(value(&w, M_CHECKPOINTS_ABORTED), 1, 0);
    unwatch(&w);
    watch(&w, text, (const char *[MAX_SETS]){"/failures/0/at=[\"23 s\"]"});
    assert_near(mean(&w, M_ROLLBACK), 3, 0.5);
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_checkpoint_waits_for_its_copies),
        cmocka_unit_test(what_is_not_written_is_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
