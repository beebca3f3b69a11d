// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/memory.h"
#include "core/rng.h"
#include "model/id_set.h"
#include "support.h"

static void zeroed_memory_is_an_empty_set(void **state)
{
    (void)state;
    struct id_set set = {0};
    assert_true(id_set_is_empty(&set));
    assert_false(id_set_has(&set, 0));
    assert_false(id_set_has(&set, 2385));
    assert_false(id_set_remove(&set, 2385));
    id_set_clear(&set);
    id_set_release(&set);
}

static void identity_is_in_once(void **state)
{
    (void)state;
    struct id_set set = {0};
    const uint64_t ids[] = {0, 1, 2385, UINT64_C(1) << 61, UINT64_MAX >> 2};
    for (size_t i = 0; i < MEM_COUNT(ids); i++) {
        assert_true(id_set_add(&set, ids[i]));
        assert_false(id_set_add(&set, ids[i]));
        assert_int_equal(id_set_count(&set), i + 1);
    }
    for (size_t i = 0; i < MEM_COUNT(ids); i++) {
        assert_true(id_set_has(&set, ids[i]));
        assert_true(id_set_remove(&set, ids[i]));
        assert_false(id_set_remove(&set, ids[i]));
        assert_false(id_set_has(&set, ids[i]));
    }
    assert_true(id_set_is_empty(&set));
    id_set_release(&set);
}

/* Against a table of flags, on few enough identities that runs of slots meet and wrap round. */
static void set_agrees_with_a_table_of_flags(void **state)
{
    (void)state;
    enum { N_IDS = 600, N_STEPS = 60000 };
    struct id_set set = {0};
    bool in[N_IDS] = {false};
    size_t n = 0;
    struct rng rng = rng_from_splitmix(2385);
    for (int i = 0; i < N_STEPS; i++) {
        size_t k = rng_below(&rng, N_IDS);
        /* Offsets of three partitions. */
        uint64_t id = (uint64_t)(k % 3) << 40 | k / 3;
        /* It fills up, and empties again. */
        bool adds = rng_below(&rng, 3) < (i < N_STEPS / 2 ? 2 : 1);
        if (adds)
            assert_int_equal(id_set_add(&set, id), !in[k]);
        else
            assert_int_equal(id_set_remove(&set, id), in[k]);
        n += adds && !in[k];
        n -= !adds && in[k];
        in[k] = adds;
        assert_int_equal(id_set_count(&set), n);
    }
    for (size_t k = 0; k < N_IDS; k++)
        assert_int_equal(id_set_has(&set, (uint64_t)(k % 3) << 40 | k / 3), in[k]);
    id_set_release(&set);
}

static void cleared_set_takes_anew(void **state)
{
    (void)state;
    struct id_set set = {0};
    for (uint64_t id = 0; id < 1000; id++)
        (void)id_set_add(&set, id);
    id_set_clear(&set);
    assert_true(id_set_is_empty(&set));
    for (uint64_t id = 0; id < 1000; id++)
        assert_true(id_set_add(&set, id));
    assert_int_equal(id_set_count(&set), 1000);
    id_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_an_empty_set),
        cmocka_unit_test(identity_is_in_once),
        cmocka_unit_test(set_agrees_with_a_table_of_flags),
        cmocka_unit_test(cleared_set_takes_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
