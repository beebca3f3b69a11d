// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * C10 to C20: dirty sets, as the bytes of deltas of a stream job whose keys have a byte each: all
 * of them at the first checkpoint, then those that were updated. And what an LSM store uploads,
 * from the closed forms of capture costs.
 */
#include "known_answers.h"

static const char keyed[] =
    "{\"job\": {\"operators\": [{\"name\": \"count\","
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"50/s\"}},"
    "   \"state\": {\"keys\": 1000, \"value\": \"1 B\", \"dirty\": \"sampled\"}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"device\": \"store\","
    "   \"content\": {\"kind\": \"delta\", \"base_every\": 0}},"
    " \"storage\": {\"store\": {\"stream_write\": \"1 MB/s\", \"stream_read\": \"1 MB/s\"}},"
    " \"run\": {\"duration\": \"21 s\"}}";

#define KEYS(n) "/job/operators/0/state/keys=" n
#define ZIPF(s) "/job/operators/0/state/updates={\"zipf\": " s "}"
#define EVENLY(rate)                                                                               \
    "/job/operators/0/source/arrivals={\"process\": \"constant\", \"rate\": \"" rate "/s\"}"
#define POISSON(rate)                                                                              \
    "/job/operators/0/source/arrivals={\"process\": \"poisson\", \"rate\": \"" rate "/s\"}"
#define TIMES(interval, duration)                                                                  \
    "/checkpoint/interval=" interval " s", "/run/duration=" duration " s"

/* Keys of the base and of the delta; a number of updates that varies gives another deviation. */
#define MEAN_AND_SD(base, mean, sd_of_one, other_sd)                                               \
    {"E[distinct]", MEAN, written_of, .expected = (base) + (mean), .sd = (sd_of_one)},             \
    {                                                                                              \
        "SD[distinct]", SD, written_of, .expected = (sd_of_one), .wrong = { other_sd }             \
    }
#define MEAN_ALONE(base, mean)                                                                     \
    {                                                                                              \
        "E[distinct]", MEAN, written_of, .expected = (base) + (mean)                               \
    }

const struct known_answer known_state[] = {
    {
        .id = "C10",
        .base = keyed,
        .n = 4000,
        .values = {MEAN_AND_SD(1000, 393.621055, 7.39579449, 15.4492)},
    },
    {
        .id = "C11",
        .base = keyed,
        .sets = {EVENLY("200")},
        .n = 4000,
        .values = {MEAN_AND_SD(1000, 864.800075, 8.96453548, 10.8180)},
    },
    {
        .id = "C12",
        .base = keyed,
        .sets = {KEYS("100000"), EVENLY("100"), "/job/operators/0/state/updates_per_message=30"},
        .n = 400,
        .values = {MEAN_AND_SD(100000, 25918.2891, 52.3093906, 138.566441)},
    },
    {
        .id = "C13",
        .base = keyed,
        .sets = {KEYS("16"), EVENLY("1.6")},
        .n = 4000,
        .values = {MEAN_AND_SD(16, 10.3028139, 1.25513253, 1.92895)},
    },
    {
        .id = "C14",
        .base = keyed,
        .sets = {POISSON("20"), TIMES("30", "61")},
        .n = 4000,
        .values = {MEAN_AND_SD(1000, 451.188364, 15.7358643, 8.0)},
    },
    {
        .id = "C15",
        .base = keyed,
        .sets = {KEYS("100000"), POISSON("500"), TIMES("60", "121")},
        .n = 400,
        .values = {MEAN_AND_SD(100000, 25918.1779, 138.566441, 52.3093906)},
    },
    {
        .id = "C16",
        .base = keyed,
        .sets = {ZIPF("1"), EVENLY("100")},
        .n = 4000,
        .values = {MEAN_ALONE(1000, 333.746856)},
    },
    {
        .id = "C16",
        .base = keyed,
        .sets = {ZIPF("1"), POISSON("100")},
        .n = 4000,
        .values = {MEAN_AND_SD(1000, 333.688398, 12.8723226, 10.96)},
    },
    {
        .id = "C17",
        .base = keyed,
        .sets = {KEYS("10000"), ZIPF("0.8"), EVENLY("500")},
        .n = 1000,
        .values = {MEAN_ALONE(10000, 2597.55819)},
    },
    {
        .id = "C17",
        .base = keyed,
        .sets = {KEYS("10000"), ZIPF("0.8"), POISSON("500")},
        .n = 1000,
        .values = {MEAN_AND_SD(10000, 2597.47556, 39.3980777, 29.15)},
    },
    {
        .id = "C18",
        .base = keyed,
        .sets = {KEYS("10000"), ZIPF("1.2"), EVENLY("500")},
        .n = 1000,
        .values = {MEAN_ALONE(10000, 996.296157)},
    },
    {
        .id = "C18",
        .base = keyed,
        .sets = {KEYS("10000"), ZIPF("1.2"), POISSON("500")},
        .n = 4000,
        .values = {MEAN_AND_SD(10000, 996.271052, 24.5207285, 0)},
    },
    {
        .id = "C19",
        .base = keyed,
        .sets = {KEYS("100"), ZIPF("1"), EVENLY("5")},
        .n = 4000,
        .values = {MEAN_ALONE(100, 26.7147756)},
    },
    {
        .id = "C19",
        .base = keyed,
        .sets = {KEYS("100"), ZIPF("1"), POISSON("5")},
        .n = 4000,
        .values = {MEAN_AND_SD(100, 26.6268882, 3.82706864, 2.85)},
    },
    {
        .id = "C20",
        .base = keyed,
        .sets = {POISSON("20"), TIMES("30", "181")},
        .n = 4000,
        .values = {{"sum of delta sizes (keys)", MEAN, written_of, .expected = 1000 + 2255.94182,
                    .wrong = {1000 + 3844.19024}}},
    },
    /* The expectation is the same however the sets are found; it does not vary. */
    {
        .id = "C3",
        .base = keyed,
        .sets = {"/job/operators/0/state/dirty=expected", EVENLY("300")},
        .n = 1,
        .values = {{"dirty set of 3000 updates", COMPUTED, written_of,
                    .expected = 1000 + 950.287606}},
    },
    /* Nine checkpoints after 64 MB each: the first of everything, the fourth and the eighth merge
     * it, the others flush. */
    {
        .id = "C3",
        .base = keyed,
        .sets = {"/job/operators/0/state={\"kind\": \"lsm\", \"size\": \"10 GB\","
                 "\"memtable\": \"65 MB\", \"record\": \"1 MB\", \"merge_every\": 4}",
                 EVENLY("6.4"), "/run/duration=95 s", "/storage/store/stream_write=1 TB/s"},
        .n = 1,
        .values = {{"uploads m, m, m, S", EXACT, written_of, .expected = 3 * 10e9 + 7 * 64e6}},
    },
    {0},
};
