// SPDX-License-Identifier: GPL-3.0-or-later
/* The fair-shared device, by hand and against a fluid simulation that recomputes every rate. */
#include "model/device.h"

#include <math.h>

#include "core/memory.h"
#include "core/rng.h"
#include "support.h"

enum { MAX_TRANSFERS = 200 };

static const double GB = 1e9;
static const double NEVER = (double)INFINITY;
static const double NO_LIMIT = (double)NAN;

/* ---- a device with its calendar, and when each transfer ended ---- */

struct bench {
    struct calendar calendar;
    struct device_params params;
    struct device device;
    struct transfer transfers[MAX_TRANSFERS];
    double done_s[MAX_TRANSFERS]; /* NaN: not done */
    struct event alarm;
    bool alarmed;
};

static void bench_init(struct bench *bench, double stream_bytes_per_s, double total_bytes_per_s)
{
    *bench = (struct bench){.params = {.name = "pfs",
                                       .part_bytes = NO_LIMIT,
                                       .connections = 1,
                                       .replication = 1,
                                       .encode_bytes_per_s = NO_LIMIT,
                                       .both_bytes_per_s = NO_LIMIT}};
    for (int d = 0; d < DIRECTIONS; d++) {
        bench->params.requests_per_s[d] = NO_LIMIT;
        bench->params.stream_bytes_per_s[d] = stream_bytes_per_s;
        bench->params.total_bytes_per_s[d] = total_bytes_per_s;
    }
    for (size_t i = 0; i < MAX_TRANSFERS; i++)
        bench->done_s[i] = (double)NAN;
    calendar_init(&bench->calendar);
    device_init(&bench->device, &bench->params, &bench->calendar);
}

static void bench_release(struct bench *bench)
{
    device_release(&bench->device);
    calendar_release(&bench->calendar);
}

static void note_end(void *context, struct transfer *transfer)
{
    struct bench *bench = context;
    bench->done_s[transfer - bench->transfers] = bench->calendar.now_s;
}

static void ring(void *context, struct event *event)
{
    (void)event;
    ((struct bench *)context)->alarmed = true;
}

static const struct event_type alarm_type = {"alarm", ring};

/* Lets time pass up to an instant: all that ends by then has ended. */
static void wait_until(struct bench *bench, double time_s)
{
    bench->alarmed = false;
    calendar_schedule(&bench->calendar, &bench->alarm, &alarm_type, time_s, 1);
    while (!bench->alarmed) {
        struct event *event = calendar_pop(&bench->calendar);
        event->type->fire(bench, event);
    }
}

static void start_class(struct bench *bench, size_t i, enum direction direction, uint64_t streams,
                        double bytes, double latency_s)
{
    struct load load = {
        .direction = direction,
        .streams = streams,
        .bytes = bytes,
        .requests = device_requests(&bench->params, bytes),
        .latency_s = latency_s,
    };
    device_start(&bench->device, &bench->transfers[i], &load, note_end, bench);
}

static void start(struct bench *bench, size_t i, double bytes)
{
    start_class(bench, i, DIRECTION_WRITE, 1, bytes, 0);
}

static double written(const struct bench *bench)
{
    return device_moved_bytes(&bench->device, DIRECTION_WRITE);
}

/* ---- by hand ---- */

static void writes_that_start_together_end_by_size(void **state)
{
    (void)state;
    struct bench bench; /* known answer E30 */
    bench_init(&bench, NO_LIMIT, 1 * GB);
    for (size_t i = 0; i < 3; i++)
        start(&bench, i, (double)(i + 1) * GB);
    wait_until(&bench, 10);
    assert_near(bench.done_s[0], 3, 1e-9);
    assert_near(bench.done_s[1], 5, 1e-9);
    assert_near(bench.done_s[2], 6, 1e-9);
    assert_near(written(&bench), 6 * GB, 1);
    bench_release(&bench);
}

static void a_later_and_smaller_write_overtakes(void **state)
{
    (void)state;
    struct bench bench; /* known answer E31 */
    bench_init(&bench, NO_LIMIT, 1 * GB);
    start(&bench, 0, 4 * GB);
    wait_until(&bench, 1);
    start(&bench, 1, 2 * GB);
    wait_until(&bench, 10);
    assert_near(bench.done_s[1], 5, 1e-9);
    assert_near(bench.done_s[0], 6, 1e-9);
    bench_release(&bench);
}

static void one_stream_is_no_faster_than_its_cap(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 0.3 * GB, 1 * GB);
    /* Three streams run at the cap of 0.3, five at a fifth of the total: 0.2. */
    for (size_t i = 0; i < 3; i++)
        start(&bench, i, 2.4 * GB);
    wait_until(&bench, 4); /* 1.2 left of each */
    start(&bench, 3, 1.2 * GB);
    start(&bench, 4, 1.5 * GB);
    wait_until(&bench, 20);
    for (size_t i = 0; i < 4; i++)
        assert_near(bench.done_s[i], 10, 1e-9);
    assert_near(bench.done_s[4], 11, 1e-9); /* the last 0.3 alone, at the cap */
    bench_release(&bench);
}

static void latency_passes_before_the_first_byte(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 2 * GB);
    start_class(&bench, 0, DIRECTION_WRITE, 1, 3 * GB, 0.5);
    assert_true(transfer_is_under_way(&bench.transfers[0]));
    wait_until(&bench, 0.5);
    assert_near(written(&bench), 0, 0);
    wait_until(&bench, 1);
    assert_near(written(&bench), 1 * GB, 1);
    wait_until(&bench, 3);
    assert_near(bench.done_s[0], 2, 1e-9);
    assert_false(transfer_is_under_way(&bench.transfers[0]));
    assert_near(device_alone_s(&bench.params, DIRECTION_WRITE, 1, 3 * GB, 0.5), 2, 1e-9);
    bench_release(&bench);
}

static void a_transfer_without_bytes_takes_its_latency(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 1 * GB);
    start(&bench, 0, 5 * GB);
    start_class(&bench, 1, DIRECTION_WRITE, 1, 0, 1.25);
    start_class(&bench, 2, DIRECTION_WRITE, 1, 0, 0);
    wait_until(&bench, 10);
    assert_near(bench.done_s[2], 0, 0);
    assert_near(bench.done_s[1], 1.25, 0);
    assert_near(bench.done_s[0], 5, 1e-9);
    bench_release(&bench);
}

static void an_aborted_write_leaves_its_bytes_and_its_share(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 1 * GB);
    start(&bench, 0, 4 * GB);
    start(&bench, 1, 4 * GB);
    start_class(&bench, 2, DIRECTION_WRITE, 1, 4 * GB, 3); /* aborted in its latency */
    wait_until(&bench, 2);
    device_abort(&bench.transfers[1]);
    device_abort(&bench.transfers[2]);
    device_abort(&bench.transfers[2]);
    device_abort(&bench.transfers[3]); /* never started */
    assert_false(transfer_is_under_way(&bench.transfers[1]));
    assert_near(written(&bench), 2 * GB, 1);
    wait_until(&bench, 10);
    assert_near(bench.done_s[0], 5, 1e-9);
    assert_true(isnan(bench.done_s[1]) && isnan(bench.done_s[2]));
    assert_near(written(&bench), 5 * GB, 1);
    /* It may start again, from its first byte. */
    start(&bench, 1, 4 * GB);
    wait_until(&bench, 20);
    assert_near(bench.done_s[1], 14, 1e-9);
    bench_release(&bench);
}

static void reads_and_writes_do_not_share(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 1 * GB);
    bench.params.total_bytes_per_s[DIRECTION_READ] = 0.25 * GB;
    start(&bench, 0, 2 * GB);
    start_class(&bench, 1, DIRECTION_READ, 1, 2 * GB, 0);
    wait_until(&bench, 3);
    assert_near(bench.done_s[0], 2, 1e-9);
    assert_near(device_moved_bytes(&bench.device, DIRECTION_READ), 0.75 * GB, 1);
    wait_until(&bench, 10);
    assert_near(bench.done_s[1], 8, 1e-9);
    bench_release(&bench);
}

static void reads_and_writes_share_what_is_of_both(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1 * GB, NO_LIMIT);
    bench.params.both_bytes_per_s = 2 * GB;
    bench.params.replication = 2;
    start(&bench, 0, 3 * GB); /* stores 2 GB/s while it is alone: all of the total */
    wait_until(&bench, 1);
    start_class(&bench, 1, DIRECTION_READ, 2, 1 * GB, 0); /* 2 copies and 2 reads: 0.5 GB/s each */
    wait_until(&bench, 2);
    assert_near(written(&bench), 1.5 * GB, 1);
    assert_near(device_moved_bytes(&bench.device, DIRECTION_READ), 1 * GB, 1);
    wait_until(&bench, 2.5);
    start_class(&bench, 2, DIRECTION_READ, 1, 3 * GB, 0);
    device_abort(&bench.transfers[1]); /* 2 copies and one read: 2 / 3 GB/s each */
    wait_until(&bench, 20);
    assert_near(bench.done_s[0], 2.5 + 1.25 * 1.5, 1e-9);
    assert_near(bench.done_s[2], 4.375 + (3 - 1.25), 1e-9); /* alone again, at the speed of one */
    bench_release(&bench);
}

static void equal_streams_are_one_transfer_of_many(void **state)
{
    (void)state;
    struct bench one;
    struct bench many;
    bench_init(&one, 0.11 * GB, 1 * GB);
    bench_init(&many, 0.11 * GB, 1 * GB);
    start(&one, 0, 0.7 * GB);
    start(&many, 0, 0.7 * GB);
    start_class(&one, 1, DIRECTION_WRITE, 12, 0.4 * GB, 0.3);
    for (size_t i = 1; i <= 12; i++)
        start_class(&many, i, DIRECTION_WRITE, 1, 0.4 * GB, 0.3);
    wait_until(&one, 20);
    wait_until(&many, 20);
    for (size_t i = 1; i <= 12; i++)
        assert_near(many.done_s[i], one.done_s[1], 1e-9);
    assert_near(many.done_s[0], one.done_s[0], 1e-9);
    assert_near(written(&many), written(&one), 1);
    assert_near(one.done_s[1], 0.3 + 0.4 * 13, 1e-9); /* 13 streams at 1/13 */
    bench_release(&one);
    bench_release(&many);
}

static void a_reset_device_is_as_new(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 1 * GB);
    start(&bench, 0, 4 * GB);
    start_class(&bench, 1, DIRECTION_WRITE, 3, 4 * GB, 2);
    wait_until(&bench, 1.5);
    calendar_reset(&bench.calendar);
    device_reset(&bench.device);
    assert_false(transfer_is_under_way(&bench.transfers[0]));
    assert_false(transfer_is_under_way(&bench.transfers[1]));
    assert_near(written(&bench), 0, 0);
    start(&bench, 0, 2 * GB);
    wait_until(&bench, 9);
    assert_near(bench.done_s[0], 2, 1e-9);
    assert_true(isnan(bench.done_s[1]));
    bench_release(&bench);
}

/* ---- requests ---- */

static void requests_are_admitted_one_after_the_other(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 10 * GB);
    bench.params.requests_per_s[DIRECTION_WRITE] = 4;
    for (size_t i = 0; i < 8; i++)
        start(&bench, i, 0);
    start_class(&bench, 8, DIRECTION_WRITE, 12, 0, 0.5);
    start_class(&bench, 9, DIRECTION_READ, 1, 0, 0); /* of which there is no limit */
    wait_until(&bench, 10);
    for (size_t i = 0; i < 8; i++)
        assert_near(bench.done_s[i], (double)(i + 1) / 4, 1e-12);
    assert_near(bench.done_s[8], 5.5, 1e-12); /* n at once have been admitted at n / r */
    assert_near(bench.done_s[9], 0, 0);
    assert_near(device_requests_made(&bench.device, DIRECTION_WRITE), 20, 0);
    bench_release(&bench);
}

static void who_gives_up_in_the_queue_lets_the_others_move_up(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 1 * GB);
    bench.params.requests_per_s[DIRECTION_WRITE] = 1;
    for (size_t i = 0; i < 4; i++)
        start_class(&bench, i, DIRECTION_WRITE, 10, 0, 0);
    wait_until(&bench, 5);
    device_abort(&bench.transfers[2]); /* in the middle */
    device_abort(&bench.transfers[3]); /* the last */
    start_class(&bench, 4, DIRECTION_WRITE, 10, 0, 0);
    wait_until(&bench, 7.5);
    device_abort(&bench.transfers[0]); /* the first, 7 of whose requests are through */
    assert_false(transfer_is_under_way(&bench.transfers[0]));
    assert_true(transfer_is_under_way(&bench.transfers[4]));
    wait_until(&bench, 50);
    assert_near(bench.done_s[1], 17.5, 1e-9);
    assert_near(bench.done_s[4], 27.5, 1e-9);
    assert_true(isnan(bench.done_s[0]) && isnan(bench.done_s[2]) && isnan(bench.done_s[3]));
    assert_near(device_requests_made(&bench.device, DIRECTION_WRITE), 27, 0);
    bench_release(&bench);
}

/* n objects of b bytes over p connections of r, in all B: n L / p + n b / min(p r, B). */
static void parts_take_as_long_as_the_closed_form_says(void **state)
{
    (void)state;
    static const struct {
        double part, bytes, stream, total;
        uint64_t connections, streams;
        double seconds; /* with a latency of 0.1 s */
    } cases[] = {
        {8e6, 96e6, 8e6, 1e9, 4, 1, 12 * 0.1 / 4 + 96. / 32},
        {8e6, 96e6, 8e6, 16e6, 4, 1, 12 * 0.1 / 4 + 96. / 16},
        {8e6, 96e6, 8e6, 1e9, 1, 1, 12 * 0.1 + 96. / 8},
        {8e6, 96e6, 8e6, 1e9, 5, 1, 3 * 0.1 + 96. / 40},  /* two of them have three parts */
        {8e6, 16e6, 8e6, 1e9, 100, 1, 0.1 + 1},           /* no more connections than parts */
        {8e6, 5e6, 8e6, 1e9, 100, 1, 0.1 + 5. / 8},       /* one part, smaller than others */
        {8e6, 96e6, 8e6, 64e6, 4, 10, 12 * 0.1 / 4 + 15}, /* ten clients share the total */
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct arena arena = {0};
        struct rng rng = rng_from_splitmix(1);
        struct bench bench;
        bench_init(&bench, cases[i].stream, cases[i].total);
        bench.params.latency = dist_constant(&arena, 0.1);
        bench.params.hop_latency = dist_constant(&arena, 0);
        bench.params.part_bytes = cases[i].part;
        bench.params.connections = cases[i].connections;
        struct load load =
            device_load(&bench.params, DIRECTION_WRITE, cases[i].streams, cases[i].bytes, 1, &rng);
        device_start(&bench.device, &bench.transfers[0], &load, note_end, &bench);
        wait_until(&bench, 100);
        assert_near(bench.done_s[0], cases[i].seconds, 1e-9);
        assert_near(device_mean_s(&bench.params, DIRECTION_WRITE, cases[i].streams, cases[i].bytes),
                    cases[i].seconds, 1e-9);
        assert_near(written(&bench), cases[i].bytes * (double)cases[i].streams, 1);
        bench_release(&bench);
        arena_release(&arena);
    }
}

/* With a connection each, n exponential latencies take the mean times 1 + 1/2 + .. + 1/n. */
static void a_stream_waits_for_its_slowest_part(void **state)
{
    (void)state;
    enum { PARTS = 50, DRAWS = 20000 };
    struct arena arena = {0};
    struct rng rng = rng_from_splitmix(20261201);
    struct bench bench;
    bench_init(&bench, 1 * GB, NO_LIMIT);
    bench.params.latency = dist_exponential(&arena, 0.2);
    bench.params.hop_latency = dist_constant(&arena, 0);
    bench.params.part_bytes = 1e6;
    bench.params.connections = PARTS;
    double sum_s = 0;
    for (size_t i = 0; i < DRAWS; i++)
        sum_s += device_load(&bench.params, DIRECTION_READ, 1, PARTS * 1e6, 1, &rng).latency_s;
    /* The maximum has a standard deviation of 0.25 s: four standard errors are 0.0072 s. */
    assert_near(sum_s / DRAWS, 0.2 * 4.499205338, 0.0072);
    assert_near(device_mean_s(&bench.params, DIRECTION_READ, 1, PARTS * 1e6),
                0.2 * 4.499205338 + 0.001, 1e-6);
    bench_release(&bench);
    arena_release(&arena);
}

static void an_aborted_stream_has_made_the_requests_of_what_it_moved(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1 * GB, NO_LIMIT);
    bench.params.part_bytes = 1 * GB;
    start(&bench, 0, 10 * GB);
    wait_until(&bench, 4.5); /* the fifth part is under way */
    device_abort(&bench.transfers[0]);
    assert_near(device_requests_made(&bench.device, DIRECTION_WRITE), 5, 0);
    bench_release(&bench);
}

/* ---- copies, redundant parts, slow transfers ---- */

static void stored_bytes_are_those_of_the_scheme(void **state)
{
    (void)state;
    static const struct {
        uint64_t replication, group, redundancy;
        double stored;
    } cases[] = {
        {1, 0, 0, 1},      {3, 0, 0, 3},      {2, 0, 0, 2}, /* of a partner */
        {1, 8, 1, 8. / 7}, {1, 8, 2, 8. / 6}, /* SCR: XOR N / (N - 1), RS N / (N - k) */
        {1, 4, 2, 2},      {3, 10, 4, 5},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct bench bench;
        bench_init(&bench, 1 * GB, 4 * GB);
        bench.params.replication = cases[i].replication;
        bench.params.group = cases[i].group;
        bench.params.redundancy = cases[i].redundancy;
        assert_near(device_stored_per_byte(&bench.params), cases[i].stored, 1e-12);
        /* Eight writers: all that is stored goes through the total; one copy is read. */
        assert_near(device_alone_s(&bench.params, DIRECTION_WRITE, 8, 3 * GB, 0),
                    fmax(3 * 8 * cases[i].stored / 4, 3), 1e-12);
        assert_near(device_alone_s(&bench.params, DIRECTION_READ, 8, 3 * GB, 0), 6, 1e-12);
        bench_release(&bench);
    }
}

static void a_pipeline_adds_hops_and_a_code_takes_time(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct rng rng = rng_from_splitmix(3);
    struct bench bench;
    bench_init(&bench, 1 * GB, NO_LIMIT);
    bench.params.latency = dist_constant(&arena, 0.5);
    bench.params.hop_latency = dist_constant(&arena, 0.25);
    bench.params.replication = 3;
    bench.params.encode_bytes_per_s = 2 * GB;
    for (int d = 0; d < DIRECTIONS; d++) {
        enum direction direction = (enum direction)d;
        double seconds = d == DIRECTION_WRITE ? 0.5 + 3 * 0.25 + 4. / 2 : 0.5;
        double latency_s;
        assert_true(device_latency_is_constant(&bench.params, direction, 4 * GB, &latency_s));
        assert_near(latency_s, seconds, 1e-12);
        assert_near(device_load(&bench.params, direction, 1, 4 * GB, 1, &rng).latency_s, seconds,
                    1e-12);
        assert_near(device_mean_s(&bench.params, direction, 1, 4 * GB), seconds + 4, 1e-12);
    }
    assert_near(device_rebuild_s(&bench.params, 4 * GB, DOMAIN_NODE), 2, 1e-12);
    assert_near(device_rebuild_s(&bench.params, 4 * GB, DOMAIN_CONTAINER), 0, 0);
    bench_release(&bench);
    arena_release(&arena);
}

static void some_transfers_take_as_long_again_as_they_would(void **state)
{
    (void)state;
    enum { DRAWS = 40000 };
    struct arena arena = {0};
    struct rng rng = rng_from_splitmix(4);
    struct bench bench;
    bench_init(&bench, 1 * GB, NO_LIMIT);
    bench.params.latency = bench.params.hop_latency = dist_constant(&arena, 0);
    bench.params.latency = dist_constant(&arena, 0.5);
    bench.params.slow = (struct slow_params){.probability = 0.25, .factor = 3};
    size_t n_slow = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        double latency_s =
            device_load(&bench.params, DIRECTION_WRITE, 1, 2 * GB, 1, &rng).latency_s;
        bool is_slow = latency_s > 1;
        assert_near(latency_s + 2, is_slow ? 3 * 2.5 : 2.5, 1e-12);
        n_slow += is_slow;
    }
    /* Four standard errors of a binomial share. */
    assert_near((double)n_slow / DRAWS, 0.25, 4 * sqrt(0.25 * 0.75 / DRAWS));
    assert_near(device_mean_s(&bench.params, DIRECTION_WRITE, 1, 2 * GB), 2.5 * 1.5, 1e-12);
    bench_release(&bench);
    arena_release(&arena);
}

/* ---- outages ---- */

static void nothing_moves_in_an_outage_and_all_goes_on_after(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 1 * GB);
    bench.params.requests_per_s[DIRECTION_READ] = 2;
    start(&bench, 0, 4 * GB);
    start_class(&bench, 1, DIRECTION_READ, 4, 0, 0);       /* its requests take 2 s */
    start_class(&bench, 2, DIRECTION_WRITE, 1, 1 * GB, 2); /* latencies pass in the outage */
    wait_until(&bench, 1);
    device_go_out(&bench.device);
    wait_until(&bench, 6);
    assert_near(written(&bench), 1 * GB, 1);
    start(&bench, 3, 0); /* even what is empty waits */
    start(&bench, 4, 9 * GB);
    device_abort(&bench.transfers[4]);
    wait_until(&bench, 11);
    assert_near(device_out_s(&bench.device), 10, 1e-12);
    device_come_back(&bench.device);
    wait_until(&bench, 50);
    assert_near(bench.done_s[3], 11, 1e-12);
    assert_near(bench.done_s[1], 12, 1e-12);
    assert_near(bench.done_s[2], 13, 1e-9); /* shared with the 3 GB that are left of the first */
    assert_near(bench.done_s[0], 15, 1e-9);
    assert_near(written(&bench), 5 * GB, 1);
    assert_near(device_out_s(&bench.device), 10, 1e-12);
    bench_release(&bench);
}

static void outages_come_and_go_by_their_laws(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct bench bench;
    bench_init(&bench, 1 * GB, NO_LIMIT);
    bench.params.outage.time_to_failure = dist_exponential(&arena, 9);
    bench.params.outage.repair = dist_exponential(&arena, 1);
    device_begin(&bench.device, rng_from_splitmix(5));
    wait_until(&bench, 1e6);
    /* The share of an alternating renewal process; four standard errors, 2 M^2 R^2 / (M + R)^3 t.
     */
    assert_near(device_out_s(&bench.device) / 1e6, 0.1, 4 * sqrt(2 * 81. / 1000 / 1e6));
    bench_release(&bench);
    arena_release(&arena);
}

/* ---- against a naive fluid simulation ---- */

struct plan {
    double start_s, latency_s, abort_s; /* abort: infinity for never */
    double bytes;
    uint64_t streams;
    enum direction direction;
};

/* When and how each ended, and the bytes that moved in each direction. */
struct fluid {
    double left[MAX_TRANSFERS];
    double done_s[MAX_TRANSFERS]; /* NaN: aborted */
    bool over[MAX_TRANSFERS];
    double moved[DIRECTIONS];
};

static double active_from(const struct plan *plan)
{
    return plan->start_s + plan->latency_s;
}

static bool is_active(const struct fluid *fluid, const struct plan *plan, size_t i, double now_s)
{
    return !fluid->over[i] && active_from(&plan[i]) <= now_s;
}

static double rate(const struct bench *bench, const struct fluid *fluid, const struct plan *plan,
                   size_t n, enum direction direction, double now_s)
{
    double streams = 0;
    for (size_t i = 0; i < n; i++)
        if (plan[i].direction == direction && is_active(fluid, plan, i, now_s))
            streams += (double)plan[i].streams;
    if (streams <= 0)
        return bench->params.stream_bytes_per_s[direction];
    return fmin(bench->params.stream_bytes_per_s[direction],
                bench->params.total_bytes_per_s[direction] / streams);
}

/* The next instant at which a rate changes, and the transfer that ends by itself then. */
static double next_change(const struct bench *bench, const struct fluid *fluid,
                          const struct plan *plan, size_t n, double now_s, size_t *ending)
{
    double next_s = NEVER;
    *ending = n;
    for (size_t i = 0; i < n; i++) {
        if (fluid->over[i])
            continue;
        bool active = is_active(fluid, plan, i, now_s);
        double speed = rate(bench, fluid, plan, n, plan[i].direction, now_s);
        double own_s = active ? now_s + fluid->left[i] / speed : active_from(&plan[i]);
        bool aborted = plan[i].abort_s < own_s;
        own_s = aborted ? plan[i].abort_s : own_s;
        if (own_s < next_s) {
            next_s = own_s;
            *ending = active && !aborted ? i : n;
        }
    }
    return next_s;
}

static void fluid_simulate(const struct bench *bench, const struct plan *plan, size_t n,
                           struct fluid *fluid)
{
    *fluid = (struct fluid){0};
    for (size_t i = 0; i < n; i++)
        fluid->left[i] = plan[i].bytes;
    double now_s = 0;
    for (;;) {
        size_t ending;
        double next_s = next_change(bench, fluid, plan, n, now_s, &ending);
        if (isinf(next_s))
            return;
        double speed[DIRECTIONS];
        for (int d = 0; d < DIRECTIONS; d++)
            speed[d] = rate(bench, fluid, plan, n, (enum direction)d, now_s);
        for (size_t i = 0; i < n; i++)
            if (is_active(fluid, plan, i, now_s)) {
                double moved = speed[plan[i].direction] * (next_s - now_s);
                fluid->left[i] -= moved;
                fluid->moved[plan[i].direction] += moved * (double)plan[i].streams;
            }
        now_s = next_s;
        for (size_t i = 0; i < n; i++)
            if (i == ending || (!fluid->over[i] && plan[i].abort_s <= now_s)) {
                fluid->over[i] = true;
                fluid->done_s[i] = i == ending ? now_s : (double)NAN;
            }
    }
}

static struct plan random_plan(struct rng *rng)
{
    struct plan plan = {
        .start_s = 100 * rng_uniform(rng),
        .latency_s = rng_below(rng, 2) ? rng_uniform(rng) : 0,
        .bytes = -GB * log(rng_uniform(rng)),
        .streams = 1 + rng_below(rng, 5),
        .direction = (enum direction)rng_below(rng, DIRECTIONS),
    };
    plan.abort_s = rng_below(rng, 4) ? NEVER : plan.start_s + 20 * rng_uniform(rng);
    return plan;
}

/* Starts and aborts in the order of time. */
static void device_simulate(struct bench *bench, const struct plan *plan, size_t n)
{
    for (double from_s = -1;;) {
        double at_s = NEVER;
        for (size_t i = 0; i < n; i++) {
            if (plan[i].start_s > from_s)
                at_s = fmin(at_s, plan[i].start_s);
            if (plan[i].abort_s > from_s)
                at_s = fmin(at_s, plan[i].abort_s);
        }
        if (isinf(at_s))
            break;
        wait_until(bench, at_s);
        for (size_t i = 0; i < n; i++) {
            if (plan[i].start_s >= at_s && plan[i].start_s <= at_s)
                start_class(bench, i, plan[i].direction, plan[i].streams, plan[i].bytes,
                            plan[i].latency_s);
            if (plan[i].abort_s >= at_s && plan[i].abort_s <= at_s)
                device_abort(&bench->transfers[i]);
        }
        from_s = at_s;
    }
    wait_until(bench, 1e6);
}

static void random_transfers_end_when_a_fluid_simulation_says(void **state)
{
    (void)state;
    struct rng rng = rng_from_splitmix(20240607);
    for (int round = 0; round < 40; round++) {
        struct plan plan[MAX_TRANSFERS];
        size_t n = 2 + rng_below(&rng, MAX_TRANSFERS - 1);
        for (size_t i = 0; i < n; i++)
            plan[i] = random_plan(&rng);
        struct bench bench;
        bench_init(&bench, (0.2 + rng_uniform(&rng)) * GB, (1 + 9 * rng_uniform(&rng)) * GB);
        struct fluid fluid;
        fluid_simulate(&bench, plan, n, &fluid);
        device_simulate(&bench, plan, n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(isnan(bench.done_s[i]), isnan(fluid.done_s[i]));
            if (!isnan(fluid.done_s[i]))
                assert_near(bench.done_s[i], fluid.done_s[i], 1e-9 * fluid.done_s[i]);
        }
        for (int d = 0; d < DIRECTIONS; d++)
            assert_near(device_moved_bytes(&bench.device, (enum direction)d), fluid.moved[d],
                        1e-9 * fluid.moved[d]);
        bench_release(&bench);
    }
}

static void the_ledger_has_every_byte_at_every_instant(void **state)
{
    (void)state;
    struct rng rng = rng_from_splitmix(27182818);
    struct bench bench;
    bench_init(&bench, NO_LIMIT, 1 * GB);
    double total = 0;
    for (size_t i = 0; i < 50; i++) {
        double bytes = (1 + rng_uniform(&rng)) * GB;
        total += bytes;
        start(&bench, i, bytes);
    }
    /* The device is never idle before the end: it moves 1 GB/s, whoever shares it. */
    for (double t = 0.37; t < total / GB; t += 3.7 * rng_uniform(&rng)) {
        wait_until(&bench, t);
        assert_near(written(&bench), t * GB, 1e-9 * total);
    }
    wait_until(&bench, total / GB + 1);
    assert_near(written(&bench), total, 1e-9 * total);
    bench_release(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_that_start_together_end_by_size),
        cmocka_unit_test(a_later_and_smaller_write_overtakes),
        cmocka_unit_test(one_stream_is_no_faster_than_its_cap),
        cmocka_unit_test(latency_passes_before_the_first_byte),
        cmocka_unit_test(a_transfer_without_bytes_takes_its_latency),
        cmocka_unit_test(an_aborted_write_leaves_its_bytes_and_its_share),
        cmocka_unit_test(reads_and_writes_do_not_share),
        cmocka_unit_test(reads_and_writes_share_what_is_of_both),
        cmocka_unit_test(equal_streams_are_one_transfer_of_many),
        cmocka_unit_test(a_reset_device_is_as_new),
        cmocka_unit_test(requests_are_admitted_one_after_the_other),
        cmocka_unit_test(who_gives_up_in_the_queue_lets_the_others_move_up),
        cmocka_unit_test(parts_take_as_long_as_the_closed_form_says),
        cmocka_unit_test(a_stream_waits_for_its_slowest_part),
        cmocka_unit_test(an_aborted_stream_has_made_the_requests_of_what_it_moved),
        cmocka_unit_test(stored_bytes_are_those_of_the_scheme),
        cmocka_unit_test(a_pipeline_adds_hops_and_a_code_takes_time),
        cmocka_unit_test(some_transfers_take_as_long_again_as_they_would),
        cmocka_unit_test(nothing_moves_in_an_outage_and_all_goes_on_after),
        cmocka_unit_test(outages_come_and_go_by_their_laws),
        cmocka_unit_test(random_transfers_end_when_a_fluid_simulation_says),
        cmocka_unit_test(the_ledger_has_every_byte_at_every_instant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
