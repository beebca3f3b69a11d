// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of recovery.sources. */
#include "model/restore.h"

static const char *const target_names[] = {"checkpoint", "newest", NULL};
static const char *const copy_names[] = {"link", "read", NULL};

#define WITNESS(source, change) "stream-restore.json /recovery/sources/" source change

#define CHECK_ROW(type, example)                                                                   \
    {                                                                                              \
        .key = "check", .kind = FIELD_UNION, .dimension = DIMENSION_TIME,                          \
        .offset = offsetof(struct type, common.check), .types = &dist_union,                       \
        .fallback = "\"0 s\"",                                                                     \
        .help = "Time to find out whether it can be used, before it or the next one is read.",     \
        .witness = (example),                                                                      \
    }

#define DEVICE_ROW(type, is_required, text, example)                                               \
    {                                                                                              \
        .key = "device", .kind = FIELD_TEXT, .offset = offsetof(struct type, device),              \
        .required = (is_required), .help = (text), .witness = (example),                           \
    }

#define TARGET_ROW(type, member, otherwise, example)                                               \
    {                                                                                              \
        .key = "target", .kind = FIELD_CHOICE, .offset = offsetof(struct type, member),            \
        .choices = target_names, .fallback = "\"" otherwise "\"",                                  \
        .help = "What the changelog is applied up to: the checkpoint, so that what it holds "      \
                "beyond is undone, or its newest entry. Then the state has seen messages that "    \
                "are processed again: at_least_once.",                                             \
        .source = "Samza, TransactionalStateTaskRestoreManager; Kafka Streams",                    \
        .witness = (example),                                                                      \
    }

#define ROLLBACK_ROW(type, example)                                                                \
    {                                                                                              \
        .key = "rollback_valid", .kind = FIELD_REAL, .dimension = DIMENSION_TIME,                  \
        .offset = offsetof(struct type, replay.rollback_valid_s), .max = 1e12,                     \
        .help = "Age up to which a checkpoint can be gone back to, since the cleaner keeps older " \
                "entries that long; beyond, the target is the newest entry. Absent: any age.",     \
        .source = "Samza, 0.9 x stores.*.changelog.min.compaction.lag.ms", .witness = (example),   \
    }

#define RATE_ROW(type, member, text, example)                                                      \
    {                                                                                              \
        .key = "rate", .kind = FIELD_REAL, .dimension = DIMENSION_BANDWIDTH,                       \
        .offset = offsetof(struct type, member), .max = 1e18, .above_min = true, .help = (text),   \
        .source = "Samza, 50 MB/s as a rule of thumb", .witness = (example),                       \
    }

#define WRITTEN_ROW(type, origin, example)                                                         \
    {                                                                                              \
        .key = "written", .kind = FIELD_BOOL, .offset = offsetof(struct type, is_written),         \
        .fallback = "false",                                                                       \
        .help = "Whether each task writes the copy to the device along with its checkpoint, and "  \
                "is done when all are written; else it costs nothing to make.",                    \
        .source = (origin), .witness = (example),                                                  \
    }

static const char applied[] = "Speed at which log entries are applied, and undone, as they are "
                              "read. Absent: as fast as they are read.";

const struct field local_restore_fields[] = {
    CHECK_ROW(local_source, WITNESS("0", "/check=\"30 s\"")),
    DEVICE_ROW(local_source, false,
               "Device of the node that holds the copy. Absent: opening it takes no time.",
               WITNESS("0", "/device=null")),
    {
        .key = "copy",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct local_source, copy),
        .choices = copy_names,
        .fallback = "\"link\"",
        .help = "How the copy becomes the state: link, files are used where they are (RocksDB); "
                "read, all of it is read from the device.",
        .source = "Flink, execution.checkpointing.local-backup.enabled",
        .witness = "stream-local-copy.json /recovery/sources/0/copy=\"link\"",
    },
    WRITTEN_ROW(local_source, "Flink, DuplicatingCheckpointOutputStream",
                "stream-local-copy.json /recovery/sources/0/written=true"),
    {
        .key = "max_age",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct local_source, max_age_s),
        .max = 1e12,
        .help = "Age of the checkpoint up to which its copy is used. Absent: any.",
        .source = "Samza, stores.*.changelog.delete.retention.ms",
        .witness = WITNESS("0", "/max_age=\"10 s\""),
    },
    {
        .key = "marker_every",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct local_source, marker_bytes),
        .max = 1e18,
        .above_min = true,
        .help = "The position in the changelog that the copy is known to have is written down only "
                "after so many bytes of it, not at each checkpoint. Absent: at each.",
        .source = "Kafka Streams, .checkpoint file every 10 000 offsets",
        .witness = WITNESS("0", "/marker_every=\"100 MB\""),
    },
    {
        .key = "clean_close_only",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct local_source, clean_close_only),
        .fallback = "false",
        .help = "The copy is used only by tasks that were stopped, not by those that failed.",
        .source = "Kafka Streams, exactly_once_v2 wipes the store after a crash",
        .witness = WITNESS("0", "/clean_close_only=true"),
    },
    TARGET_ROW(local_source, replay.target, "checkpoint", WITNESS("0", "/target=\"newest\"")),
    ROLLBACK_ROW(local_source, WITNESS("0", "/rollback_valid=\"10 s\"")),
    RATE_ROW(local_source, replay.bytes_per_s, applied, WITNESS("0", "/rate=\"10 kB/s\"")),
    {0},
};

const struct field standby_restore_fields[] = {
    CHECK_ROW(standby_source, "stream-standby.json /recovery/sources/0/check=\"30 s\""),
    {
        .key = "copies",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct standby_source, copies),
        .min = 1,
        .max = 8,
        .fallback = "1",
        .help = "Copies of each task's state, on the nodes after its own. One that takes over is "
                "built anew, and so is one whose node is lost; until then it is not there.",
        .source = "Kafka Streams, num.standby.replicas",
        .witness = "stream-standby.json /recovery/sources/0/copies=2",
    },
    {
        .key = "lag",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct standby_source, lag),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "How far a copy is behind. What changed in that time, at the mean rate so far, is "
                "read and applied before it takes over.",
        .witness = "stream-standby.json /recovery/sources/0/lag=\"5 min\"",
    },
    {
        .key = "max_lag",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct standby_source, max_lag_bytes),
        .max = 1e18,
        .help = "Bytes up to which a copy that is behind is used. Absent: any.",
        .source = "Kafka Streams, acceptable.recovery.lag",
        .witness = "stream-standby.json /recovery/sources/0/max_lag=\"1 kB\"",
    },
    TARGET_ROW(standby_source, target, "newest",
               "stream-standby.json /recovery/sources/0/target=\"checkpoint\""),
    RATE_ROW(standby_source, bytes_per_s, applied,
             "stream-standby.json /recovery/sources/0/rate=\"10 kB/s\""),
    {0},
};

const struct field peer_restore_fields[] = {
    CHECK_ROW(peer_source, "stream-local-copy.json /recovery/sources/1/check=\"30 s\""),
    DEVICE_ROW(peer_source, true, "Device that stands for the memory of other nodes.",
               "stream-local-copy.json /recovery/sources/1/device=\"ssd\""),
    {
        .key = "copies",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct peer_source, copies),
        .min = 1,
        .max = 8,
        .fallback = "1",
        .help = "Nodes after a task's own that hold a copy of its last checkpoint, until they fail "
                "themselves.",
        .source = "Gemini, SOSP 2023",
        .witness = "stream-local-copy.json /recovery/sources/1/copies=2",
    },
    WRITTEN_ROW(peer_source, "Gemini, SOSP 2023",
                "stream-local-copy.json /recovery/sources/1/written=true"),
    {0},
};

const struct field remote_restore_fields[] = {
    CHECK_ROW(remote_source, "stream-local-copy.json /recovery/sources/2/check=\"30 s\""),
    {
        .key = "streams",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct remote_source, streams),
        .min = 1,
        .max = 1e4,
        .fallback = "1",
        .help = "Streams with which a task reads equal parts of it.",
        .source = "Flink, state.backend.rocksdb.checkpoint.transfer.thread.num",
        .witness = "stream-local-copy.json /recovery/sources/2/streams=4",
    },
    RATE_ROW(remote_source, bytes_per_s,
             "Speed at which a log on top of the base is applied as it is read. Absent: as fast as "
             "it is read.",
             "stream-base-log.json /recovery/sources=[{\"from\":\"remote\"}] "
             "/recovery/sources/0/rate=\"10 kB/s\""),
    {0},
};

const struct field replay_restore_fields[] = {
    CHECK_ROW(replay_source, WITNESS("1", "/check=\"30 s\"")),
    DEVICE_ROW(replay_source, false, "Device of the log. Absent: checkpoint.device.",
               WITNESS("1", "/device=\"ssd\"")),
    TARGET_ROW(replay_source, replay.target, "checkpoint", WITNESS("1", "/target=\"newest\"")),
    ROLLBACK_ROW(replay_source, WITNESS("1", "/rollback_valid=\"10 s\"")),
    RATE_ROW(replay_source, replay.bytes_per_s, applied, WITNESS("1", "/rate=\"1 MB/s\"")),
    {0},
};
