// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of a storage device. */
#include "model/device_kind.h"
#include "model/device_params.h"

#define SPEED_ROW(name, member, text, example)                                                     \
    {                                                                                              \
        .key = (name), .kind = FIELD_REAL, .dimension = DIMENSION_BANDWIDTH,                       \
        .offset = offsetof(struct device_params, member), .max = 1e18, .above_min = true,          \
        .help = (text), .witness = (example),                                                      \
    }

#define REQUEST_RATE_ROW(name, direction, text, example)                                           \
    {                                                                                              \
        .key = (name), .kind = FIELD_REAL, .dimension = DIMENSION_RATE,                            \
        .offset = offsetof(struct device_params, requests_per_s[direction]), .max = 1e12,          \
        .above_min = true, .help = (text), .source = "S3: 3500 writes/s, 5500 reads/s per prefix", \
        .witness = (example),                                                                      \
    }

static const struct field outage_fields[] = {
    {
        .key = "time_to_failure",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct outage_params, time_to_failure),
        .types = &dist_union,
        .required = true,
        .help = "Time from the end of an outage to the next.",
        .witness = "batch-storage-outage.json /storage/pfs/outage/time_to_failure=\"2 d\"",
    },
    {
        .key = "repair",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct outage_params, repair),
        .types = &dist_union,
        .required = true,
        .help = "How long an outage lasts.",
        .witness = "batch-storage-outage.json /storage/pfs/outage/repair=\"1 h\"",
    },
    {0},
};

static const struct field slow_fields[] = {
    {
        .key = "probability",
        .kind = FIELD_REAL,
        .offset = offsetof(struct slow_params, probability),
        .max = 1,
        .fallback = "0",
        .help = "Share of the transfers that are slow.",
        .witness = "batch-storage-outage.json /storage/pfs/slow/probability=0.5",
    },
    {
        .key = "factor",
        .kind = FIELD_REAL,
        .offset = offsetof(struct slow_params, factor),
        .min = 1,
        .max = 1e6,
        .fallback = "2",
        .help = "How many times as long a slow transfer takes as it would alone.",
        .source = "S3: retry the slowest 1 to 5 %",
        .witness = "batch-storage-outage.json /storage/pfs/slow/factor=8",
    },
    {0},
};

const struct field device_fields[] = {
    {
        .key = "kind",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct device_params, kind),
        .choice_at = device_kind_name_at,
        .fallback = "\"custom\"",
        .help = "Fills in keys that are not given; list devices says which.",
        .witness = "batch-device-kinds.json /storage/tier/kind=\"dfs\"",
    },
    {
        .key = "latency",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct device_params, latency),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time before the first byte of each stream moves; with parts, of each part.",
        .witness = "batch-device.json /storage/pfs/latency=\"1 min\"",
    },
    SPEED_ROW("stream_write", stream_bytes_per_s[DIRECTION_WRITE],
              "Speed of one stream that writes; absent: only the total limits it.",
              "batch-device.json /storage/pfs/stream_write=\"20 MB/s\""),
    SPEED_ROW("stream_read", stream_bytes_per_s[DIRECTION_READ],
              "Speed of one stream that reads; absent: only the total limits it.",
              "batch-device.json /storage/pfs/stream_read=\"20 MB/s\""),
    SPEED_ROW("total_write", total_bytes_per_s[DIRECTION_WRITE],
              "Speed of all writing streams together, shared fairly, with the copies and redundant "
              "parts that they store; absent: no limit.",
              "batch-device.json /storage/pfs/total_write=\"20 GB/s\""),
    SPEED_ROW("total_read", total_bytes_per_s[DIRECTION_READ],
              "Speed of all reading streams together, shared fairly; absent: no limit.",
              "batch-device.json /storage/pfs/total_read=\"20 GB/s\""),
    SPEED_ROW("total", both_bytes_per_s,
              "Speed of all streams together, those that write with what they store and those that "
              "read, shared fairly: of a network, or of disks that do one thing at a time; absent: "
              "no limit.",
              "batch-device.json /storage/pfs/total=\"10 GB/s\""),
    {
        .key = "part",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct device_params, part_bytes),
        .max = 1e18,
        .above_min = true,
        .help = "What one request moves at most: a stream is moved in parts, each with a latency "
                "of its own. Absent: each object is one request.",
        .source = "S3 multipart upload; fs.s3a.multipart.size 64 MB",
        .witness = "batch-object-store.json /storage/s3/part=\"1 GB\"",
    },
    {
        .key = "connections",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct device_params, connections),
        .min = 1,
        .max = 1e6,
        .fallback = "1",
        .help = "Parts that one stream moves at a time: each connection has the speed of a stream, "
                "and takes the next part when it has moved one.",
        .source = "fs.s3a.fast.upload.active.blocks 4",
        .witness = "batch-object-store.json /storage/s3/connections=2",
    },
    REQUEST_RATE_ROW(
        "request_rate_write", DIRECTION_WRITE,
        "Requests to write that are admitted per second, in the order of their coming, "
        "those of one stream together; absent: no limit.",
        "batch-object-store.json /storage/s3/request_rate_write=\"100/s\""),
    REQUEST_RATE_ROW("request_rate_read", DIRECTION_READ,
                     "Requests to read that are admitted per second, in the order of their coming, "
                     "those of one stream together; absent: no limit.",
                     "batch-object-store.json /storage/s3/request_rate_read=\"100/s\""),
    {
        .key = "replication",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct device_params, replication),
        .min = 1,
        .max = 1000,
        .fallback = "1",
        .help = "Copies of each byte, written in a pipeline: a stream is as fast as with one, and "
                "total_write is of all copies.",
        .source = "dfs.replication",
        .witness = "batch-device-kinds.json /storage/tier/replication=3",
    },
    {
        .key = "hop_latency",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct device_params, hop_latency),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "What each copy adds to the latency of a write.",
        .witness = "batch-device-kinds.json /storage/tier/hop_latency=\"100 ms\"",
    },
    {
        .key = "group",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct device_params, group),
        .min = 2,
        .max = 1e6,
        .help = "Nodes of a group that share redundant parts: N of them, of which R are redundant, "
                "store N / (N - R) bytes for each. Absent: there are none.",
        .source = "SCR_SET_SIZE",
        .witness = "batch-device-kinds.json /storage/tier/group=2",
    },
    {
        .key = "redundancy",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct device_params, redundancy),
        .min = 1,
        .max = 1e6,
        .help = "Redundant parts in each group.",
        .source = "SCR_SET_FAILURES",
        .witness = "batch-device-kinds.json /storage/tier/redundancy=7",
    },
    {
        .key = "encode",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BANDWIDTH,
        .offset = offsetof(struct device_params, encode_bytes_per_s),
        .max = 1e18,
        .above_min = true,
        .help = "Speed at which a stream makes its redundant parts, before it writes, and lost "
                "ones anew, when a failure has destroyed a node, before it reads. Absent: at once.",
        .witness = "batch-device-kinds.json /storage/tier/encode=\"100 MB/s\"",
    },
    {
        .key = "outage",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct device_params, outage),
        .fields = outage_fields,
        .optional = true,
        .help = "Times in which the device is out: nothing moves, and what is under way goes on "
                "afterwards. Absent: it never is.",
        .witness = "batch-storage-outage.json "
                   "/storage/pfs/outage={\"time_to_failure\":\"3 d\",\"repair\":\"5 h\"}",
    },
    {
        .key = "slow",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct device_params, slow),
        .fields = slow_fields,
        .help = "Transfers that take longer than they should: a slow server, a retry.",
        .witness = "batch-storage-outage.json /storage/pfs/slow={}",
    },
    {
        .key = "survives",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct device_params, survives),
        .choices = domain_names,
        .fallback = "\"site\"",
        .help = "The widest domain whose loss its contents survive; failures of a higher severity "
                "destroy them.",
        .witness = "batch-levels-async.json /storage/local/survives=\"rack\"",
    },
    {
        .key = "price",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct device_params, price),
        .fields = device_prices_fields,
        .help = "What its use costs, in whatever currency.",
        .witness = "batch-costs.json /storage/s3/price={}",
    },
    {0},
};

const struct field device_element = {
    .key = "device",
    .kind = FIELD_OBJECT,
    .fields = device_fields,
    .help = "A storage device; its name is what checkpoint.device says.",
};
