// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section A: batch jobs under exponential failures. A segment of exposed length s = T + C takes
 * (1/lam + D) e^(lam R) (e^(lam s) - 1) on average, and its failures are that over 1/lam + D.
 */
#include "known_answers.h"

#define JOB(work, interval, cost, mtbf, restore, downtime)                                         \
    "/job/work=" work " s", "/checkpoint/interval=" interval " s", "/checkpoint/cost=" cost " s",  \
        "/failures/0/time_to_failure/mean=" mtbf " s", "/recovery/restore=" restore " s",          \
        "/recovery/downtime=" downtime " s"

/* The parameters that A02, A06 to A11 share. */
#define A02 JOB("10000", "1000", "100", "1000", "200", "60")

const struct known_answer known_batch[] = {
    {
        .id = "A01",
        .base = textbook,
        .sets = {JOB("20000", "1000", "100", "10000", "50", "20")},
        .n = 40000,
        .values =
            {
                {"E[makespan]", MEAN, makespan_of, .expected = 23418.9277, .sd = 1095.80869},
                {"SD[makespan]", SD, makespan_of, .expected = 1095.80869},
                {"E[failures]", MEAN, failures_of, .expected = 2.33721833},
                {"E[time in work]", MEAN, working_of, .expected = 21245.5807},
                {"E[time in checkpoints]", MEAN, checkpointing_of, .expected = 2010.03342},
                {"E[time in recovery]", MEAN, recovering_of, .expected = 116.569251},
                {"E[downtime]", MEAN, down_of, .expected = 46.7443667},
                {"1 - waste", RATIO, useful_of, .expected = 1 - 0.145989934, .over = makespan_of},
            },
    },
    {
        .id = "A02",
        .base = textbook,
        .sets = {A02},
        .n = 40000,
        .values =
            {
                {"E[makespan]", MEAN, makespan_of, .expected = 25947.6754, .sd = 5961.85818,
                 /* recovery not exposed, only work exposed, no final checkpoint */
                 .wrong = {25252.4919, 22650.351, 25577.5449}},
                {"SD[makespan]", SD, makespan_of, .expected = 5961.85818},
                {"E[failures]", MEAN, failures_of, .expected = 24.4789391},
                {"E[time in work]", MEAN, working_of, .expected = 18989.9511},
                {"E[time in checkpoints]", MEAN, checkpointing_of, .expected = 1051.70918},
                {"E[time in recovery]", MEAN, recovering_of, .expected = 4437.27886},
                {"E[downtime]", MEAN, down_of, .expected = 1468.73635},
                {"1 - waste", RATIO, useful_of, .expected = 1 - 0.614609023, .over = makespan_of},
                {"E[makespan] / E[failures] = 1/lam + D", RATIO, makespan_of, .expected = 1060,
                 .over = failures_of},
            },
    },
    {
        .id = "A03",
        .base = textbook,
        .sets = {JOB("30000", "1500", "600", "3600", "600", "60")},
        .n = 20000,
        .values =
            {
                {"E[makespan]", MEAN, makespan_of, .expected = 68488.819, .sd = 9252.49188},
                {"SD[makespan]", SD, makespan_of, .expected = 9252.49188},
                {"E[failures]", MEAN, failures_of, .expected = 18.7127921},
                {"E[time in work]", MEAN, working_of, .expected = 43966.1817},
                {"E[time in checkpoints]", MEAN, checkpointing_of, .expected = 13057.9497},
                {"E[time in recovery]", MEAN, recovering_of, .expected = 10341.92},
                {"E[downtime]", MEAN, down_of, .expected = 1122.76752},
                {"1 - waste", RATIO, useful_of, .expected = 1 - 0.561972298, .over = makespan_of},
            },
    },
    {
        .id = "A04",
        .base = textbook,
        .sets = {JOB("5600", "1400", "100", "500", "30", "5")},
        .n = 15000,
        .values =
            {
                {"E[makespan]", MEAN, makespan_of, .expected = 40936.7556, .sd = 18186.4997},
                {"SD[makespan]", SD, makespan_of, .expected = 18186.4997},
                {"E[failures]", MEAN, failures_of, .expected = 81.0628825},
                {"E[time in work]", MEAN, working_of, .expected = 37728.2683},
                {"E[time in checkpoints]", MEAN, checkpointing_of, .expected = 442.805516},
                {"E[time in recovery]", MEAN, recovering_of, .expected = 2360.36738},
                {"E[downtime]", MEAN, down_of, .expected = 405.314412},
                {"1 - waste", RATIO, useful_of, .expected = 1 - 0.86320362, .over = makespan_of},
            },
    },
    {
        .id = "A05",
        .base = textbook,
        .sets = {JOB("693000", "9000", "600", "87196.95629092", "600", "60")},
        .n = 20000,
        .values =
            {
                {"E[makespan]", MEAN, makespan_of, .expected = 787363.593, .sd = 18914.849},
                {"SD[makespan]", SD, makespan_of, .expected = 18914.849},
                {"E[failures]", MEAN, failures_of, .expected = 9.02350513},
                {"E[time in work]", MEAN, working_of, .expected = 735067.348},
                {"E[time in checkpoints]", MEAN, checkpointing_of, .expected = 46359.3157},
                {"E[time in recovery]", MEAN, recovering_of, .expected = 5395.51858},
                {"E[downtime]", MEAN, down_of, .expected = 541.410308},
                {"1 - waste", RATIO, useful_of, .expected = 1 - 0.119847544, .over = makespan_of},
            },
    },
    {
        .id = "A06", /* S1 */
        .base = textbook,
        .sets = {A02, "/failures/0/exposure=[\"work\", \"checkpoint\"]"},
        .n = 20000,
        .values =
            {
                {"E[makespan], recovery not exposed", MEAN, makespan_of, .expected = 25252.4919,
                 .sd = 5687.98317, .wrong = {25947.6754}},
                {"SD[makespan]", SD, makespan_of, .expected = 5687.98317},
            },
    },
    {
        .id = "A07",
        .base = textbook,
        .sets = {A02, "/failures/0/exposure=[\"work\", \"recovery\"]"},
        .n = 20000,
        .values = {{"E[makespan], checkpoint not exposed", MEAN, makespan_of,
                    .expected = 23246.3701, .wrong = {25947.6754, 22650.351}}},
    },
    {
        .id = "A08",
        .base = textbook,
        .sets = {A02, "/failures/0/exposure=[\"work\"]"},
        .n = 20000,
        .values = {{"E[makespan], only work exposed", MEAN, makespan_of, .expected = 22650.351,
                    .wrong = {25947.6754, 23246.3701}}},
    },
    {
        .id = "A09", /* only 0.2 % from A02; a trace below tells the two apart for certain */
        .base = textbook,
        .sets = {A02,
                 "/failures/0/exposure=[\"work\", \"checkpoint\", \"recovery\", \"downtime\"]"},
        .n = 20000,
        .values = {{"E[makespan], downtime exposed too", MEAN, makespan_of,
                    .expected = 25992.6322}},
    },
    {
        .id = "A10", /* S4 */
        .base = textbook,
        .sets = {A02, "/checkpoint/final=false"},
        .n = 20000,
        .values = {{"E[makespan], no final checkpoint", MEAN, makespan_of, .expected = 25577.5449,
                    .wrong = {25947.6754}}},
    },
    {
        .id = "A11",
        .base = textbook,
        .sets = {A02, "/checkpoint/final=false", "/job/work=10350 s"},
        .n = 20000,
        .values = {{"E[makespan], a rest of 350 s", MEAN, makespan_of, .expected = 26490.2367,
                    .wrong = {25577.5449}}},
    },
    {
        .id = "A12",
        .base = textbook,
        .sets = {JOB("1000", "1000", "1", "1000", "200", "60"), "/checkpoint/strategy=none"},
        .n = 40000,
        .values =
            {
                {"E[makespan], no checkpoint", MEAN, makespan_of, .expected = 2224.63701,
                 .sd = 1587.93041},
                {"SD[makespan]", SD, makespan_of, .expected = 1587.93041},
            },
    },
    {
        .id = "A13",
        .base = textbook,
        .sets = {JOB("10000", "1000", "1", "5000", "100", "30"), "/checkpoint/strategy=none"},
        .n = 40000,
        .values =
            {
                {"E[makespan], no checkpoint", MEAN, makespan_of, .expected = 32786.1617,
                 .sd = 25387.9921},
                {"SD[makespan]", SD, makespan_of, .expected = 25387.9921},
            },
    },
    {
        .id = "A14",
        .base = textbook,
        .sets = {JOB("20000", "1000", "100", "1", "50", "20"), "/failures=[]"},
        .n = 1,
        .values = {{"makespan, no failures", EXACT, makespan_of, .expected = 22000}},
    },
    {
        .id = "A30",
        .base = textbook,
        .sets = {JOB("2000", "200", "100", "1000", "0", "50")},
        .n = 40000,
        .values =
            {
                {"P(makespan = n (T + C))", ATOM, makespan_of, .expected = 0.0497870684,
                 .at = 3000},
                {"E[makespan]", MEAN, makespan_of, .expected = 3673.51748, .sd = 448.490812},
                {"SD[makespan]", SD, makespan_of, .expected = 448.490812},
                {"P(makespan <= mean)", SHARE, makespan_of, .expected = 0.558040368,
                 .at = 3673.51748},
                {"P(makespan <= mean + SD)", SHARE, makespan_of, .expected = 0.844897208,
                 .at = 4122.008292},
                {"P(makespan <= mean + 2 SD)", SHARE, makespan_of, .expected = 0.959221091,
                 .at = 4570.499104},
                {"quantile 0.50", QUANTILE, makespan_of, .expected = 3608.30514, .at = 0.5},
                {"quantile 0.90", QUANTILE, makespan_of, .expected = 4278.6677, .at = 0.9},
                {"quantile 0.99", QUANTILE, makespan_of, .expected = 4980.61466, .at = 0.99},
            },
    },
    {
        .id = "A31",
        .base = textbook,
        .sets = {JOB("1800", "600", "100", "1000", "100", "20")},
        .n = 40000,
        .values =
            {
                {"P(makespan = n (T + C))", ATOM, makespan_of, .expected = 0.122456428, .at = 2100},
                {"E[makespan]", MEAN, makespan_of, .expected = 3428.33223, .sd = 1136.43737},
                {"SD[makespan]", SD, makespan_of, .expected = 1136.43737},
                {"P(makespan <= mean)", SHARE, makespan_of, .expected = 0.584525558,
                 .at = 3428.332232},
                {"P(makespan <= mean + SD)", SHARE, makespan_of, .expected = 0.85101357,
                 .at = 4564.769597},
                {"P(makespan <= mean + 2 SD)", SHARE, makespan_of, .expected = 0.954228404,
                 .at = 5701.206962},
                {"quantile 0.50", QUANTILE, makespan_of, .expected = 3189.66011, .at = 0.5},
                {"quantile 0.90", QUANTILE, makespan_of, .expected = 4961.81332, .at = 0.9},
                {"quantile 0.99", QUANTILE, makespan_of, .expected = 7049.16485, .at = 0.99},
            },
    },
    {
        .id = "A40", /* S3; ten segments */
        .base = textbook,
        .sets = {JOB("5000", "500", "100", "1000", "100", "20"), "/checkpoint/on_retry=repeat",
                 "/checkpoint/cost={\"dist\": \"exponential\", \"mean\": \"100 s\"}"},
        .n = 30000,
        .values = {{"E[makespan] of 10, repeat", MEAN, makespan_of, .expected = 9377.93637,
                    .wrong = {9171.42958}}},
    },
    {
        .id = "A41",
        .base = textbook,
        .sets = {JOB("5000", "500", "100", "1000", "100", "20"),
                 "/checkpoint/cost={\"dist\": \"exponential\", \"mean\": \"100 s\"}"},
        .n = 30000,
        .values = {{"E[makespan] of 10, resample", MEAN, makespan_of, .expected = 9171.42958,
                    .wrong = {9377.93637}}},
    },
    /* The same for an exponential restore of mean r = 200: with e^(lam R) in its mean over R,
     * (1/lam + D) (e^(lam s) - 1) / (1 - lam r), or times (1 + lam r) when drawn again. */
    {
        .id = "S3",
        .base = textbook,
        .sets = {A02, "/recovery/on_retry=repeat",
                 "/recovery/restore={\"dist\": \"exponential\", \"mean\": \"200 s\"}"},
        .n = 30000,
        .values = {{"E[makespan], restore repeated", MEAN, makespan_of, .expected = 26555.1998,
                    .wrong = {25492.9918, 25947.6754}}},
    },
    {
        .id = "S3",
        .base = textbook,
        .sets = {A02, "/recovery/restore={\"dist\": \"exponential\", \"mean\": \"200 s\"}"},
        .n = 30000,
        .values = {{"E[makespan], restore drawn again", MEAN, makespan_of, .expected = 25492.9918,
                    .wrong = {26555.1998, 25947.6754}}},
    },
    {0},
};
