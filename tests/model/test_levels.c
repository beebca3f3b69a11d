// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Levels of storage for the checkpoints of a batch job. All durations are constant, so that each
 * instant can be worked out by hand, as the comments do.
 */
#include "watched.h"

/*
 * Without failures checkpoints are cut at 10, 21, 34, 45, 58 and so on: every second one takes 3 s,
 * the others 1 s. A mild failure costs 3 s and 2 s to restore, a severe one 3 s and 7 s.
 */
static const char two[] =
    "{\"job\": {\"work\": \"60 s\", \"state\": \"12 GB\"},"
    " \"checkpoint\": {\"strategy\": \"multilevel\", \"interval\": \"10 s\", \"levels\": ["
    "   {\"name\": \"near\", \"cost\": \"1 s\", \"restore\": \"2 s\", \"survives\": \"process\"},"
    "   {\"name\": \"far\", \"every\": 2, \"cost\": \"2 s\", \"restore\": \"7 s\"}]},"
    " \"storage\": {\"local\": {\"total_write\": \"12 GB/s\", \"total_read\": \"6 GB/s\","
    "     \"survives\": \"process\"},"
    "   \"pfs\": {\"total_write\": \"6 GB/s\", \"total_read\": \"2 GB/s\", \"latency\": \"1 s\"}},"
    " \"failures\": [{\"at\": [\"1e9 s\"]}, {\"severity\": \"node\", \"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"downtime\": \"3 s\"}}";

#define MILD(...) "/failures/0/at=" __VA_ARGS__
#define SEVERE(...) "/failures/1/at=" __VA_ARGS__

struct by_hand {
    const char *what;
    const char *sets[MAX_SETS];
    double makespan_s, lost_s, restore_s;
};

static const struct by_hand cases[] = {
    {"no failure: three checkpoints of 1 s, three of 3 s", {NULL}, 72, 0, 0},
    {"a mild one at 25, 3 s of work after the second checkpoint has committed at 24",
     {MILD("[\"27 s\"]")},
     72 + 3 + 5,
     3,
     2},
    {"a severe one: the second checkpoint is at both levels",
     {SEVERE("[\"27 s\"]")},
     72 + 3 + 10,
     3,
     7},
    /* Work from 24 to 34, the third checkpoint until 35. */
    {"mild, after the third: from level 1", {MILD("[\"38 s\"]")}, 72 + 3 + 5, 3, 2},
    {"severe, after the third, which is lost: the second one, 11 s and 3 s ago",
     {SEVERE("[\"38 s\"]")},
     72 + 14 + 10,
     13,
     7},
    {"in the write of the fourth, whose first level is written and not committed",
     {MILD("[\"47 s\"]")},
     72 + 12 + 5,
     10,
     2},
    {"severe, before any checkpoint at level 2: from the start",
     {SEVERE("[\"15 s\"]")},
     72 + 15 + 10,
     14,
     7},
    /* Mild at 38: down until 41, restores until 43, 5 s of it lost; severe at 42. */
    {"a severe one while a mild one restores raises it",
     {MILD("[\"38 s\"]"), SEVERE("[\"42 s\"]")},
     72 + 14 + 4 + 10,
     3 + 10,
     1 + 7},
    /* Severe at 38, works again from 48; mild at 50: level 1 holds the second checkpoint again. */
    {"after a restore the levels below hold it too",
     {SEVERE("[\"38 s\"]"), MILD("[\"50 s\"]")},
     72 + 14 + 10 + 2 + 5,
     13 + 2,
     9},
    {"mild, while a severe one restores: it is raised already",
     {SEVERE("[\"38 s\"]"), MILD("[\"45 s\"]")},
     72 + 14 + 7 + 10,
     13,
     4 + 7},
    /* Checkpoints at 10, 21, 33, 44, 56, 67 s of 1, 2, 1, 2, 1 and 2 s. */
    {"only the highest level", {"/checkpoint/writes=highest"}, 69, 0, 0},
    {"only the highest level: mild, from level 2, the newest",
     {"/checkpoint/writes=highest", MILD("[\"27 s\"]")},
     69 + 4 + 10,
     4,
     7},
    /* Nothing at 10, 30 and 50 s of work. */
    {"no level is due at some", {"/checkpoint/levels/0/every=2"}, 60 + 9, 0, 0},
    {"no level is due at some, mild at 37",
     {"/checkpoint/levels/0/every=2", MILD("[\"37 s\"]")},
     69 + 14 + 5,
     14,
     2},
    /* The last checkpoint, the sixth of every fourth, is written to both all the same. */
    {"the final one goes to the last level", {"/checkpoint/levels/1/every=4"}, 60 + 6 + 4, 0, 0},
};

static void check_by_hand_from(const char *text, const struct by_hand *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct watched w;
        watch(&w, text, rows[i].sets);
        print_message("%s\n", rows[i].what);
        assert_near(w.metrics.value[M_MAKESPAN], rows[i].makespan_s, SAME);
        assert_near(value(&w, M_LOST_WORK), rows[i].lost_s, SAME);
        assert_near(value(&w, M_RESTORE), rows[i].restore_s, SAME);
        unwatch(&w);
    }
}

static void check_by_hand(const struct by_hand *rows, size_t n)
{
    check_by_hand_from(two, rows, n);
}

static void restores_come_from_the_newest_level_that_is_left(void **state)
{
    (void)state;
    check_by_hand(cases, MEM_COUNT(cases));
}

/* ---- drains ---- */

/*
 * Checkpoints take 1 s and are cut at 10 s of work each; every second one is copied to the far
 * level in 4 s, at half the speed of the work, which then takes 2 s more.
 */
#define DRAINED                                                                                    \
    "/checkpoint/levels/1={\"name\": \"far\", \"every\": 2, \"cost\": \"4 s\", \"restore\": "      \
    "\"7 s\", \"drain\": \"async\", \"share\": 0.5}"

static const struct by_hand drains[] = {
    /* Six checkpoints of 1 s, the last with 4 s at the far level; two drains. */
    {"drains beside the work", {DRAINED}, 60 + 6 + 4 + 2 * 2, 0, 0},
    /* That of 21 s, committed at 22, is there from 26 s on; 2 s of work from 22 to 26, 1 s after.
     */
    {"severe, when the drain is over", {DRAINED, SEVERE("[\"27 s\"]")}, 74 + 5 + 10 - 2, 3, 7},
    /* At 24 s its source is lost: from the start; 21 s of work, and the checkpoints again. */
    {"severe, before the drain is over", {DRAINED, SEVERE("[\"24 s\"]")}, 74 + 24 + 10, 21, 7},
    /* Down from 24 to 29; it is drained at 26, and slows down only the second that is lost. */
    {"mild, while it drains", {DRAINED, MILD("[\"24 s\"]")}, 74 + 2 + 5 - 2, 1, 2},
    /* Drained from 44 s on, in 3 s; the final one, at 46 s, takes 1 s and 3 s in its place. */
    {"the final one, while an older one drains",
     {"/job/work=42 s", "/checkpoint/levels/1={\"name\": \"far\", \"every\": 2, \"device\": "
                        "\"pfs\", \"drain\": \"async\"}"},
     42 + 5 + 3,
     0,
     0},
};

static void drains_slow_the_work_and_end_with_their_source(void **state)
{
    (void)state;
    check_by_hand(drains, MEM_COUNT(drains));
}

/* 12 GB: 1 s and 2 s to the local device and from it; 1 + 2 s and 1 + 6 s to the file system. */
static void levels_are_on_devices(void **state)
{
    (void)state;
    static const char *const sets[MAX_SETS] = {
        "/checkpoint/levels/0={\"name\": \"near\", \"device\": \"local\"}",
        "/checkpoint/levels/1={\"name\": \"far\", \"every\": 2, \"device\": \"pfs\"}",
        SEVERE("[\"28 s\"]")};
    struct watched w;
    watch(&w, two, sets);
    /* The second checkpoint commits at 25. */
    assert_near(w.metrics.value[M_MAKESPAN], 60 + 6 + 9 + 3 + 10, SAME);
    assert_near(w.metrics.value[M_CHECKPOINT_BYTES], 9 * 12e9, 1);
    assert_near(w.metrics.value[M_RESTORE_BYTES], 12e9, 1);
    unwatch(&w);
}

/* ---- silent errors, failed writes ---- */

static const char one[] =
    "{\"job\": {\"work\": \"60 s\"},"
    " \"checkpoint\": {\"interval\": \"10 s\", \"cost\": \"1 s\","
    "   \"verification\": {\"cost\": \"0.5 s\"}},"
    " \"failures\": [{\"at\": [\"1e9 s\"]}, {\"silent\": true, \"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"downtime\": \"3 s\", \"restore\": \"2 s\"}}";

#define SILENT(...) "/failures/1/at=" __VA_ARGS__
#define SELDOM "/checkpoint/verification/every=3"
#define UNSURE "/checkpoint/verification=null", "/failures/1=null"

static const struct by_hand errors[] = {
    {"each checkpoint is verified", {NULL}, 60 + 6 * 1.5, 0, 0},
    /* Work from 11.5 to 21.5, found at 22: 10 s again. */
    {"found at the next verification", {SILENT("[\"15 s\"]")}, 69 + 10.5 + 2, 10, 2},
    {"two are one", {SILENT("[\"15 s\", \"18 s\"]")}, 69 + 10.5 + 2, 10, 2},
    /* A failure before it is found: back to a sound checkpoint. */
    {"a failure goes back behind it",
     {SILENT("[\"15 s\"]"), MILD("[\"18 s\"]")},
     69 + 6.5 + 5,
     6.5,
     2},
    /* In the write of a checkpoint that was cut before: found after the next segment. */
    {"in a write", {SILENT("[\"11 s\"]")}, 69 + 10.5 + 2, 10, 2},
    /* Cuts at 10, 21, 32 (verified until 32.5), 43.5 and so on. */
    {"every third is verified", {SELDOM}, 60 + 6 + 1, 0, 0},
    {"the checkpoint before is sound", {SELDOM, SILENT("[\"25 s\"]")}, 67 + 10.5 + 2, 10, 2},
    {"the last checkpoint is corrupt, and the only one",
     {SELDOM, SILENT("[\"15 s\"]")},
     67 + 32.5 + 2,
     30,
     2},
    {"the one before it is kept",
     {SELDOM, "/checkpoint/retain=2", SILENT("[\"15 s\"]")},
     67 + 21.5 + 2,
     20,
     2},
    /* Back to the corrupt checkpoint of 21 s, and found at 32 s of work all the same. */
    {"a failure goes back to a corrupt one",
     {SELDOM, "/checkpoint/retain=2", SILENT("[\"15 s\"]"), MILD("[\"24 s\"]")},
     67 + 2 + 5 + 21.5 + 2,
     2 + 20,
     4},
    {"no write succeeds",
     {UNSURE, "/checkpoint/final=false", "/checkpoint/write_failures/probability=1",
      MILD("[\"35 s\"]")},
     65 + 35 + 5,
     32,
     2},
};

static void silent_errors_are_found_and_undone(void **state)
{
    (void)state;
    check_by_hand_from(one, errors, MEM_COUNT(errors));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restores_come_from_the_newest_level_that_is_left),
        cmocka_unit_test(drains_slow_the_work_and_end_with_their_source),
        cmocka_unit_test(levels_are_on_devices),
        cmocka_unit_test(silent_errors_are_found_and_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
