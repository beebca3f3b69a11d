// SPDX-License-Identifier: GPL-3.0-or-later
/* Devices that failures strike. All durations are constant, so that each instant can be worked out
 * by hand. */
#include <math.h>

#include "watched.h"

/* A checkpoint of 2 s at 30, 60 and 90 s of work, 106 s in all. */
static const char text[] =
    "{\"job\": {\"work\": \"100 s\", \"state\": \"2 GB\"},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"30 s\", \"device\": \"disk\","
    "   \"final\": false},"
    " \"storage\": {\"disk\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\"},"
    "   \"other\": {\"stream_write\": \"1 GB/s\"}},"
    " \"failures\": [{\"strikes\": \"device\", \"device\": \"disk\", \"at\": [\"31 s\"],"
    "   \"repair\": \"10 s\"}],"
    " \"recovery\": {\"downtime\": \"1 s\"}}";

static void check(const char *const *sets, double makespan_s, double out_s, double ignored)
{
    struct watched w;
    watch(&w, text, sets);
    assert_near(value(&w, M_MAKESPAN), makespan_s, SAME);
    assert_near(value(&w, M_STORAGE_OUT), out_s, SAME);
    assert_near(value(&w, M_FAILURES_IGNORED), ignored, 0);
    check_budget(&w);
    unwatch(&w);
}

static void a_write_waits_for_its_device(void **state)
{
    (void)state;
    check((const char *[MAX_SETS]){NULL}, 116, 10, 0);
    /* Between two checkpoints, beyond the end, another one. */
    check((const char *[MAX_SETS]){"/failures/0/at/0=40 s"}, 106, 10, 0);
    check((const char *[MAX_SETS]){"/failures/0/at/0=200 s"}, 106, 0, 0);
    check((const char *[MAX_SETS]){"/failures/0/device=other"}, 106, 10, 0);
}

static void a_restore_waits_for_its_device(void **state)
{
    (void)state;
    /* Down at 50 s, back to 30 s of work; reads from 51 to 51.5 s and from 56.5 to 58 s. */
    check((const char *[MAX_SETS]){"/failures/0/at/0=51.5 s", "/failures/0/repair=5 s",
                                   "/failures/1={\"at\": [\"50 s\"]}"},
          58 + 70 + 2 * 2, 5, 0);
}

static void outages_at_once_are_one(void **state)
{
    (void)state;
    /* What is down by the same process cannot fail; another may keep it down for longer. */
    check((const char *[MAX_SETS]){"/failures/0/at=[\"31 s\", \"35 s\"]"}, 116, 10, 1);
    check((const char *[MAX_SETS]){"/failures/1={\"strikes\": \"device\", \"device\": \"disk\", "
                                   "\"at\": [\"35 s\"], \"repair\": \"10 s\"}"},
          120, 14, 0);
    /* Its own law has it out from 25 to 33, 58 to 66 and 91 to 99 s, the other from 20 to 30 s:
     * what is cut at 30, 65 and 98 s waits for 3, 1 and 1 s. */
    check((const char *[MAX_SETS]){"/storage/disk/outage={\"time_to_failure\": \"25 s\", "
                                   "\"repair\": \"8 s\"}",
                                   "/failures/0/at/0=20 s", "/failures/0/repair=10 s"},
          106 + 5, 13 + 8 + 8, 0);
}

/* Renewals: of a long run the share mean repair / (mean time to failure + mean repair) is out. */
static void a_law_of_failures_and_repairs(void **state)
{
    (void)state;
    struct fixture fixture;
    struct metrics m;
    struct sum share = {0};
    struct sum square = {0};
    double n = 40;
    static const char *const sets[] = {
        "/job/work=100 h", "/checkpoint/interval=1 h",
        "/failures/0={\"strikes\": \"device\", \"device\": \"other\", \"time_to_failure\": "
        "{\"dist\": \"exponential\", \"mean\": \"50 min\"}, \"repair\": {\"dist\": \"uniform\", "
        "\"low\": \"0 s\", \"high\": \"20 min\"}}"};
    assert_true(fixture_init(&fixture, text, sets, 3));
    for (uint64_t i = 0; i < (uint64_t)n; i++) {
        assert_true(fixture_replicate(&fixture, 3, i, &m));
        double out = m.value[M_STORAGE_OUT] / m.value[M_MAKESPAN];
        sum_add(&share, out);
        sum_add(&square, out * out);
    }
    fixture_release(&fixture);
    double is = sum_value(&share) / n;
    double error = sqrt((sum_value(&square) / n - is * is) / (n - 1));
    assert_near(is, 10.0 / 60, 4 * error);
    assert_true(error < 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_waits_for_its_device),
        cmocka_unit_test(a_restore_waits_for_its_device),
        cmocka_unit_test(outages_at_once_are_one),
        cmocka_unit_test(a_law_of_failures_and_repairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
