// SPDX-License-Identifier: GPL-3.0-or-later
/* What runs cost: bills that were worked out by hand, and that the parts of each add up. */
#include <math.h>

#include "watched.h"

/* 200 files every 10 s for a month of 30 days, to a store that takes no time. */
static const char many_files[] =
    "{\"job\": {\"work\": \"30 d\", \"tasks\": 200, \"state\": \"11 TB\"},"
    " \"checkpoint\": {\"interval\": \"10 s\", \"device\": \"s3\"},"
    " \"storage\": {\"s3\": {\"stream_write\": \"1e15 B/s\", \"stream_read\": \"1e15 B/s\","
    "   \"price\": {\"write_requests\": 0.005, \"storage\": 0.023}}},"
    " \"cluster\": {\"slots_per_node\": 100}}";

/* One failure at 250 s: 50 s are lost, 10 s down, 20 s of reading. */
static const char by_hand[] =
    "{\"job\": {\"work\": \"400 s\", \"tasks\": 2, \"state\": \"2 GB\"},"
    " \"checkpoint\": {\"interval\": \"90 s\", \"device\": \"d\"},"
    " \"storage\": {\"d\": {\"stream_write\": \"0.1 GB/s\", \"stream_read\": \"0.05 GB/s\","
    "   \"part\": \"300 MB\", \"replication\": 3,"
    "   \"price\": {\"write_requests\": 1000, \"read_requests\": 10000, \"write\": 2, \"read\": 3,"
    "     \"storage\": 2592}}},"
    " \"cluster\": {\"nodes\": 3, \"power\": {\"idle\": 100, \"busy\": 300, \"down\": 40}},"
    " \"failures\": [{\"strikes\": \"job\", \"at\": [\"250 s\"]}],"
    " \"recovery\": {\"downtime\": \"10 s\"},"
    " \"prices\": {\"node_hour\": 36, \"kwh\": 5}}";

static void run_once(const char *text, const char *const *sets, struct metrics *metrics)
{
    struct fixture fixture;
    assert_true(fixture_init(&fixture, text, sets, MAX_SETS));
    assert_true(fixture_replicate(&fixture, 7, 0, metrics));
    fixture_release(&fixture);
}

static double parts(const struct metrics *metrics)
{
    double sum = 0;
    for (int m = M_COST_REQUESTS; m <= M_COST_ENERGY; m++)
        sum += metrics->value[m];
    return sum;
}

static void many_small_files_cost_more_than_what_they_hold(void **state)
{
    (void)state;
    /* Counted in jumps, and transfer by transfer: the store is out once in 10^9 years. */
    static const char *const ways[] = {
        NULL, "/storage/s3/outage={\"time_to_failure\":\"3e16 s\",\"repair\":\"1 s\"}"};
    for (size_t i = 0; i < MEM_COUNT(ways); i++) {
        struct metrics metrics;
        run_once(many_files, (const char *[MAX_SETS]){ways[i], NULL}, &metrics);
        /* 20 requests a second, 51.84 million a month: 259.20 USD; none at the end of the work. */
        double checkpoints = metrics.value[M_CHECKPOINTS_COMMITTED];
        assert_near(checkpoints, 259200, 1);
        assert_near(metrics.value[M_WRITE_REQUESTS], 200 * checkpoints, 0.5);
        assert_near(metrics.value[M_COST_REQUESTS], 259.2, 0.002);
        /* 11 TB from the first checkpoint on, a few seconds more than a month for writing them. */
        assert_near(metrics.value[M_COST_STORAGE], 253, 0.003);
        assert_near(metrics.value[M_COST], parts(&metrics), 1e-9);
    }
}

static void a_bill_is_what_was_worked_out_by_hand(void **state)
{
    (void)state;
    struct metrics metrics;
    run_once(by_hand, (const char *[MAX_SETS]){NULL}, &metrics);
    const double *value = metrics.value;
    /*
     * Each task writes 1 GB in 10 s: 90-100 and 190-200; the failure of 250 finds 230 s of work, of
     * which 50 s are lost. It reads for 20 s, and works on from 280: 370-380, 470-480, and the last
     * 40 s of the 400, with the final checkpoint 520-530.
     */
    assert_near(value[M_MAKESPAN], 530, SAME);
    assert_near(value[M_CHECKPOINTS_COMMITTED], 5, 0);
    /* Four parts of 300 MB hold 1 GB: 2 x 4 requests for each checkpoint. */
    assert_near(value[M_WRITE_REQUESTS], 5 * 8, 1e-6);
    assert_near(value[M_READ_REQUESTS], 8, 0);
    assert_near(value[M_COST_REQUESTS], 40 + 80, 1e-6);
    assert_near(value[M_COST_TRANSFER], 5 * 2 * 2 + 2 * 3, 1e-6);
    /* Three copies of 2 GB from 100 s on, at 0.001 for a GB and second. */
    assert_near(value[M_COST_STORAGE], 3 * 2 * 430 * 0.001, 1e-9);
    assert_near(value[M_COST_NODES], 3 * 530 / 100., 1e-9);
    /* Two nodes work 450 s, are down for 10 s, and idle for 70 s; the third idles. */
    double joules = 2 * (450 * 300 + 10 * 40 + 70 * 100) + 530 * 100;
    assert_near(value[M_ENERGY], joules / 3.6e6, 1e-9);
    assert_near(value[M_COST_ENERGY], joules / 3.6e6 * 5, 1e-9);
    assert_near(value[M_COST], parts(&metrics), 1e-9);
}

/* Ten minutes of which two do not count; a task is busy half of the time. */
static const char stream[] =
    "{\"job\": {\"containers\": 2, \"operators\": ["
    "  {\"name\": \"a\", \"tasks\": 2, \"service\": \"1 s\", \"state\": \"1 GB\","
    "   \"source\": {\"message\": \"1 B\","
    "     \"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"50 s\", \"mode\": \"async\","
    "   \"device\": \"d\"},"
    " \"storage\": {\"d\": {\"stream_write\": \"0.5 GB/s\", \"stream_read\": \"0.5 GB/s\","
    "   \"price\": {\"write_requests\": 1000, \"write\": 2, \"storage\": 2592}}},"
    " \"cluster\": {\"power\": {\"idle\": 100, \"busy\": 200}},"
    " \"prices\": {\"node_hour\": 36, \"kwh\": 5},"
    " \"run\": {\"duration\": \"10 min\", \"warmup\": \"2 min\"}}";

/* The only level costs what its device does without levels. Storage: GB and seconds, of a copy. */
static void check_level(const char *survives, const char *severity, double kept)
{
    static const char level[] = "/checkpoint/levels=[{\"name\": \"a\", \"device\": \"d\"}]";
    struct metrics alone;
    struct metrics by_level;
    run_once(by_hand, (const char *[MAX_SETS]){survives, severity}, &alone);
    run_once(by_hand,
             (const char *[MAX_SETS]){"/checkpoint/device=null", level, survives, severity},
             &by_level);
    for (int m = M_COST_REQUESTS; m <= M_COST_ENERGY; m++)
        assert_near(by_level.value[m], alone.value[m], 1e-6);
    assert_near(alone.value[M_COST_STORAGE], 3 * kept * 0.001, 1e-6);
}

static void a_level_pays_for_its_device(void **state)
{
    (void)state;
    check_level("/storage/d/survives=node", "/failures/0/severity=node", 2 * 430);
    /* Lost at 250 s; the work begins again at 280 s, and is kept from 380 s to 730 s. */
    check_level("/storage/d/survives=process", "/failures/0/severity=node", 2 * (150 + 350));
}

static void a_stream_job_pays_for_what_is_measured(void **state)
{
    (void)state;
    struct metrics metrics;
    run_once(stream, (const char *[MAX_SETS]){NULL}, &metrics);
    const double *value = metrics.value;
    /* Of each task, at 150, 200, .., 550; those of 600 come too late. */
    assert_near(value[M_CHECKPOINTS_COMMITTED], 18, 0);
    assert_near(value[M_COST_REQUESTS], 2 * 9, 1e-9);
    assert_near(value[M_COST_TRANSFER], 9 * 2, 1e-6);
    assert_near(value[M_COST_STORAGE], 480 * 0.001, 1e-9);
    assert_near(value[M_COST_NODES], 2 * 480 / 100., 1e-9);
    assert_near(value[M_ENERGY], 2 * 480 * 150 / 3.6e6, 1e-6);
    assert_near(value[M_COST], parts(&metrics), 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_small_files_cost_more_than_what_they_hold),
        cmocka_unit_test(a_bill_is_what_was_worked_out_by_hand),
        cmocka_unit_test(a_level_pays_for_its_device),
        cmocka_unit_test(a_stream_job_pays_for_what_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
