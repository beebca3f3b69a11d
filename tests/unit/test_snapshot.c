// SPDX-License-Identifier: GPL-3.0-or-later
/* Checkpoints of one task: what they write, keep and restore, against closed forms and by hand. */
#include <math.h>

#include "core/stats.h"
#include "model/snapshot.h"
#include "model/store_kinds.h"
#include "support.h"

static const double MB = 1e6;
static const double GB = 1e9;

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ---- stores ---- */

static struct store constant_of(double size, double dirty)
{
    struct constant_state *params = arena_alloc(&arena, 1, sizeof *params);
    *params = (struct constant_state){size, dirty};
    struct tagged tagged = {&constant_store.variant, params};
    return store_of(&tagged, 1, &arena);
}

static struct store keyed_of(uint64_t keys, double value, int dirty, uint64_t cache)
{
    struct keyed_state *params = arena_alloc(&arena, 1, sizeof *params);
    *params = (struct keyed_state){
        .keys = keys,
        .value_bytes = value,
        .updates_per_message = 1,
        .cache = cache,
        .flush_bytes_per_s = 100,
        .dirty = dirty,
    };
    struct tagged tagged = {&keyed_store.variant, params};
    return store_of(&tagged, 1, &arena);
}

static struct store lsm_of(double size, double memtable, double record, uint64_t merge)
{
    struct lsm_state *params = arena_alloc(&arena, 1, sizeof *params);
    *params = (struct lsm_state){size, memtable, record, merge, 1, (double)NAN};
    struct tagged tagged = {&lsm_store.variant, params};
    return store_of(&tagged, 1, &arena);
}

static struct capture capture_of(enum capture_kind kind)
{
    return (struct capture){
        .kind = kind,
        .rebase_above = UINT64_MAX,
        .background_s = (double)INFINITY,
        .replication = 1,
    };
}

static struct snapshots *started(const struct store *store, const struct capture *capture,
                                 uint64_t retain)
{
    struct snapshots *snapshots = snapshots_new(store, capture, retain);
    snapshots_start(snapshots, 20240607, 0, 0);
    return snapshots;
}

static double cut_and_commit(struct snapshots *snapshots, double messages, double now_s,
                             uint64_t number)
{
    double bytes = snapshots_cut(snapshots, messages, now_s, number).write_bytes;
    snapshots_commit(snapshots, number);
    return bytes;
}

/* ---- full and offsets ---- */

static void full_images_are_kept_n_at_a_time(void **state)
{
    (void)state;
    struct store store = constant_of(100, 0.1);
    struct capture capture = capture_of(CAPTURE_FULL);
    struct snapshots *snapshots = started(&store, &capture, 3);
    assert_near(snapshots_restore_bytes(snapshots), 0, 0);
    assert_false(snapshots_has_line(snapshots));
    for (uint64_t i = 1; i <= 5; i++) {
        assert_near(cut_and_commit(snapshots, 0, (double)i, i), 100, 0);
        assert_near(snapshots_retained_bytes(snapshots), 100 * fmin((double)i, 3), 0);
    }
    assert_near(snapshots_restore_bytes(snapshots), 100, 0);
    snapshots_start(snapshots, 1, 1, 0);
    assert_near(snapshots_retained_bytes(snapshots), 0, 0);
    snapshots_free(snapshots);
}

static void positions_hold_no_state(void **state)
{
    (void)state;
    struct store store = constant_of(100, 0.1);
    struct capture capture = capture_of(CAPTURE_POSITIONS);
    capture.position_bytes = 7;
    struct snapshots *snapshots = started(&store, &capture, 1);
    assert_near(cut_and_commit(snapshots, 0, 1, 1), 7, 0);
    assert_near(snapshots_restore_bytes(snapshots), 7, 0);
    snapshots_free(snapshots);
}

static void a_task_without_state_writes_nothing(void **state)
{
    (void)state;
    struct tagged none = {0};
    struct store store = store_of(&none, 1, &arena);
    for (int kind = CAPTURE_FULL; kind <= CAPTURE_BASE_LOG; kind++) {
        static const struct log_params log = {0.5, 0, 1, (double)INFINITY};
        struct capture capture = capture_of((enum capture_kind)kind);
        capture.base_every = 3;
        capture.log = &log;
        struct snapshots *snapshots = started(&store, &capture, 1);
        for (uint64_t i = 1; i <= 4; i++)
            assert_near(cut_and_commit(snapshots, (double)i, (double)i, i), 0, 0);
        snapshots_roll_back(snapshots, 9);
        assert_near(snapshots_restore_bytes(snapshots), 0, 0);
        snapshots_free(snapshots);
    }
}

/* ---- deltas ---- */

static void deltas_build_on_what_is_committed(void **state)
{
    (void)state;
    struct store store = constant_of(100, 0.1);
    struct capture capture = capture_of(CAPTURE_DELTA);
    capture.base_every = 4;
    struct snapshots *snapshots = started(&store, &capture, 1);
    /* The first was never committed, so the second is a base as well. */
    assert_true(snapshots_cut(snapshots, 0, 1, 1).is_base);
    snapshots_abort(snapshots, 1);
    assert_true(snapshots_cut(snapshots, 0, 2, 2).is_base);
    snapshots_commit(snapshots, 2);
    for (uint64_t i = 3; i <= 5; i++) {
        struct snapshot cut = snapshots_cut(snapshots, 0, (double)i, i);
        assert_near(cut.write_bytes, 10, 1e-12);
        assert_int_equal(cut.deltas, i - 2);
        snapshots_commit(snapshots, i);
    }
    assert_int_equal(snapshots_restore_deltas(snapshots), 3);
    assert_near(snapshots_restore_bytes(snapshots), 130, 1e-12);
    /* The base and all deltas on it are there for the line's sake. */
    assert_near(snapshots_retained_bytes(snapshots), 130, 1e-12);
    /* The chain goes on where it was, whatever fails. */
    snapshots_roll_back(snapshots, 8);
    assert_true(snapshots_next_is_base(snapshots));
    assert_near(cut_and_commit(snapshots, 0, 9, 9), 100, 0);
    assert_near(snapshots_retained_bytes(snapshots), 100, 1e-9);
    snapshots_free(snapshots);
}

static void pending_checkpoints_are_subsumed(void **state)
{
    (void)state;
    struct store store = keyed_of(1000, 1, DIRTY_EXPECTED, 0);
    struct capture capture = capture_of(CAPTURE_DELTA);
    struct snapshots *snapshots = started(&store, &capture, 1);
    assert_near(cut_and_commit(snapshots, 0, 0, 1), 1000, 0);
    /* Both are relative to the first. */
    double second = snapshots_cut(snapshots, 500, 10, 2).write_bytes;
    double third = snapshots_cut(snapshots, 1000, 20, 3).write_bytes;
    assert_near(second, 393.6, 0.05);
    assert_near(third, 632.3, 0.05);
    snapshots_commit(snapshots, 3);
    snapshots_abort(snapshots, 2); /* it is gone: nothing happens */
    assert_int_equal(snapshots_restore_deltas(snapshots), 1);
    assert_near(snapshots_restore_bytes(snapshots), 1000 + third, 1e-9);
    /* One that is pending when an older one commits is pending still. */
    (void)snapshots_cut(snapshots, 1500, 30, 4);
    (void)snapshots_cut(snapshots, 2000, 40, 5);
    snapshots_commit(snapshots, 4);
    snapshots_commit(snapshots, 5);
    assert_int_equal(snapshots_restore_deltas(snapshots), 2);
    /* After a roll-back the updates since the line are made again. */
    snapshots_roll_back(snapshots, 50);
    assert_near(snapshots_cut(snapshots, 2500, 60, 6).write_bytes, 393.6, 0.05);
    snapshots_free(snapshots);
}

static uint64_t draw_poisson(double mean, struct rng *rng)
{
    uint64_t n = 0;
    for (double t = -log(rng_uniform(rng)); t < mean; t -= log(rng_uniform(rng)))
        n++;
    return n;
}

/*
 * C20: five deltas after 600 updates each, on average. Deltas since the last checkpoint add up;
 * deltas since the base, which those are that find no newer line, saturate. Level 6e-5.
 */
static void a_chain_of_five_deltas(void **state)
{
    (void)state;
    struct store store = keyed_of(1000, 1, DIRTY_SAMPLED, 0);
    struct capture capture = capture_of(CAPTURE_DELTA);
    struct rng rng = rng_stream(20240607, 2, RNG_STATE, 0);
    struct tally incremental = {0};
    struct tally differential = {0};
    struct tally fifth = {0};
    size_t n = support_scale(4000);
    for (size_t run = 0; run < n; run++) {
        for (int builds_on_last = 0; builds_on_last < 2; builds_on_last++) {
            struct snapshots *snapshots = snapshots_new(&store, &capture, 1);
            snapshots_start(snapshots, 20240607, run, (uint64_t)builds_on_last);
            double messages = 0;
            double sum = 0;
            double last = 0;
            (void)cut_and_commit(snapshots, 0, 0, 1);
            for (uint64_t i = 2; i <= 6; i++) {
                messages += (double)draw_poisson(600, &rng);
                last = snapshots_cut(snapshots, messages, (double)i, i).write_bytes;
                sum += last;
                if (builds_on_last)
                    snapshots_commit(snapshots, i);
            }
            tally_add(builds_on_last ? &incremental : &differential, sum);
            if (!builds_on_last)
                tally_add(&fifth, last);
            snapshots_free(snapshots);
        }
    }
    double root = sqrt((double)n);
    assert_near(incremental.mean, 2255.94182, 4 * tally_sd(&incremental) / root);
    assert_near(fifth.mean, 950.212932, 4 * tally_sd(&fifth) / root);
    assert_near(differential.mean, 3844.19024, 4 * tally_sd(&differential) / root);
}

static void a_base_made_beside_replaces_many_deltas(void **state)
{
    (void)state;
    struct store store = constant_of(100, 0.1);
    struct capture capture = capture_of(CAPTURE_DELTA);
    capture.rebase_above = 2;
    capture.background_s = 60;
    struct snapshots *snapshots = started(&store, &capture, 2);
    assert_near(snapshots_background_s(snapshots), 60, 0);
    for (uint64_t i = 1; i <= 3; i++)
        (void)cut_and_commit(snapshots, 0, 10 * (double)i, i);
    /* Two deltas are not more than two. */
    assert_near(snapshots_background_start(snapshots, 0, 60), 0, 0);
    assert_near(snapshots_background_s(snapshots), 120, 0);
    (void)cut_and_commit(snapshots, 0, 70, 4);
    assert_near(snapshots_background_start(snapshots, 0, 120), 100, 0);
    assert_true(isinf(snapshots_background_s(snapshots)));
    (void)cut_and_commit(snapshots, 0, 125, 5); /* while it is written */
    assert_int_equal(snapshots_restore_deltas(snapshots), 4);
    snapshots_background_end(snapshots, 130);
    /* The fourth is a base now, which the fifth builds on. */
    assert_int_equal(snapshots_restore_deltas(snapshots), 1);
    assert_near(snapshots_restore_bytes(snapshots), 110, 1e-12);
    assert_near(snapshots_retained_bytes(snapshots), 110, 1e-9);
    (void)cut_and_commit(snapshots, 0, 140, 6);
    assert_near(snapshots_retained_bytes(snapshots), 120, 1e-9);
    assert_near(snapshots_background_s(snapshots), 180, 0);
    snapshots_free(snapshots);
}

/* Of a task without state, whose deltas a restore would look at all the same. */
static void a_base_of_nothing_takes_no_time(void **state)
{
    (void)state;
    struct tagged none = {0};
    struct store store = store_of(&none, 1, &arena);
    struct capture capture = capture_of(CAPTURE_DELTA);
    capture.rebase_above = 2;
    capture.background_s = 60;
    struct snapshots *snapshots = started(&store, &capture, 2);
    for (uint64_t i = 1; i <= 4; i++)
        (void)cut_and_commit(snapshots, 0, 10 * (double)i, i);
    assert_int_equal(snapshots_restore_deltas(snapshots), 3);
    assert_near(snapshots_background_start(snapshots, 0, 60), 0, 0);
    assert_near(snapshots_background_s(snapshots), 120, 0);
    assert_int_equal(snapshots_restore_deltas(snapshots), 0);
    (void)cut_and_commit(snapshots, 0, 70, 5);
    assert_int_equal(snapshots_restore_deltas(snapshots), 1);
    snapshots_free(snapshots);
}

/* ---- files ---- */

/* C3: a flush of 64 MB for each checkpoint, every fourth merges 10 GB. */
static void minimal_lsm_uploads(void **state)
{
    (void)state;
    struct store store = lsm_of(10 * GB, 64 * MB, 1 * MB, 4);
    struct capture capture = capture_of(CAPTURE_DELTA);
    struct snapshots *snapshots = started(&store, &capture, 1);
    assert_near(cut_and_commit(snapshots, 0, 0, 1), 10 * GB, 0);
    double sum = 0;
    for (uint64_t i = 1; i <= 40; i++) {
        struct snapshot cut = snapshots_cut(snapshots, 64 * (double)i - 1, (double)i, i + 1);
        assert_near(cut.write_bytes, i % 4 == 0 ? 10 * GB : i == 1 ? 63 * MB : 64 * MB, 1);
        assert_near(cut.sync_bytes, i == 1 ? 63 * MB : 0, 0);
        snapshots_commit(snapshots, i + 1);
        sum += cut.write_bytes;
    }
    assert_near(sum / 40, 2.55 * GB, 0.01 * GB);
    snapshots_free(snapshots);
}

static void files_go_back_with_the_task(void **state)
{
    (void)state;
    struct store store = lsm_of(1000, 100, 1, 3);
    struct capture capture = capture_of(CAPTURE_DELTA);
    struct snapshots *snapshots = started(&store, &capture, 2);
    (void)cut_and_commit(snapshots, 150, 1, 1); /* base, 100, 50 */
    assert_near(snapshots_retained_bytes(snapshots), 1150, 0);
    /* Not committed: its merged file is no base for the next. */
    assert_near(snapshots_cut(snapshots, 160, 2, 2).write_bytes, 1000, 0);
    snapshots_roll_back(snapshots, 3);
    struct snapshot again = snapshots_cut(snapshots, 170, 4, 3);
    assert_near(again.write_bytes, 1000, 0);
    assert_near(again.sync_bytes, 20, 0);
    snapshots_commit(snapshots, 3);
    assert_near(snapshots_retained_bytes(snapshots), 2150, 0);
    assert_near(cut_and_commit(snapshots, 180, 5, 4), 10, 0);
    /* The first is deleted, and with it what it alone referred to. */
    assert_near(snapshots_retained_bytes(snapshots), 1010, 0);
    assert_near(snapshots_restore_bytes(snapshots), 1010, 0);
    assert_int_equal(snapshots_restore_deltas(snapshots), 0);
    snapshots_free(snapshots);
}

static void a_base_uploads_all_files_again(void **state)
{
    (void)state;
    struct store store = lsm_of(1000, 100, 1, 10);
    struct capture capture = capture_of(CAPTURE_DELTA);
    capture.base_every = 2;
    struct snapshots *snapshots = started(&store, &capture, 2);
    assert_near(cut_and_commit(snapshots, 100, 1, 1), 1100, 0);
    assert_near(cut_and_commit(snapshots, 150, 2, 2), 50, 0);
    assert_near(cut_and_commit(snapshots, 160, 3, 3), 1160, 0);
    assert_near(snapshots_retained_bytes(snapshots), 1150 + 1160, 0);
    snapshots_free(snapshots);
}

/* ---- changelog ---- */

/* Mean length of the log over `n` looks, after as many, of a store that grows by w bytes/s. */
static double mean_log_bytes(const struct log_params *log, double size, double w, double step_s,
                             size_t n)
{
    struct store store = keyed_of((uint64_t)(size / w), w, DIRTY_EXPECTED, 0);
    struct capture capture = capture_of(CAPTURE_CHANGELOG);
    capture.log = log;
    capture.replication = 2;
    struct snapshots *snapshots = started(&store, &capture, 1);
    (void)cut_and_commit(snapshots, 0, 0, 1);
    double sum = 0;
    for (size_t i = 1; i <= 2 * n; i++) {
        /* A message a second, of w bytes. */
        snapshots_advance(snapshots, step_s * (double)i, step_s * (double)i);
        sum += i > n ? snapshots_restore_bytes(snapshots) : 0;
    }
    double end_s = step_s * 2 * (double)n;
    assert_near(snapshots_log_volume_bytes(snapshots), 2 * w * end_s, 1e-6 * w * end_s);
    assert_near(snapshots_retained_bytes(snapshots), 2 * snapshots_restore_bytes(snapshots), 1);
    snapshots_free(snapshots);
    return sum / (double)n;
}

/*
 * C3: E[L] = 1.5 S + w (lag + age of the active segment). S = 10 GB, w = 1 MB/s: 29.4 GB at a lag
 * of 4 h, 15 GB at 0; with segments of 10 MB their part is 5 MB.
 */
static void length_of_a_compacted_log(void **state)
{
    (void)state;
    struct log_params log = {0.5, 0, 10 * MB, (double)INFINITY};
    double mean = mean_log_bytes(&log, 10 * GB, 1 * MB, 7, 100000);
    assert_near(mean, 15 * GB, 0.02 * GB);
    assert_near(mean / (50 * MB), 300, 1);
    log.min_lag_s = 4 * 3600;
    mean = mean_log_bytes(&log, 10 * GB, 1 * MB, 7, 100000);
    assert_near(mean, 29.4 * GB, 0.02 * GB);
    assert_near(mean / (50 * MB), 588, 1);
    /* A cleaner that starts at a fifth: from S to 1.25 S. */
    log = (struct log_params){0.2, 0, 10 * MB, (double)INFINITY};
    assert_near(mean_log_bytes(&log, 10 * GB, 1 * MB, 7, 100000), 11.25 * GB, 0.02 * GB);
    /* Segments of 1 GB, none of which is cleaned before it is closed: half of one more, and what
     * starts the cleaner comes a segment at a time: 11 of them. */
    log = (struct log_params){0.5, 0, 1 * GB, (double)INFINITY};
    assert_near(mean_log_bytes(&log, 10 * GB, 1 * MB, 7, 100000), 15.5 * GB, 0.05 * GB);
    /* The same if they are closed by age. */
    log = (struct log_params){0.5, 0, 100 * GB, 1000};
    assert_near(mean_log_bytes(&log, 10 * GB, 1 * MB, 7, 100000), 15.5 * GB, 0.05 * GB);
}

static void a_cache_is_flushed_at_checkpoints(void **state)
{
    (void)state;
    static const struct log_params log = {0.5, 0, 1e9, (double)INFINITY};
    struct store store = keyed_of(1000, 10, DIRTY_EXPECTED, 1000);
    struct capture capture = capture_of(CAPTURE_CHANGELOG);
    capture.log = &log;
    struct snapshots *snapshots = started(&store, &capture, 1);
    snapshots_advance(snapshots, 250, 5);
    assert_near(snapshots_log_volume_bytes(snapshots), 0, 1e-9);
    struct snapshot cut = snapshots_cut(snapshots, 500, 10, 1);
    assert_near(cut.write_bytes, 0, 0);
    assert_near(cut.sync_bytes, 3936.2, 0.1);
    assert_near(cut.sync_s, 39.362, 1e-3);
    assert_near(snapshots_log_volume_bytes(snapshots), 3936.2, 0.1);
    snapshots_commit(snapshots, 1);
    assert_near(snapshots_restore_bytes(snapshots), 10000 + 3936.2, 0.1);
    /* What a failure takes back stays in the log. */
    snapshots_advance(snapshots, 1000, 20);
    snapshots_roll_back(snapshots, 30);
    (void)snapshots_cut(snapshots, 1000, 40, 2);
    assert_near(snapshots_log_volume_bytes(snapshots), 2 * 3936.2, 0.1);
    snapshots_free(snapshots);
}

/* ---- base and log ---- */

static void a_log_is_cut_short_by_bases(void **state)
{
    (void)state;
    struct store store = keyed_of(1000, 10, DIRTY_EXPECTED, 0);
    struct capture capture = capture_of(CAPTURE_BASE_LOG);
    capture.background_s = 100;
    struct snapshots *snapshots = started(&store, &capture, 1);
    assert_near(cut_and_commit(snapshots, 0, 0, 1), 10000, 0);
    assert_near(cut_and_commit(snapshots, 60, 60, 2), 600, 0);
    assert_near(snapshots_background_start(snapshots, 100, 100), 10000, 0);
    assert_near(cut_and_commit(snapshots, 110, 110, 3), 500, 0);
    assert_near(snapshots_restore_bytes(snapshots), 11100, 0);
    snapshots_background_end(snapshots, 120);
    assert_near(snapshots_retained_bytes(snapshots), 21100, 0);
    /* The tail since the third; the log since the base was begun. */
    assert_near(cut_and_commit(snapshots, 130, 130, 4), 200, 0);
    assert_near(snapshots_restore_bytes(snapshots), 10300, 0);
    assert_near(snapshots_retained_bytes(snapshots), 10300, 0);
    /* A base is given up with the task that makes it. */
    assert_near(snapshots_background_start(snapshots, 200, 200), 10000, 0);
    snapshots_roll_back(snapshots, 220);
    assert_near(snapshots_background_s(snapshots), 320, 0);
    assert_near(cut_and_commit(snapshots, 150, 240, 5), 200, 0);
    assert_near(snapshots_restore_bytes(snapshots), 10500, 0);
    snapshots_free(snapshots);
}

/* A base that was made after the line's cut holds what the task has not done any more. */
static void a_newer_base_does_not_serve_an_older_line(void **state)
{
    (void)state;
    struct store store = keyed_of(1000, 10, DIRTY_EXPECTED, 0);
    struct capture capture = capture_of(CAPTURE_BASE_LOG);
    capture.background_s = 100;
    struct snapshots *snapshots = started(&store, &capture, 1);
    (void)cut_and_commit(snapshots, 0, 0, 1);
    (void)cut_and_commit(snapshots, 60, 60, 2);
    (void)snapshots_background_start(snapshots, 100, 100);
    snapshots_background_end(snapshots, 110);
    snapshots_roll_back(snapshots, 120);
    assert_near(snapshots_retained_bytes(snapshots), 10600, 0);
    assert_near(cut_and_commit(snapshots, 90, 150, 3), 300, 0);
    assert_near(snapshots_restore_bytes(snapshots), 10900, 0);
    snapshots_free(snapshots);
}

/* C3: S + w T_base / 2 + w x upload time. Bases every 600 s take 200 s, w = 10 B/s, S = 1 MB. */
static void storage_that_a_base_and_its_log_take(void **state)
{
    (void)state;
    struct store store = keyed_of(100000, 10, DIRTY_EXPECTED, 0);
    struct capture capture = capture_of(CAPTURE_BASE_LOG);
    capture.background_s = 600;
    struct snapshots *snapshots = started(&store, &capture, 1);
    double log_bytes = 0;
    uint64_t n = 0;
    for (uint64_t t = 0; t < 60200; t++) {
        double now_s = (double)t;
        if (t > 0 && t % 600 == 0)
            assert_near(snapshots_background_start(snapshots, now_s, now_s), 1e6, 0);
        if (t > 600 && t % 600 == 200)
            snapshots_background_end(snapshots, now_s);
        (void)cut_and_commit(snapshots, now_s, now_s, t + 1);
        if (t < 800)
            continue;
        log_bytes += snapshots_log_bytes(snapshots);
        n++;
        assert_near(snapshots_retained_bytes(snapshots), 1e6 + snapshots_log_bytes(snapshots),
                    1e-3);
    }
    assert_near(log_bytes / (double)n, 10 * 600 / 2.0 + 10 * 200, 10);
    snapshots_free(snapshots);
}

/* The base of an LSM store is its files: only new ones are written. */
static void bases_of_files_share_them(void **state)
{
    (void)state;
    struct store store = lsm_of(1000, 100, 1, 10);
    struct capture capture = capture_of(CAPTURE_BASE_LOG);
    capture.background_s = 100;
    struct snapshots *snapshots = started(&store, &capture, 1);
    assert_near(cut_and_commit(snapshots, 0, 0, 1), 1000, 0);
    assert_near(snapshots_background_start(snapshots, 150, 100), 150, 0);
    snapshots_background_end(snapshots, 101);
    assert_near(cut_and_commit(snapshots, 160, 110, 2), 10, 0);
    assert_near(snapshots_restore_bytes(snapshots), 1160, 0);
    /* What the log holds is in the memtable again: 10 and 40. */
    snapshots_roll_back(snapshots, 120);
    assert_near(snapshots_background_start(snapshots, 200, 200), 50, 0);
    snapshots_free(snapshots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_images_are_kept_n_at_a_time),
        cmocka_unit_test(positions_hold_no_state),
        cmocka_unit_test(a_task_without_state_writes_nothing),
        cmocka_unit_test(deltas_build_on_what_is_committed),
        cmocka_unit_test(pending_checkpoints_are_subsumed),
        cmocka_unit_test(a_chain_of_five_deltas),
        cmocka_unit_test(a_base_made_beside_replaces_many_deltas),
        cmocka_unit_test(a_base_of_nothing_takes_no_time),
        cmocka_unit_test(minimal_lsm_uploads),
        cmocka_unit_test(files_go_back_with_the_task),
        cmocka_unit_test(a_base_uploads_all_files_again),
        cmocka_unit_test(length_of_a_compacted_log),
        cmocka_unit_test(a_cache_is_flushed_at_checkpoints),
        cmocka_unit_test(a_log_is_cut_short_by_bases),
        cmocka_unit_test(a_newer_base_does_not_serve_an_older_line),
        cmocka_unit_test(storage_that_a_base_and_its_log_take),
        cmocka_unit_test(bases_of_files_share_them),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
