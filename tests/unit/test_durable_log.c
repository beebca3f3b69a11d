// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The durable log against a plain list of what its generator yields.
 */
#include "model/durable_log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "source_fixture.h"
#include "support.h"

enum { LISTED = 300 * LOG_BLOCK };

/* A log, and the same messages one after the other. */
struct scene {
    struct source_fixture fixture;
    struct durable_log log;
    double *times_s; /* LISTED of each */
    double *bytes;
};

static void start_scene(struct scene *scene, const char *json, uint64_t index, uint64_t n)
{
    source_fixture_read(&scene->fixture, json);
    struct arrivals_partition partition = source_fixture_partition(&scene->fixture, index, n);
    durable_log_init(&scene->log, &scene->fixture.source, partition);
    durable_log_start(&scene->log, 17, 5, 2);
    scene->times_s = mem_alloc(LISTED, sizeof *scene->times_s);
    scene->bytes = mem_alloc(LISTED, sizeof *scene->bytes);
    for (size_t i = 0; i < LISTED; i++) {
        scene->times_s[i] = durable_log_arrival_s(&scene->log);
        scene->bytes[i] = durable_log_bytes(&scene->log);
        durable_log_take(&scene->log, scene->times_s[i]);
    }
    durable_log_start(&scene->log, 17, 5, 2);
}

static void end_scene(struct scene *scene)
{
    durable_log_release(&scene->log);
    source_fixture_release(&scene->fixture);
    free(scene->times_s);
    free(scene->bytes);
}

static const char *const all_processes[] = {
    "{'process': 'constant', 'rate': '23.85 /s'}",
    "{'process': 'poisson', 'rate': '23.85 /s'}",
    "{'process': 'renewal', 'interval': {'dist': 'weibull', 'mean': '40 ms', 'shape': 0.7}}",
    "{'process': 'mmpp', 'rates': ['100 /s', '0 /s', '9 /s'], 'stay': ['2 s', '3 s', '0.1 s']}",
    "{'process': 'piecewise', 'period': '50 s', 'points': [{'at': '0 s', 'rate': '0 /s'}, "
    "{'at': '20 s', 'rate': '100 /s'}]}",
    "{'process': 'piecewise', 'spacing': 'even', 'points': [{'at': '0 s', 'rate': '5 /s'}, "
    "{'at': '20 s', 'rate': '100 /s'}]}",
    "{'process': 'diurnal', 'rate': '10 /s', 'peak': '20 /s', 'period': '100 s'}",
    "{'process': 'rate_trace', 'file': 'scenarios/arrivals/made-up-rates.csv', 'time': 'when', "
    "'date': 'YYYY-MM-DD HH:MM:SS', 'value': 'requests', 'per': '2 s', 'repeat': true}",
    "{'process': 'message_trace', 'file': 'scenarios/arrivals/made-up-requests.csv', "
    "'time': 'TIMESTAMP', 'date': 'YYYY-MM-DD HH:MM:SS', 'repeat': true, "
    "'size': ['ContextTokens', 'GeneratedTokens']}",
};

static void compare_at(struct scene *scene, uint64_t offset)
{
    assert_int_equal(scene->log.position, offset);
    assert_same_double(durable_log_arrival_s(&scene->log), scene->times_s[offset]);
    assert_same_double(durable_log_bytes(&scene->log), scene->bytes[offset]);
}

/* Random walks of the reader, seeks backward and forward, with the head going on. */
static void wander(struct scene *scene, struct rng *rng)
{
    double time_s = 0;
    uint64_t head = 0;
    for (int i = 0; i < 400; i++) {
        uint64_t keep = scene->log.keep_from;
        uint64_t offset = keep + rng_below(rng, LISTED - 1100 - keep);
        if (rng_below(rng, 2) > 0) /* near, across a border of blocks perhaps */
            offset = keep + rng_below(rng, 1100);
        durable_log_seek(&scene->log, offset);
        for (uint64_t steps = rng_below(rng, 1100); steps > 0; steps--) {
            compare_at(scene, offset++);
            durable_log_take(&scene->log, 0);
        }
        time_s = fmax(time_s, scene->times_s[rng_below(rng, LISTED - 1)] * i / 400);
        while (scene->times_s[head] <= time_s)
            head++;
        assert_int_equal(durable_log_head(&scene->log, time_s), head);
        uint64_t any = keep + rng_below(rng, LISTED - keep);
        assert_same_double(durable_log_time_of(&scene->log, any), scene->times_s[any]);
        if (rng_below(rng, 10) == 0)
            durable_log_forget(&scene->log, keep + rng_below(rng, LISTED / 40));
    }
}

static void a_log_is_the_list_of_its_messages(void **state)
{
    (void)state;
    struct rng rng = rng_from_splitmix(2385);
    for (size_t i = 0; i < MEM_COUNT(all_processes); i++) {
        struct scene scene;
        char *json =
            mem_format("{'arrivals': %s, 'skew': {'weights': [3, 0.5, 1]}}", all_processes[i]);
        start_scene(&scene, json, i % 3, 3);
        for (size_t k = 1; k < LISTED; k++)
            assert_true(scene.times_s[k] >= scene.times_s[k - 1]);
        assert_true(isfinite(scene.times_s[LISTED - 1]));
        wander(&scene, &rng);
        end_scene(&scene);
        free(json);
    }
}

static void few_states_are_kept_however_many_messages(void **state)
{
    (void)state;
    struct scene scene;
    start_scene(&scene, "{'arrivals': {'process': 'poisson', 'rate': '1k/s'}}", 0, 1);
    struct durable_log *log = &scene.log;
    const uint64_t n = 10 * LOG_STATES * LOG_BLOCK;
    while (log->position < n) {
        (void)durable_log_arrival_s(log);
        durable_log_take(log, 0);
        assert_true(log->n_states <= LOG_STATES);
    }
    assert_int_equal(log->stride, 16);
    durable_log_seek(log, 70000);
    compare_at(&scene, 70000);
    durable_log_forget(log, n - 3);
    assert_int_equal(log->n_states, 1);
    durable_log_seek(log, n);
    double last_s = durable_log_arrival_s(log);
    durable_log_seek(log, n - 3);
    assert_true(durable_log_arrival_s(log) < last_s);
    end_scene(&scene);
}

/* Not more often than 1 / read_rate; a message that comes later is not held up. */
static void a_read_rate_keeps_reads_apart(void **state)
{
    (void)state;
    struct scene scene;
    start_scene(&scene,
                "{'arrivals': {'process': 'poisson', 'rate': '10 /s'}, 'read_rate': '12.5 /s'}", 0,
                1);
    double last_s = -(double)INFINITY;
    for (size_t i = 0; i < 5000; i++) {
        double ready_s = durable_log_ready_s(&scene.log);
        assert_same_double(ready_s, fmax(scene.times_s[i], last_s + 0.08));
        last_s = ready_s + (i % 7 == 0 ? 0.3 : 0);
        durable_log_take(&scene.log, last_s);
    }
    end_scene(&scene);
    start_scene(&scene, "{'arrivals': {'process': 'poisson', 'rate': '10 /s'}}", 0, 1);
    durable_log_take(&scene.log, 1e9);
    assert_same_double(durable_log_ready_s(&scene.log), scene.times_s[1]);
    end_scene(&scene);
}

static void old_messages_expire(void **state)
{
    (void)state;
    struct scene scene;
    start_scene(&scene,
                "{'arrivals': {'process': 'constant', 'rate': '10 /s'}, 'retention': '5 s'}", 0, 1);
    struct durable_log *log = &scene.log;
    assert_int_equal(durable_log_expire(log, 4), 0);
    assert_int_equal(durable_log_expire(log, 7.15), 21); /* those at 0.1 s, ..., 2.1 s */
    assert_int_equal(log->position, 21);
    assert_int_equal(log->expired, 21);
    for (int i = 0; i < 30; i++)
        durable_log_take(log, 8);
    durable_log_seek(log, 25);
    assert_int_equal(durable_log_expire(log, 9.15), 16); /* read before, but gone now */
    assert_int_equal(log->position, 41);
    assert_int_equal(log->expired, 21);
    for (int i = 0; i < 110; i++)
        durable_log_take(log, 10);
    assert_int_equal(durable_log_expire(log, 110.15), 900);
    assert_int_equal(log->position, 1051);
    assert_int_equal(log->expired, 921);
    assert_int_equal(durable_log_expire(log, 110.15), 0);
    end_scene(&scene);
}

static void a_full_partition_loses_its_oldest_messages(void **state)
{
    (void)state;
    struct scene scene;
    start_scene(&scene,
                "{'arrivals': {'process': 'constant', 'rate': '10 /s'}, 'retention_bytes': '2 kB', "
                "'message': {'dist': 'exponential', 'mean': '80 B'}}",
                0, 1);
    struct durable_log *log = &scene.log;
    assert_int_equal(durable_log_expire(log, 2.55), 0);
    assert_int_equal(durable_log_expire(log, 2.65), 1); /* 26 have come, 25 fit */
    assert_int_equal(durable_log_expire(log, 300.05), 2974);
    assert_int_equal(log->position, 2975);
    assert_int_equal(log->expired, 2975);
    end_scene(&scene);
}

/* Statistical, error level 1e-4: 3.89 standard errors. */
static void sizes_follow_their_law_and_stay_the_same(void **state)
{
    (void)state;
    struct scene scene;
    start_scene(&scene,
                "{'arrivals': {'process': 'poisson', 'rate': '10 /s'}, "
                "'message': {'dist': 'exponential', 'mean': '200 B'}}",
                1, 4);
    double sum = 0;
    for (size_t i = 0; i < LISTED; i++)
        sum += scene.bytes[i];
    assert_near(sum / LISTED, 200, 3.89 * 200 / sqrt(LISTED));
    durable_log_seek(&scene.log, 70001);
    compare_at(&scene, 70001);
    end_scene(&scene);
    start_scene(&scene, "{'arrivals': {'process': 'poisson', 'rate': '10 /s'}}", 1, 4);
    assert_same_double(scene.bytes[7], 0);
    end_scene(&scene);
}

static void the_head_counts_arrivals_and_their_area(void **state)
{
    (void)state;
    struct scene scene;
    start_scene(&scene, "{'arrivals': {'process': 'poisson', 'rate': '100 /s'}}", 0, 1);
    double area = 0;
    double expected = 0;
    size_t head = 0;
    for (double time_s = 0; time_s < 60; time_s += 2.385) {
        for (; scene.times_s[head] <= time_s; head++)
            expected += time_s - scene.times_s[head];
        assert_int_equal(durable_log_head_area(&scene.log, time_s, &area), head);
        assert_near(area, expected, 1e-9 * expected);
    }
    double last_s = scene.times_s[head];
    assert_int_equal(durable_log_head(&scene.log, last_s), head + 1);
    assert_int_equal(durable_log_head(&scene.log, last_s), head + 1);
    end_scene(&scene);
}

static void a_partition_without_a_share_stays_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(all_processes); i++) {
        struct source_fixture fixture;
        char *json = mem_format("{'arrivals': %s, 'skew': {'weights': [1, 0]}}", all_processes[i]);
        source_fixture_read(&fixture, json);
        struct durable_log log;
        durable_log_init(&log, &fixture.source, source_fixture_partition(&fixture, 1, 2));
        durable_log_start(&log, 1, 1, 1);
        assert_true(isinf(durable_log_ready_s(&log)));
        assert_int_equal(durable_log_head(&log, 1e9), 0);
        durable_log_release(&log);
        source_fixture_release(&fixture);
        free(json);
    }
}

static void streams_differ_by_replication_partition_and_source(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_arrivals(&fixture, "{'process': 'poisson', 'rate': '10 /s'}");
    double first_s[2][2][2];
    for (uint64_t i = 0; i < 8; i++) {
        struct durable_log log;
        durable_log_init(&log, &fixture.source, source_fixture_partition(&fixture, i & 1, 2));
        durable_log_start(&log, 1, i >> 1 & 1, i >> 2);
        first_s[i & 1][i >> 1 & 1][i >> 2] = durable_log_arrival_s(&log);
        durable_log_release(&log);
    }
    const double *all = &first_s[0][0][0];
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(fabs(all[i] - all[k]) > 1e-9);
    source_fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_is_the_list_of_its_messages),
        cmocka_unit_test(few_states_are_kept_however_many_messages),
        cmocka_unit_test(a_read_rate_keeps_reads_apart),
        cmocka_unit_test(old_messages_expire),
        cmocka_unit_test(a_full_partition_loses_its_oldest_messages),
        cmocka_unit_test(sizes_follow_their_law_and_stay_the_same),
        cmocka_unit_test(the_head_counts_arrivals_and_their_area),
        cmocka_unit_test(a_partition_without_a_share_stays_empty),
        cmocka_unit_test(streams_differ_by_replication_partition_and_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
