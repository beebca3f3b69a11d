// SPDX-License-Identifier: GPL-3.0-or-later
/* Outputs of stages on devices that all who move some share. All durations are constant, so that
 * each instant can be worked out by hand. */
#include <math.h>
#include <stdio.h>

#include "watched.h"

/*
 * Maps work from 0 to 10 and 14 to 24 s; two at a time share 1 GB/s, so that each writes its 2 GB
 * in 4 s. Each reduce reads 4 GB of the 8 GB from 28 to 36 s, works until 56 s and writes 1 GB.
 */
static const char text[] =
    "{\"job\": {\"stages\": ["
    "   {\"name\": \"map\", \"tasks\": 4, \"work\": \"10 s\", \"output_size\": \"2 GB\","
    "    \"device\": \"disks\"},"
    "   {\"name\": \"reduce\", \"tasks\": 2, \"work\": \"20 s\", \"inputs\": [{\"from\": "
    "\"map\"}], \"output_size\": \"1 GB\", \"device\": \"dfs\"}]},"
    " \"storage\": {\"disks\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\","
    "    \"total_write\": \"1 GB/s\", \"total_read\": \"1 GB/s\", \"price\": {\"storage\": 1}},"
    "   \"dfs\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\"}},"
    " \"cluster\": {\"nodes\": 2},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [{\"time\": \"1e9 s\"}]}]}";

#define AT(time, unit) "/failures/0/at=[{\"time\": \"" time "\", \"unit\": " unit "}]"

static void check(double makespan_s, double written_bytes, double read_bytes,
                  const char *const *sets)
{
    struct watched w;
    watch(&w, text, sets);
    assert_near(value(&w, M_MAKESPAN), makespan_s, SAME);
    assert_near(value(&w, M_CHECKPOINT_BYTES), written_bytes, 1);
    assert_near(value(&w, M_RESTORE_BYTES), read_bytes, 1);
    check_budget(&w);
    unwatch(&w);
}

#define CHECK(makespan_s, written_bytes, read_bytes, ...)                                          \
    check(makespan_s, written_bytes, read_bytes, (const char *[MAX_SETS]){__VA_ARGS__})

static void tasks_share_what_they_write_and_read(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, text, (const char *[MAX_SETS]){NULL});
    check_span(&w, "map/1", "write", 10, 14);
    check_span(&w, "map/3", "write", 24, 28);
    check_span(&w, "reduce/0", "fetch", 28, 36);
    check_span(&w, "reduce/1", "write", 56, 57);
    assert_near(value(&w, M_WORK_USEFUL), 4 * 14 + 2 * 29, SAME);
    /* Idle and writing are no first time of reading and working. */
    assert_near(value(&w, M_WASTE), (4 * 4 + 2 * 1) / (2 * 57.0), SAME);
    assert_near(value(&w, M_OVERHEAD), (4 * 4 + 2 * 1) / (2 * 57.0), SAME);
    /* 4 GB from 14 s on, 8 GB from 28 s on. */
    assert_near(value(&w, M_COST_STORAGE), (4 * 14 + 8 * 29) / (30 * 86400.0), 1e-15);
    check_budget(&w);
    unwatch(&w);
    CHECK(57, 10e9, 8e9, NULL);
    /* One request for each output: 0.1 s for each wave of writes, 0.4 s to read four. */
    CHECK(57 + 2 * 0.1 + 0.4, 10e9, 8e9, "/storage/disks/latency=0.1 s");
    /* A narrow input is two outputs, all of them. */
    CHECK(57, 10e9, 8e9, "/job/stages/1/inputs/0/by=narrow");
    /* Two inputs, one after the other: 8 GB, and 2 GB that are there at 40 s. */
    CHECK(40 + 8 + 2 + 19 + 1, 12e9, 10e9,
          "/job/stages=[{\"name\": \"map\", \"tasks\": 4, \"work\": \"10 s\", \"output_size\": \"2 "
          "GB\", \"device\": \"disks\"}, {\"name\": \"side\", \"tasks\": 2, \"work\": \"10 s\", "
          "\"output_size\": \"1 GB\", \"device\": \"disks\"}, {\"name\": \"reduce\", \"tasks\": 2, "
          "\"work\": \"19 s\", \"inputs\": [{\"from\": \"map\"}, {\"from\": \"side\"}], "
          "\"output_size\": \"1 GB\", \"device\": \"dfs\"}]");
}

/* k tasks that end their work together write k b bytes at the total speed, or each at its own. */
static void writes_take_as_long_as_the_device_for_all_of_them(void **state)
{
    (void)state;
    for (unsigned k = 1; k <= 64; k *= 2) {
        char stages[200];
        struct watched w;
        (void)snprintf(stages, sizeof stages,
                       "/job/stages=[{\"name\": \"t\", \"tasks\": %u, \"work\": \"10 s\", "
                       "\"output_size\": \"3 GB\", \"device\": \"disks\"}]",
                       k);
        watch(&w, text,
              (const char *[MAX_SETS]){stages, "/cluster={\"nodes\": 64}",
                                       "/storage/disks/total_write=5 GB/s"});
        assert_near(value(&w, M_MAKESPAN), 10 + fmax(3, 3 * k / 5.0), SAME);
        unwatch(&w);
    }
}

static void what_a_failure_cuts_off_moves_again(void **state)
{
    (void)state;
    /* Two maps are done again from 30 to 44 s, the reduces begin anew; 1 GB had been read by each.
     */
    CHECK(44 + 29, 14e9, 10e9, AT("30 s", "0"));
    /* In its write, 1 GB of which is done: map/1 ends at 13 s, map/0 writes from 22 to 25 s, map/2
     * from 23 to 26 s, map/3 from 35 to 37 s. */
    CHECK(37 + 29, 11e9, 8e9, AT("12 s", "0"), "/failures/0/strikes=process");
    /* On storage that survives reduce/0 alone reads again, from 30 to 37 s. */
    CHECK(58, 10e9, 9e9, AT("30 s", "0"), "/job/stages/0/output=durable");
}

static void outages_hold_transfers_up(void **state)
{
    (void)state;
    CHECK(57 + 5, 10e9, 8e9,
          "/failures/0={\"strikes\": \"device\", \"device\": \"disks\", \"at\": [\"11 s\"], "
          "\"repair\": \"5 s\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_share_what_they_write_and_read),
        cmocka_unit_test(writes_take_as_long_as_the_device_for_all_of_them),
        cmocka_unit_test(what_a_failure_cuts_off_moves_again),
        cmocka_unit_test(outages_hold_transfers_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
