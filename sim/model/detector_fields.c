// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of the detectors. */
#include "model/detector_kinds.h"

const struct field delay_fields[] = {
    {
        .key = "delay",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct delay_params, delay),
        .types = &dist_union,
        .required = true,
        .help = "Time from a failure to its detection.",
        .witness = "batch-cluster.json /recovery/detector={\"kind\":\"delay\"} "
                   "/recovery/detector/delay=\"5 min\"",
    },
    {0},
};

const struct field timeout_fields[] = {
    {
        .key = "interval",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, interval_s),
        .max = 1e9,
        .required = true,
        .help = "Time between two heartbeats.",
        .witness = "batch-cluster.json /recovery/detector/interval=\"40 s\"",
    },
    {
        .key = "timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, timeout_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help =
            "Silence after which a task is declared lost; each heartbeat that arrives re-arms it.",
        .witness = "batch-cluster.json /recovery/detector/timeout=\"10 min\"",
    },
    {
        .key = "network_delay",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, network_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help = "Time a heartbeat travels.",
        .witness = "batch-cluster.json /recovery/detector/network_delay=\"20 s\"",
    },
    {
        .key = "poll",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, poll_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help =
            "Period of the sweep that looks for expired timers; 0 when expiry is acted on at once.",
        .witness = "batch-cluster.json /recovery/detector/poll=\"2 min\"",
    },
    {0},
};

const struct field exit_notice_fields[] = {
    {
        .key = "period",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct exit_notice_params, period_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help = "Period of the polls.",
        .witness = "batch-cluster.json /recovery/detector={\"kind\":\"exit_notice\",\"period\":\"2 "
                   "s\"} /recovery/detector/period=\"1 min\"",
    },
    {
        .key = "polls",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct exit_notice_params, polls),
        .min = 1,
        .max = 1000,
        .fallback = "1",
        .help = "Polls in a row that the notice waits for, one after the other.",
        .witness = "batch-cluster.json /recovery/detector={\"kind\":\"exit_notice\",\"period\":\"2 "
                   "min\"} /recovery/detector/polls=5",
    },
    {0},
};

const struct field missed_pings_fields[] = {
    {
        .key = "period",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct pings_params, period_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help = "Time between two pings.",
        .witness =
            "batch-cluster.json /recovery/detector={\"kind\":\"missed_pings\",\"period\":\"15 s\"} "
            "/recovery/detector/period=\"2 min\"",
    },
    {
        .key = "missed",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct pings_params, missed),
        .min = 1,
        .max = 1000,
        .fallback = "5",
        .help = "Pings in a row that must go unanswered.",
        .witness =
            "batch-cluster.json /recovery/detector={\"kind\":\"missed_pings\",\"period\":\"15 s\"} "
            "/recovery/detector/missed=50",
    },
    {0},
};

const struct field rpc_failures_fields[] = {
    {
        .key = "period",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct pings_params, period_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help = "Time between two calls.",
        .witness =
            "batch-cluster.json /recovery/detector={\"kind\":\"rpc_failures\",\"period\":\"10 s\"} "
            "/recovery/detector/period=\"2 min\"",
    },
    {
        .key = "failed",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct pings_params, missed),
        .min = 1,
        .max = 1000,
        .fallback = "2",
        .help = "Calls in a row that must fail.",
        .witness =
            "batch-cluster.json /recovery/detector={\"kind\":\"rpc_failures\",\"period\":\"10 s\"} "
            "/recovery/detector/failed=50",
    },
    {0},
};

const struct field progress_timeout_fields[] = {
    {
        .key = "timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, timeout_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help = "Time without progress after which a task is declared hung.",
        .witness =
            "batch-cluster.json /recovery/detector={\"kind\":\"progress_timeout\",\"timeout\":\"1 "
            "min\"} /recovery/detector/timeout=\"10 min\"",
    },
    {
        .key = "report",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, interval_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help = "Time between two reports of progress.",
        .witness =
            "batch-cluster.json /recovery/detector={\"kind\":\"progress_timeout\",\"timeout\":\"10 "
            "min\"} /recovery/detector/report=\"5 min\"",
    },
    {
        .key = "poll",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, poll_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help = "Period of the sweep that looks for tasks without progress; 0 when they are found "
                "at once.",
        .witness =
            "batch-cluster.json /recovery/detector={\"kind\":\"progress_timeout\",\"timeout\":\"10 "
            "min\"} /recovery/detector/poll=\"5 min\"",
    },
    {0},
};
