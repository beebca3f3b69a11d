// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stores against closed forms. Statistical tests fix their seeds; a mean is accepted within 4
 * standard errors (level 6e-5), a standard deviation within 4 of its own.
 */
#include <math.h>

#include "core/stats.h"
#include "core/ziggurat.h"
#include "model/store.h"
#include "model/store_kinds.h"
#include "support.h"

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ---- keys ---- */

static void expected_dirty_sets(void **state)
{
    (void)state;
    struct store_keys keys = store_keys_of(1000, 0, 0, &arena);
    assert_near(store_keys_distinct(&keys, 1000), 632.3, 0.05);
    assert_near(store_keys_distinct(&keys, 500), 393.6, 0.05);
    assert_near(store_keys_distinct(&keys, 3000), 950.3, 0.05);
    assert_near(store_keys_distinct(&keys, 0), 0, 0);
    assert_near(store_keys_distinct(&keys, 1), 1, 1e-12);
    struct store_keys one = store_keys_of(1, 0, 0, &arena);
    assert_near(store_keys_distinct(&one, 5), 1, 0);
}

/* Key by key. */
static double zipf_distinct(double n, double s, double updates)
{
    double total = 0;
    double sum = 0;
    for (double i = n; i >= 1; i--)
        total += pow(i, -s);
    for (double i = n; i >= 1; i--)
        sum -= expm1(updates * log1p(-pow(i, -s) / total));
    return sum;
}

static void sums_over_many_keys_are_those_key_by_key(void **state)
{
    (void)state;
    static const double exponents[] = {0.3, 0.8, 1, 1.2, 2};
    static const double counts[] = {1, 2, 1000, 1024, 1025, 1030, 3000, 1e5};
    for (size_t i = 0; i < MEM_COUNT(exponents); i++)
        for (size_t j = 0; j < MEM_COUNT(counts); j++)
            for (double updates = 1; updates <= 1e7; updates *= 100) {
                struct store_keys keys = store_keys_of(counts[j], exponents[i], 0, &arena);
                double expected = zipf_distinct(counts[j], exponents[i], updates);
                assert_near(store_keys_distinct(&keys, updates), expected, 1e-7 * expected);
            }
    /* Of 10^9 keys: the total of the probabilities is 1, so a single update is of one key. */
    struct store_keys many = store_keys_of(1e9, 0.9, 0, &arena);
    assert_near(store_keys_distinct(&many, 1), 1, 1e-9);
}

struct draws {
    const char *id;
    double keys, zipf;
    uint64_t updates;
    double mean, sd; /* sd 0: not known */
    bool poisson;    /* the number of updates is */
};

static uint64_t draw_poisson(double mean, struct rng *rng)
{
    uint64_t n = 0;
    for (double t = rng_exponential(rng); t < mean; t += rng_exponential(rng))
        n++;
    return n;
}

static void check_draws(const struct draws *row, size_t n)
{
    struct store_keys keys = store_keys_of(row->keys, row->zipf, 0, &arena);
    struct rng rng = rng_stream(20240607, 0, RNG_STATE, row->updates);
    struct tally tally = {0};
    for (size_t i = 0; i < n; i++) {
        uint64_t updates = row->poisson ? draw_poisson((double)row->updates, &rng) : row->updates;
        tally_add(&tally, store_keys_draw(&keys, updates, &rng));
    }
    double sd = row->sd > 0 ? row->sd : tally_sd(&tally);
    print_message("%s: mean %.6g (%.6g), sd %.4g (%.4g)\n", row->id, tally.mean, row->mean,
                  tally_sd(&tally), row->sd);
    assert_near(tally.mean, row->mean, 4 * sd / sqrt((double)n));
    if (row->sd > 0)
        assert_near(tally_sd(&tally), row->sd, 4 * sd / sqrt(2 * (double)n));
}

/* Rows C10 to C19 of the validation reference. */
static void sampled_dirty_sets(void **state)
{
    (void)state;
    static const struct draws rows[] = {
        {"C10", 1000, 0, 500, 393.621055, 7.39579449, false},
        {"C11", 1000, 0, 2000, 864.800075, 8.96453548, false},
        {"C12", 100000, 0, 30000, 25918.2891, 52.3093906, false},
        {"C13", 16, 0, 16, 10.3028139, 1.25513253, false},
        {"C14", 1000, 0, 600, 451.188364, 15.7358643, true},
        {"C15", 100000, 0, 30000, 25918.1779, 138.566441, true},
        {"C16", 1000, 1, 1000, 333.746856, 0, false},
        {"C16, Poisson", 1000, 1, 1000, 333.688398, 12.8723226, true},
        {"C17", 10000, 0.8, 5000, 2597.55819, 0, false},
        {"C17, Poisson", 10000, 0.8, 5000, 2597.47556, 39.3980777, true},
        {"C18", 10000, 1.2, 5000, 996.296157, 0, false},
        {"C18, Poisson", 10000, 1.2, 5000, 996.271052, 24.5207285, true},
        {"C19", 100, 1, 50, 26.7147756, 0, false},
        {"C19, Poisson", 100, 1, 50, 26.6268882, 3.82706864, true},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++)
        check_draws(&rows[i], support_scale(rows[i].updates > 20000 ? 500 : 4000));
}

/* The variance that large draws take is that of the small ones, which are exact. */
static void variance_is_that_of_exact_draws(void **state)
{
    (void)state;
    struct store_keys uniform = store_keys_of(1000, 0, 0, &arena);
    assert_near(sqrt(store_keys_variance(&uniform, 2000)), 8.96453548, 0.01);
    struct draws zipf = {"zipf", 10000, 0.8, 5000, 2597.55819, 0, false};
    struct store_keys keys = store_keys_of(zipf.keys, zipf.zipf, 0, &arena);
    zipf.sd = sqrt(store_keys_variance(&keys, (double)zipf.updates));
    check_draws(&zipf, support_scale(4000));
    struct draws large = {"large", 1e6, 0, 1000000, 0, 0, false};
    struct store_keys million = store_keys_of(large.keys, 0, 0, &arena);
    large.mean = store_keys_distinct(&million, 1e6);
    large.sd = sqrt(store_keys_variance(&million, 1e6));
    check_draws(&large, support_scale(4000));
}

/* Least recently used, message by message. */
static double simulate_cache(uint64_t n, uint64_t cached, uint64_t updates, struct rng *rng)
{
    uint64_t last[200] = {0};
    double logged = 0;
    for (uint64_t now = 1; now <= updates; now++) {
        uint64_t key = rng_below(rng, n);
        uint64_t newer = 0;
        for (uint64_t i = 0; i < n; i++)
            newer += last[i] > last[key];
        /* It has been put out, or never was there, if as many others were used since. */
        logged += last[key] == 0 || newer >= cached;
        last[key] = now;
    }
    return logged;
}

static void a_cache_takes_repeated_updates(void **state)
{
    (void)state;
    struct store_keys keys = store_keys_of(200, 0, 50, &arena);
    struct rng rng = rng_stream(20240607, 1, RNG_STATE, 0);
    struct tally tally = {0};
    size_t n = support_scale(400);
    for (size_t i = 0; i < n; i++)
        tally_add(&tally, simulate_cache(200, 50, 600, &rng));
    /* Deterministic filling is half a key off. */
    double expected = store_keys_logged(&keys, 600);
    assert_near(tally.mean, expected, 0.5 + 4 * tally_sd(&tally) / sqrt((double)n));
    assert_near(store_keys_flushed(&keys, 600), 50, 0);
    /* While all fits, each key comes out once, when it is flushed. */
    assert_near(store_keys_logged(&keys, 20), store_keys_distinct(&keys, 20), 1e-12);
    assert_near(store_keys_flushed(&keys, 20), store_keys_distinct(&keys, 20), 1e-12);
    struct store_keys none = store_keys_of(200, 0, 0, &arena);
    assert_near(store_keys_logged(&none, 600), 600, 0);
    struct store_keys all = store_keys_of(200, 0, 200, &arena);
    assert_near(store_keys_logged(&all, 1e5), 200, 1e-6);
}

/* ---- kinds ---- */

static void growing_state_adds_up_to_its_limit(void **state)
{
    (void)state;
    struct growing_state params = {
        .size_bytes = 1000,
        .per_message = 2,
        .rate = 10,
        .limit_bytes = 5000,
        .dirty_frac = 0.5,
    };
    struct tagged tagged = {&growing_store.variant, &params};
    struct store store = store_of(&tagged, 2, &arena);
    struct store_point start = {0, 0};
    struct store_point later = {100, 60};
    struct store_point end = {1e6, 60};
    assert_near(store_bytes(&store, &start), 500, 0);
    assert_near(store_bytes(&store, &later), 500 + 200 + 300, 0);
    assert_near(store_bytes(&store, &end), 2500, 0);
    assert_near(store.ops->changed(&store, &start, &later, NULL), 500 + 250, 0);
}

static void keyed_state_is_shared_out_over_tasks(void **state)
{
    (void)state;
    struct keyed_state params = {
        .keys = 4000,
        .value_bytes = 90,
        .key_bytes = 10,
        .updates_per_message = 2,
        .flush_bytes_per_s = (double)NAN,
    };
    struct tagged tagged = {&keyed_store.variant, &params};
    struct store store = store_of(&tagged, 4, &arena);
    struct store_point start = {7, 1};
    struct store_point later = {507, 2};
    assert_near(store_bytes(&store, &start), 1e5, 0);
    assert_near(store.ops->changed(&store, &start, &later, NULL), 63230.5, 1);
    params.dirty = DIRTY_SAMPLED;
    struct rng rng = rng_stream(1, 0, RNG_STATE, 0);
    double sampled = store.ops->changed(&store, &start, &later, &rng);
    assert_near(sampled, 63230, 5 * 10 * 100);
    assert_near(fmod(sampled, 100), 0, 0);
    assert_true(isinf(store.flush_bytes_per_s));
}

/* ---- files ---- */

static struct store_files files_of(double size, double memtable, uint64_t merge, uint64_t levels)
{
    struct files_shape shape = {size, memtable, merge, levels};
    struct store_files files = {0};
    store_files_start(&files, &shape);
    return files;
}

static void every_kth_flush_merges_everything(void **state)
{
    (void)state;
    struct store_files files = files_of(1000, 100, 3, 1);
    assert_int_equal(files.live.n, 1);
    store_files_write(&files, 250);
    assert_int_equal(files.live.n, 3);
    assert_near(files.memtable_bytes, 50, 0);
    assert_near(store_files_flush(&files), 50, 0);
    assert_int_equal(files.live.n, 1);
    assert_near(files.live.items[0]->bytes, 1000, 0);
    assert_near(store_files_flush(&files), 0, 0);
    store_files_free(&files);
}

static void levels_are_merged_into_the_next(void **state)
{
    (void)state;
    struct store_files files = files_of(1000, 10, 2, 2);
    store_files_write(&files, 20);
    assert_int_equal(files.live.n, 2);
    assert_near(files.live.items[1]->bytes, 20, 0);
    store_files_write(&files, 10);
    assert_int_equal(files.live.n, 3);
    store_files_write(&files, 10);
    assert_int_equal(files.live.n, 1);
    store_files_free(&files);
}

/* The four checkpoints of engines.md E2; two are retained. */
static void files_are_shared_between_checkpoints(void **state)
{
    (void)state;
    struct store_files files = files_of(0, 1, 1000, 1);
    struct files_cut cut[4] = {{{0}, {0}}};
    struct sum stored = {0};
    struct image *file[7] = {NULL};
    for (int i = 1; i <= 2; i++)
        store_files_write(&files, 1);
    file[1] = files.live.items[0];
    file[2] = files.live.items[1];
    store_files_cut(&files, &cut[0]); /* 1 2 */
    for (int i = 3; i <= 4; i++)
        store_files_write(&files, 1);
    file[4] = files.live.items[3];
    store_files_cut(&files, &cut[1]); /* 1 2 3 4 */
    store_files_merge(&files, 0, 3, 3);
    store_files_write(&files, 1);
    file[5] = files.live.items[2];
    store_files_cut(&files, &cut[2]); /* 123 4 5 */
    store_files_write(&files, 1);
    struct image *six = image_ref(files.live.items[3]);
    store_files_merge(&files, 1, 3, 3);
    store_files_cut(&files, &cut[3]); /* 123 456 */

    static const double uploads[] = {2, 2, 4, 3};
    static const double on_storage[] = {2, 4, 8, 8};
    for (int i = 0; i < 4; i++) {
        assert_near(image_list_new_bytes(&cut[i].files, i > 0 ? &cut[i - 1].files : NULL),
                    uploads[i], 0);
        for (size_t j = 0; j < cut[i].files.n; j++)
            image_keep(cut[i].files.items[j], &stored);
        for (size_t j = 0; i >= 2 && j < cut[i - 2].files.n; j++)
            image_drop(cut[i - 2].files.items[j], &stored);
        assert_near(sum_value(&stored), on_storage[i], 0);
    }
    assert_int_equal(cut[3].files.n, 2);
    assert_int_equal(cut[3].files.items[0]->kept, 2); /* 123 */
    assert_int_equal(cut[3].files.items[1]->kept, 1); /* 456 */
    assert_ptr_equal(cut[2].files.items[1], file[4]);
    assert_int_equal(file[4]->kept, 1);
    assert_int_equal(file[5]->kept, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(cut[1].files.items[i]->kept, 0);
    assert_int_equal(six->refs, 1); /* no checkpoint knows it: never uploaded */
    image_release(six);
    for (int i = 2; i < 4; i++)
        for (size_t j = 0; j < cut[i].files.n; j++)
            image_drop(cut[i].files.items[j], &stored);
    for (int i = 0; i < 4; i++)
        image_list_free(&cut[i].files);
    store_files_free(&files);
    assert_near(sum_value(&stored), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expected_dirty_sets),
        cmocka_unit_test(sums_over_many_keys_are_those_key_by_key),
        cmocka_unit_test(sampled_dirty_sets),
        cmocka_unit_test(variance_is_that_of_exact_draws),
        cmocka_unit_test(a_cache_takes_repeated_updates),
        cmocka_unit_test(growing_state_adds_up_to_its_limit),
        cmocka_unit_test(keyed_state_is_shared_out_over_tasks),
        cmocka_unit_test(every_kth_flush_merges_everything),
        cmocka_unit_test(levels_are_merged_into_the_next),
        cmocka_unit_test(files_are_shared_between_checkpoints),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
