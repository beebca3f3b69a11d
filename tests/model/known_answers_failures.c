// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section I: detection delays, availability of nodes, superposed failures. With heartbeats every h,
 * a timeout tau re-armed at each receipt after a network delay d, and a sweep every q, the delay is
 * tau + d - U(0, h) + U(0, q).
 */
#include "known_answers.h"

#define DETECTOR(interval, timeout, delay, poll)                                                   \
    "/recovery/detector={\"kind\": \"timeout\", \"interval\": \"" interval                         \
    " s\", \"timeout\": \"" timeout " s\", \"network_delay\": \"" delay " s\", \"poll\": \"" poll  \
    " s\"}"

/* One node that is up and down for exponential times, watched from 0 to the limit. */
#define NODE(mttf, mttr, limit)                                                                    \
    "/failures/0/time_to_failure={\"dist\": \"exponential\", \"mean\": \"" mttf " s\"}",           \
        "/failures/0/repair={\"dist\": \"exponential\", \"mean\": \"" mttr " s\"}",                \
        "/recovery/downtime=0 s", "/run/time_limit=" limit " s"

/* Four nodes, each down for 250 s on the average, watched for 5000 s. */
#define NODES(mttf, key)                                                                           \
    "/cluster={\"nodes\": 4}", NODE(mttf, "250", "5000"), "/recovery/downtime=1e12 s",             \
        "/failures/0/" key

#define EXPONENTIAL(mean)                                                                          \
    "{\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"" mean " s\"}}"

const struct known_answer known_failures[] =
    {
        {
            .id = "I01",
            .base = scripted,
            .sets = {DETECTOR("1", "3", "0", "0")},
            .n = 40000,
            .values =
                {
                    {"E[detection delay]", MEAN, detection_of, .expected = 2.5, .sd = 0.288675135,
                     .wrong = {3.5}},
                    {"SD", SD, detection_of, .expected = 0.288675135},
                    {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 2},
                    {"P(delay <= min + 1 % of the range)", SHARE, detection_of, .expected = 0.01,
                     .at = 2.01},
                    {"P(delay <= max - 1 % of the range)", SHARE, detection_of, .expected = 0.99,
                     .at = 2.99},
                    {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 3},
                },
        },
        {
            .id = "I02",
            .base = scripted,
            .sets = {DETECTOR("10", "50", "0.2", "0")},
            .n = 40000,
            .values =
                {
                    {"E[detection delay]", MEAN, detection_of, .expected = 45.2, .sd = 2.88675135,
                     .wrong = {55.2, 45}},
                    {"SD", SD, detection_of, .expected = 2.88675135},
                    {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 40.2},
                    {"P(delay <= min + 1 % of the range)", SHARE, detection_of, .expected = 0.01,
                     .at = 40.3},
                    {"P(delay <= max - 1 % of the range)", SHARE, detection_of, .expected = 0.99,
                     .at = 50.1},
                    {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 50.2},
                },
        },
        {
            .id = "I03",
            .base = scripted,
            .sets = {DETECTOR("5", "15", "0.1", "2")},
            .n = 40000,
            .values =
                {
                    {"E[detection delay]", MEAN, detection_of, .expected = 13.6, .sd = 1.55456318,
                     .wrong = {12.6, 13.5}},
                    {"SD", SD, detection_of, .expected = 1.55456318},
                    {"P(delay <= min)", SHARE, detection_of, .expected = 0, .at = 10.1},
                    /* The corner of the joint density: (x - min)^2 / (2 h q) for x - min <= q. */
                    {"P(delay <= min + 1)", SHARE, detection_of, .expected = 0.05, .at = 11.1},
                    {"P(delay <= max - 1)", SHARE, detection_of, .expected = 0.95, .at = 16.1},
                    {"P(delay <= max)", SHARE, detection_of, .expected = 1, .at = 17.1},
                },
        },
        {
            .id = "I04",
            .base = first,
            .sets = {NODE("3600", "60", "600")},
            .n = 60000,
            .values = {{"availability over [0, 10 mttr]", MEAN, availability_of,
                        .expected = 0.985218965}},
        },
        {
            .id = "I04",
            .base = first,
            .sets = {NODE("3600", "60", "3.6e7")},
            .n = 16,
            .values = {{"availability in the long run", MEAN, availability_of,
                        .expected = 0.983606557, .wrong = {0.985218965}}},
        },
        {
            .id = "I05",
            .base = first,
            .sets = {NODE("1000", "250", "2500")},
            .n = 40000,
            .values = {{"availability over [0, 10 mttr]", MEAN, availability_of,
                        .expected = 0.81599994, .wrong = {0.8}}},
        },
        {
            .id = "I05",
            .base = first,
            .sets = {NODE("1000", "250", "1e7")},
            .n = 16,
            .values = {{"availability in the long run", MEAN, availability_of, .expected = 0.8,
                        .wrong = {0.81599994}}},
        },
        /* In a long time t each fails t / (up + down) + (down / (up + down))^2 times, whichever are
         * renewed: exponential clocks have no age to lose. */
        {
            .id = "S2",
            .base = first,
            .sets = {NODES("1000", "renew=failed")},
            .n = 4000,
            .values = {{"E[failures], each node renewed by its own repair", MEAN,
                        struck_of, .expected = 16.16}},
        },
        {
            .id = "S2",
            .base = first,
            .sets = {NODES("1000", "renew=all")},
            .n = 4000,
            .values = {{"E[failures], all nodes renewed by each repair", MEAN,
                        struck_of, .expected = 16.16, .wrong = {10}}},
        },
        /* The clock of the whole system does not wait for the repair of one node. */
        {
            .id = "S2",
            .base = first,
            .sets = {NODES("250", "per=system")},
            .n = 4000,
            .values = {{"E[failures], one clock for the system", MEAN, struck_of, .expected = 20,
                        .wrong = {10}}},
        },
        /* Three processes at once: the first failure has the sum of their rates. */
        {
            .id = "I06",
            .base = first,
            .sets = {"/failures=[" EXPONENTIAL("1000") ", " EXPONENTIAL("2000") ", " EXPONENTIAL(
                         "4000") "]",
                     "/run/time_limit=1e5 s"},
            .n = 40000,
            .values =
                {
                    {"E[min]", MEAN, first_work_of, .expected = 571.428571, .sd = 571.428571,
                     .wrong = {1000}},
                    {"SD[min]", SD, first_work_of, .expected = 571.428571},
                },
        },
        {0},
};
