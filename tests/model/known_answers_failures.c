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

/* Whether such a node is down at one time: the failure that strikes the job then is ignored. */
#define DOWN_AT(mttf, mttr, t, expected_share, in_the_long_run)                                    \
    {                                                                                              \
        .base = first,                                                                             \
        .sets =                                                                                    \
            {"/failures=[{\"strikes\": \"node\", \"time_to_failure\": {\"dist\": \"exponential\"," \
             "\"mean\": \"" mttf                                                                   \
             " s\"}, \"repair\": {\"dist\": \"exponential\", \"mean\": \"" mttr                    \
             " s\"}}, {\"at\": [\"" t " s\"], \"exposure\": [\"work\"]}]",                         \
             "/recovery/downtime=0 s", "/run/time_limit=" t ".5 s"},                               \
        .id = "I04/5", .n = 100000,                                                                \
        .values = {                                                                                \
            {"1 - A(mttr)", MEAN, ignored_of, .expected = (expected_share),                        \
             .wrong = {in_the_long_run}},                                                          \
        },                                                                                         \
    }

/* A failure of both nodes by a common cause, besides those of each; none is repaired. */
#define PAIR(tasks)                                                                                \
    "/job/tasks=" tasks, "/cluster={\"nodes\": 2}",                                                \
        "/failures=[{\"strikes\": \"node\", \"permanent\": 1, \"time_to_failure\":"                \
        "{\"dist\": \"exponential\", \"mean\": \"2000 s\"}}, {\"strikes\": \"site\", "             \
        "\"permanent\": 1,"                                                                        \
        "\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"4000 s\"}}]",                \
        "/recovery/downtime=0 s", "/run/time_limit=1e5 s"

/* Nodes that fail alone, and by shocks that hit each with a probability; a job that goes on. */
#define SHOCKS                                                                                     \
    "/job/tasks=100", "/recovery/downtime=0 s", "/run/time_limit=1e7 s",                           \
        "/failures=[{\"strikes\": \"node\", \"time_to_failure\":"                                  \
        "{\"dist\": \"exponential\", \"mean\": \"1e5 s\"}}, {\"strikes\": \"site\", "              \
        "\"time_to_failure\":"                                                                     \
        "{\"dist\": \"exponential\", \"mean\": \"1e4 s\"}, \"burst\": {\"share\": 0.05}}]"

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
        DOWN_AT("3600", "60", "60", 1 - 0.989537687, 1 - 0.983606557),
        DOWN_AT("1000", "250", "250", 1 - 0.857300959, 1 - 0.8),
        /* Marshall and Olkin's pair, of two alike: l1 = l2 = 1/2000, l12 = 1/4000. */
        {
            .id = "I06",
            .base = first,
            .sets = {PAIR("2")},
            .n = 40000,
            .values = {{"E[min] of a pair with a common cause", MEAN, first_work_of,
                        .expected = 800, .wrong = {1000}}},
        },
        {
            .id = "I06",
            .base = first,
            .sets = {PAIR("1")},
            .n = 40000,
            /* 2 / (l1 + l12) - 1 / (l1 + l2 + l12), of 1e5 s */
            .values = {{"E[max] of a pair with a common cause", MEAN, availability_of,
                        .expected = 0.0186666667, .wrong = {0.02}}},
        },
        {
            .id = "I07",
            .base = first,
            .sets = {SHOCKS},
            .n = 100,
            .values = {{"E[failures] of a platform with shocks", MEAN, failures_of,
                        .expected = 10994.0795, .wrong = {15000}}},
        },
        {
            .id = "I08",
            .base = horizon,
            .sets =
                {"/job/work=0.05 s", "/job/tasks=50", "/failures/0/strikes=process",
                 "/failures/0/time_to_failure={\"dist\": \"erlang\", \"mean\": \"1 s\", \"k\": 2}",
                 "/failures/0/age=equilibrium"},
            .n = 40000,
            .values = {{"failures of 50 components in equilibrium", MEAN, ignored_of,
                        .expected = 2.5, .wrong = {0.234134413}}},
        },
        {
            .id = "I09",
            .base = first,
            .sets = {"/failures/0/time_to_failure/shape=0.7", "/failures/0/age=equilibrium",
                     "/failures/0/permanent=1"},
            .n = 40000,
            .values = {{"E[X^2] / (2 E[X])", MEAN, first_work_of, .expected = 1.56934282,
                        .wrong = {1}}},
        },
        {
            .id = "I10",
            .base = first,
            .sets = {"/failures/0/time_to_failure={\"dist\": \"lognormal\", \"mean\": \"1 s\", "
                     "\"sigma\": 1}",
                     "/failures/0/age=equilibrium", "/failures/0/permanent=1"},
            .n = 40000,
            .values = {{"E[X^2] / (2 E[X])", MEAN, first_work_of, .expected = 1.35914091,
                        .wrong = {1}}},
        },
        {0},
};
