// SPDX-License-Identifier: GPL-3.0-or-later
/* Blocks and arenas: contents, alignment, growth, zeroes. */
#include "support.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static void blocks_are_zeroed_and_never_null(void **state)
{
    (void)state;
    double *values = mem_alloc(37, sizeof *values);
    for (int i = 0; i < 37; i++)
        assert_near(values[i], 0, 0);
    free(values);
    void *empty = mem_alloc(0, sizeof(double));
    assert_non_null(empty);
    free(empty);
}

static void resized_blocks_keep_their_content(void **state)
{
    (void)state;
    uint64_t *values = NULL;
    values = mem_resize(values, 5, sizeof *values);
    for (uint64_t i = 0; i < 5; i++)
        values[i] = 2385 + i;
    values = mem_resize(values, 5000, sizeof *values);
    for (uint64_t i = 0; i < 5; i++)
        assert_true(values[i] == 2385 + i);
    values = mem_resize(values, 0, sizeof *values);
    assert_non_null(values);
    free(values);
}

static void growing_array_moves_only_when_it_is_full(void **state)
{
    (void)state;
    size_t capacity = 0;
    size_t moves = 0;
    uint64_t *values = NULL;
    for (size_t n = 0; n < 1000; n++) {
        size_t before = capacity;
        values = mem_grow(values, n, &capacity, sizeof *values);
        moves += capacity != before;
        assert_true(capacity > n);
        values[n] = n * n;
    }
    for (size_t n = 0; n < 1000; n++)
        assert_true(values[n] == n * n);
    assert_true(moves <= 10);
    free(values);
}

static void texts_are_copied_and_formatted_at_any_length(void **state)
{
    (void)state;
    char *copy = mem_strdup("checkpoint");
    assert_string_equal(copy, "checkpoint");
    free(copy);
    char *empty = mem_strdup("");
    assert_string_equal(empty, "");
    free(empty);
    char *wide = mem_format("%5000d%s", 7, "!");
    assert_int_equal(strlen(wide), 5001);
    assert_string_equal(wide + 4999, "7!");
    free(wide);
}

static bool is_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static void arena_gives_aligned_zeroed_places_that_do_not_overlap(void **state)
{
    (void)state;
    enum { PLACES = 400 };
    struct arena arena = {0};
    unsigned char *places[PLACES];
    for (size_t i = 0; i < PLACES; i++) {
        size_t size = 1 + i * 17 % 301;
        places[i] = arena_alloc(&arena, size, 1);
        assert_int_equal((uintptr_t)places[i] % _Alignof(max_align_t), 0);
        assert_true(is_zero(places[i], size));
        memset(places[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < PLACES; i++)
        for (size_t k = 0; k < 1 + i * 17 % 301; k++)
            assert_int_equal(places[i][k], i % 255 + 1);
    arena_release(&arena);
    assert_null(arena.blocks);
}

static void arena_has_room_for_large_blocks_between_small_ones(void **state)
{
    (void)state;
    struct arena arena = {0};
    char *name = arena_strdup(&arena, "node-7");
    unsigned char *large = arena_alloc(&arena, 100000, 8);
    char *text = arena_format(&arena, "/failures/%d/%s", 2, "repair");
    assert_true(is_zero(large, 800000));
    memset(large, 255, 800000);
    assert_string_equal(name, "node-7");
    assert_string_equal(text, "/failures/2/repair");
    assert_non_null(arena_alloc(&arena, 0, 8));
    arena_release(&arena);
    arena_release(&arena); /* an empty arena may be released again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zeroed_and_never_null),
        cmocka_unit_test(resized_blocks_keep_their_content),
        cmocka_unit_test(growing_array_moves_only_when_it_is_full),
        cmocka_unit_test(texts_are_copied_and_formatted_at_any_length),
        cmocka_unit_test(arena_gives_aligned_zeroed_places_that_do_not_overlap),
        cmocka_unit_test(arena_has_room_for_large_blocks_between_small_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
