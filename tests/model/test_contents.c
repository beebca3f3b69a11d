// SPDX-License-Identifier: GPL-3.0-or-later
/* Devices that lose what they hold. All durations are constant, so that each instant can be worked
 * out by hand. */
#include "watched.h"

/* ---- batch jobs ---- */

/* A checkpoint of 2 s at 30, 60 and 90 s of work, 106 s in all. A restore takes 1 s and 2 s. */
static const char batch[] =
    "{\"job\": {\"work\": \"100 s\", \"state\": \"2 GB\"},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"30 s\", \"device\": \"disk\","
    "   \"final\": false},"
    " \"storage\": {\"disk\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\"}},"
    " \"failures\": [{\"strikes\": \"device\", \"device\": \"disk\", \"loses\": \"contents\","
    "   \"at\": [\"1e9 s\"]}, {\"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"downtime\": \"1 s\"}}";

#define LOST(at) "/failures/0/at=[\"" at "\"]"
#define FAILS(at) "/failures/1/at=[\"" at "\"]"

struct by_hand {
    const char *what;
    const char *sets[MAX_SETS];
    double makespan_s, lost_s, restore_s, written_bytes;
};

static void check(const char *text, const struct by_hand *c)
{
    struct watched w;
    watch(&w, text, c->sets);
    print_message("%s\n", c->what);
    assert_near(value(&w, M_MAKESPAN), c->makespan_s, SAME);
    assert_near(value(&w, M_LOST_WORK), c->lost_s, SAME);
    assert_near(value(&w, M_RESTORE), c->restore_s, SAME);
    assert_near(value(&w, M_CHECKPOINT_BYTES), c->written_bytes, 1);
    check_budget(&w);
    unwatch(&w);
}

static const struct by_hand alone[] = {
    {"the job runs on", {LOST("50 s")}, 106, 0, 0, 6e9},
    {"and goes back to its input", {LOST("50 s"), FAILS("55 s")}, 55 + 3 + 106, 53, 2, 8e9},
    {"or to the next checkpoint", {LOST("50 s"), FAILS("70 s")}, 70 + 3 + 40 + 2, 6, 2, 6e9},
    {"what is being written begins anew", {LOST("31 s")}, 107, 0, 0, 7e9},
    {"after the repair", {LOST("31 s"), "/failures/0/repair=10 s"}, 117, 0, 0, 7e9},
    {"the job works on beside it",
     {LOST("31 s"), "/checkpoint/mode=async", "/checkpoint/share=0.5"},
     100 + (3 + 2 + 2) * 0.5,
     0,
     0,
     7e9},
    /* Down until 56, would have read until 58. */
    {"in the downtime", {LOST("55.5 s"), FAILS("55 s")}, 55 + 3 + 106, 53, 2, 8e9},
    {"in the restore, which begins anew", {LOST("57 s"), FAILS("55 s")}, 59 + 106, 53, 3, 8e9},
    {"in the restore of the input, which is elsewhere too",
     {LOST("17 s"), FAILS("15 s")},
     18 + 106,
     15,
     2,
     6e9},
    {"after the restore", {LOST("58 s"), FAILS("55 s")}, 58 + 70 + 4, 23, 2, 6e9},
};

/* Deltas of 0.2 GB: 0.2 s. */
#define DELTAS                                                                                     \
    "/checkpoint/content={\"kind\": \"delta\"}", "/checkpoint/content/base_every=9",               \
        "/job/state={\"size\": \"2 GB\", \"dirty\": \"10 %\"}"

static const struct by_hand chains[] = {
    {"deltas upon the input", {DELTAS}, 100.6, 0, 0, 0.6e9},
    {"a base after the loss, then a delta",
     {DELTAS, LOST("50 s")},
     100 + 0.2 + 2 + 0.2,
     0,
     0,
     2.4e9},
    {"a delta under way becomes a base", {DELTAS, LOST("30.1 s")}, 100.1 + 2 + 0.4, 0, 0, 2.5e9},
    {"a failure in between: deltas upon the input again",
     {DELTAS, LOST("50 s"), FAILS("55 s")},
     55 + 3 + 100.6,
     54.8,
     2,
     0.8e9},
};

static void a_job_falls_back_to_its_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        check(batch, &alone[i]);
}

static void a_chain_begins_anew(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++)
        check(batch, &chains[i]);
}

/* ---- levels ---- */

/* Cuts at 10, 21, 34, 45 and 58 s: 1 s to the disk, and every second time 2 s to the file system;
 * in all 3 * 1 s and 2 * 3 s. Restores of 2 s and 6 s. */
static const char levels[] =
    "{\"job\": {\"work\": \"55 s\", \"state\": \"12 GB\"},"
    " \"checkpoint\": {\"strategy\": \"multilevel\", \"interval\": \"10 s\", \"final\": false,"
    "   \"levels\": [{\"name\": \"near\", \"device\": \"disk\"},"
    "   {\"name\": \"far\", \"every\": 2, \"device\": \"pfs\"}]},"
    " \"storage\": {\"disk\": {\"total_write\": \"12 GB/s\", \"total_read\": \"6 GB/s\"},"
    "   \"pfs\": {\"total_write\": \"6 GB/s\", \"total_read\": \"2 GB/s\"}},"
    " \"failures\": [{\"strikes\": \"device\", \"device\": \"disk\", \"loses\": \"contents\","
    "   \"at\": [\"1e9 s\"]}, {\"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"downtime\": \"1 s\"}}";

#define OF_PFS "/failures/0/device=pfs"
/* Cuts at 10, 21, 32, 43 and 54 s; drained from 22 to 24 s and from 44 to 46 s. */
#define DRAINED                                                                                    \
    "/checkpoint/levels/1/drain=async", "/checkpoint/levels/1/share=0.5", "/job/work=54 s"

static const struct by_hand several[] = {
    {"nothing is lost", {NULL}, 64, 0, 0, 84e9},
    /* At 38 s 3 s of work after the third checkpoint, at 35 s, of which 30 s are saved. */
    {"the newest is on the disk", {FAILS("38 s")}, 38 + 1 + 2 + 25 + 4, 3, 2, 84e9},
    {"the second one, on the file system",
     {LOST("36 s"), FAILS("38 s")},
     38 + 1 + 6 + 35 + 5,
     13,
     6,
     96e9},
    {"the file system loses what nobody needs",
     {OF_PFS, LOST("36 s"), FAILS("38 s")},
     70,
     3,
     2,
     84e9},
    /* It reads from 39 s on. */
    {"in the downtime", {LOST("38.5 s"), FAILS("38 s")}, 38 + 1 + 6 + 35 + 5, 13, 6, 96e9},
    {"in the restore", {LOST("40 s"), FAILS("38 s")}, 38 + 2 + 6 + 35 + 5, 13, 7, 96e9},
    {"another device, in the restore", {OF_PFS, LOST("40 s"), FAILS("38 s")}, 70, 3, 2, 84e9},
    /* The second checkpoint goes to the disk until 22 s, then to the file system until 24 s. */
    {"a level that was written goes without",
     {LOST("23 s"), FAILS("29 s")},
     29 + 7 + 35 + 5,
     5,
     6,
     84e9},
    {"a level that is being written begins anew", {OF_PFS, LOST("23 s")}, 65, 0, 0, 84e9 + 6e9},
    {"drains", {DRAINED}, 54 + 5 + 2, 0, 0, 84e9},
    {"a drain ends with what it copies", {DRAINED, LOST("23 s")}, 54 + 5 + 1.5, 0, 0, 72e9 + 6e9},
    {"a drain begins anew", {DRAINED, OF_PFS, LOST("23 s")}, 54 + 5 + 2.5, 0, 0, 84e9 + 6e9},
};

static void another_level_has_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof several / sizeof *several; i++)
        check(levels, &several[i]);
}

/* ---- stream jobs ---- */

/* Checkpoints are cut at 10, 20, 30 s, and are written in 1 s. */
static const char stream[] =
    "{\"job\": {\"containers\": 2, \"operators\": [{\"name\": \"op\", \"tasks\": 2,"
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"2/s\"}},"
    "   \"state\": \"2 GB\"}]},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"10 s\", \"device\": \"dfs\"},"
    " \"storage\": {\"dfs\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"100 MB/s\"},"
    "   \"ssd\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"500 MB/s\"},"
    "   \"peers\": {\"stream_write\": \"1 GB/s\", \"stream_read\": \"200 MB/s\"}},"
    " \"failures\": [{\"strikes\": \"container\", \"at\": [\"25 s\"]},"
    "   {\"strikes\": \"device\", \"device\": \"ssd\", \"loses\": \"contents\","
    "    \"at\": [\"1e9 s\"]},"
    "   {\"strikes\": \"device\", \"device\": \"peers\", \"loses\": \"contents\","
    "    \"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"sources\": [{\"from\": \"local\", \"device\": \"ssd\", \"copy\": \"read\"},"
    "   {\"from\": \"peer\", \"device\": \"peers\"}, {\"from\": \"remote\"}]},"
    " \"run\": {\"duration\": \"100 s\"}}";

#define SSD(at) "/failures/1/at=[\"" at "\"]"
#define PEERS(at) "/failures/2/at=[\"" at "\"]"

static void check_stream(enum metric from, double restore_s, const char *const *sets)
{
    struct watched w;
    watch(&w, stream, sets);
    for (enum metric m = M_RESTORES_LOCAL; m <= M_RESTORES_REPLAY; m++)
        assert_near(value(&w, m), m == from ? 2 : 0, 0);
    assert_near(mean(&w, M_RESTORE), restore_s, SAME);
    check_budget(&w);
    unwatch(&w);
}

#define CHECK_STREAM(from, restore_s, ...)                                                         \
    check_stream(from, restore_s, (const char *[MAX_SETS]){__VA_ARGS__})

static void the_next_source_has_it(void **state)
{
    (void)state;
    CHECK_STREAM(M_RESTORES_LOCAL, 2, NULL);
    CHECK_STREAM(M_RESTORES_PEER, 5, SSD("24 s"));
    CHECK_STREAM(M_RESTORES_REMOTE, 10, SSD("24 s"), PEERS("24 s"));
    /* The copy that is being made is lost, too; not the next one. */
    CHECK_STREAM(M_RESTORES_PEER, 5, SSD("20.5 s"));
    CHECK_STREAM(M_RESTORES_LOCAL, 2, SSD("19 s"), PEERS("19 s"));
}

static void a_restore_goes_on_to_the_next_source(void **state)
{
    (void)state;
    CHECK_STREAM(M_RESTORES_PEER, 1 + 5, SSD("26 s"));
    CHECK_STREAM(M_RESTORES_REMOTE, 1 + 2 + 10, SSD("26 s"), PEERS("28 s"));
    /* Nobody reads it by then, or at all. */
    CHECK_STREAM(M_RESTORES_LOCAL, 2, SSD("27.5 s"));
    CHECK_STREAM(M_RESTORES_LOCAL, 2, PEERS("26 s"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_falls_back_to_its_input),
        cmocka_unit_test(a_chain_begins_anew),
        cmocka_unit_test(another_level_has_it),
        cmocka_unit_test(the_next_source_has_it),
        cmocka_unit_test(a_restore_goes_on_to_the_next_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
