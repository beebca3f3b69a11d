// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source.h"

#include <assert.h>
#include <math.h>

static const struct field weight_element = {
    .key = "weight",
    .kind = FIELD_REAL,
    .max = 1e12,
    .help = "Relative share of one receiver.",
};

const struct field skew_fields[] = {
    {
        .key = "zipf",
        .kind = FIELD_REAL,
        .offset = offsetof(struct skew_params, zipf),
        .max = 10,
        .help = "Exponent s of Zipf's law: key k comes up in proportion to k^-s. The keys are "
                "hashed over the receivers.",
        .source = "Zipf 1949; Gray et al. 1994",
        .witness = "stream-words.json /job/operators/1/inputs/0/skew/zipf=1.2",
    },
    {
        .key = "keys",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct skew_params, keys),
        .min = 1,
        .max = 1e7,
        .fallback = "10000",
        .help = "Number of keys, for zipf: with fewer of them the shares differ more.",
        .witness = "stream-words.json /job/operators/1/inputs/0/skew/keys=100",
    },
    {
        .key = "weights",
        .kind = FIELD_LIST,
        .offset = offsetof(struct skew_params, weights),
        .element = &weight_element,
        .element_size = sizeof(double),
        .help = "Shares of the receivers one by one, in any unit, in place of zipf.",
        .witness = "stream-logs.json /job/operators/0/source/skew/weights=[1,1,1,3]",
    },
    {0},
};

const struct field source_fields[] = {
    {
        .key = "partitions",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct source_params, partitions),
        .min = 1,
        .max = 1e5,
        .help = "Partitions of the log; partition p is read by task p mod tasks. Absent: one per "
                "task.",
        .witness = "stream-logs.json /job/operators/0/source/partitions=6 "
                   "/job/operators/0/source/skew={}",
    },
    {
        .key = "arrivals",
        .kind = FIELD_UNION,
        .offset = offsetof(struct source_params, arrivals),
        .types = &arrivals_union,
        .required = true,
        .help = "When messages arrive; rates are those of all partitions together.",
        .witness = "stream-queue.json "
                   "/job/operators/0/source/arrivals={\"process\":\"constant\",\"rate\":\"8/s\"}",
    },
    {
        .key = "message",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct source_params, message),
        .types = &dist_union,
        .help = "Size of a message; it counts where a channel's capacity is in bytes, and for "
                "retention_bytes. Absent: as a trace says, else 0.",
        .witness = "stream-channels.json /job/operators/0/source/message=\"500 B\"",
    },
    {
        .key = "skew",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct source_params, skew),
        .fields = skew_fields,
        .optional = true,
        .help = "How the messages are shared out over the partitions; absent: evenly.",
        .witness = "stream-logs.json /job/operators/0/source/skew={}",
    },
    {
        .key = "read_rate",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_RATE,
        .offset = offsetof(struct source_params, read_rate_per_s),
        .max = 1e12,
        .above_min = true,
        .help = "Most messages that are read from a partition per second: what a catch-up after a "
                "failure runs into. Absent: no limit.",
        .witness = "stream-logs.json /job/operators/0/source/read_rate=\"12/s\"",
    },
    {
        .key = "retention",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct source_params, retention_s),
        .max = 1e12,
        .above_min = true,
        .help = "Age at which a message is gone from the log, read or not. Absent: kept for ever.",
        .source = "Kafka, retention.ms",
        .witness = "stream-logs.json /job/operators/0/source/retention=\"20 s\"",
    },
    {
        .key = "retention_bytes",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct source_params, retention_bytes),
        .max = 1e21,
        .above_min = true,
        .help = "Bytes that each partition keeps: what lies further back is gone, read or not. "
                "Absent: all of it.",
        .source = "Kafka, retention.bytes",
        .witness = "stream-logs.json /job/operators/0/source/retention_bytes=\"40 kB\" "
                   "/job/operators/0/source/message=\"1 kB\"",
    },
    {0},
};

/* The finaliser of splitmix64: 64 bits that depend on all bits of the key. */
static uint64_t hash_of(uint64_t key)
{
    key += UINT64_C(0x9e3779b97f4a7c15);
    key = (key ^ (key >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ (key >> 27)) * UINT64_C(0x94d049bb133111eb);
    return key ^ (key >> 31);
}

static void fill_weights(const struct skew_params *skew, size_t n, double *share)
{
    const double *weights = skew->weights.items;
    for (size_t i = 0; i < n; i++)
        share[i] = 1;
    if (skew->weights.n > 0) {
        assert(skew->weights.n == n);
        for (size_t i = 0; i < n; i++)
            share[i] = weights[i];
    } else if (!isnan(skew->zipf) && skew->keys > 0) {
        for (size_t i = 0; i < n; i++)
            share[i] = 0;
        for (uint64_t k = 1; k <= skew->keys; k++)
            share[hash_of(k) % n] += pow((double)k, -skew->zipf);
    }
}

void skew_shares(const struct skew_params *skew, size_t n, double *share)
{
    assert(n > 0);
    fill_weights(skew, n, share);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += share[i];
    for (size_t i = 0; i < n; i++)
        share[i] /= sum;
}

bool skew_is_even(const struct skew_params *skew)
{
    return skew->weights.n == 0 && (isnan(skew->zipf) || skew->keys == 0);
}
