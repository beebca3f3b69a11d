// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section C2 of the engines reference: how long the engines take to notice a failure at a random
 * phase of their heartbeats, polls and sweeps.
 */
#include "known_answers.h"

const struct known_answer known_detection[] = {
    {
        .id = "C2, Samza on YARN",
        .base = scripted,
        .sets =
            {"/recovery/detector={\"kind\": \"exit_notice\", \"period\": \"1 s\", \"polls\": 2}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 1, .sd = 0.408248290,
                 .wrong = {0.5, 2}},
                {"SD", SD, detection_of, .expected = 0.408248290},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 0},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 2},
            },
    },
    {
        .id = "C2, Kafka",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"timeout\", \"interval\": \"3 s\", \"timeout\": "
                 "\"45 s\", \"poll\": \"0 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 43.5, .sd = 0.866025404,
                 .wrong = {45, 46.5}},
                {"SD", SD, detection_of, .expected = 0.866025404},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 42},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 45},
            },
    },
    {
        .id = "C2, Flink",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"timeout\", \"interval\": \"10 s\", \"timeout\": "
                 "\"50 s\", \"poll\": \"0 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 45, .sd = 2.88675135,
                 .wrong = {50, 55}},
                {"SD", SD, detection_of, .expected = 2.88675135},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 40},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 50},
            },
    },
    {
        .id = "C2, Spark",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"timeout\", \"interval\": \"10 s\", \"timeout\": "
                 "\"120 s\", \"poll\": \"60 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 145, .sd = 17.5594230,
                 .wrong = {120, 150}},
                {"SD", SD, detection_of, .expected = 17.5594230},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 110},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 180},
            },
    },
    {
        .id = "C2, YARN",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"timeout\", \"interval\": \"1 s\", \"timeout\": "
                 "\"600 s\", \"poll\": \"200 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 699.5, .sd = 57.7357486,
                 .wrong = {600}},
                {"SD", SD, detection_of, .expected = 57.7357486},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 599},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 800},
            },
    },
    {
        .id = "C2, HDFS",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"timeout\", \"interval\": \"3 s\", \"timeout\": "
                 "\"630 s\", \"poll\": \"300 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 778.5, .sd = 86.6068705,
                 .wrong = {630}},
                {"SD", SD, detection_of, .expected = 86.6068705},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 627},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 930},
            },
    },
    {
        .id = "C2, MapReduce",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"progress_timeout\", \"timeout\": \"600 s\", "
                 "\"report\": \"3 s\", \"poll\": \"30 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 613.5, .sd = 8.70344759,
                 .wrong = {600, 615}},
                {"SD", SD, detection_of, .expected = 8.70344759},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 597},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 630},
            },
    },
    {
        .id = "C2, Mesos",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"missed_pings\", \"period\": \"15 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 82.5, .sd = 4.33012702,
                 .wrong = {75}},
                {"SD", SD, detection_of, .expected = 4.33012702},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 75},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 90},
            },
    },
    {
        .id = "C2, Flink, refused",
        .base = scripted,
        .sets = {"/recovery/detector={\"kind\": \"rpc_failures\", \"period\": \"10 s\"}"},
        .n = 20000,
        .values =
            {
                {"E[detection delay]", MEAN, detection_of, .expected = 15, .sd = 2.88675135,
                 .wrong = {20}},
                {"SD", SD, detection_of, .expected = 2.88675135},
                {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 10},
                {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 20},
            },
    },
    {0},
};
