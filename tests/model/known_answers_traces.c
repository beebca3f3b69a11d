// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Section A, deterministic traces, and the semantic switches S1 to S10 in their standard and other
 * settings, by hand. Unless a row says else: W = 100, T = 10, C = 1, R = 2, D = 3.
 */
#include "known_answers.h"

#define AT(times) "/failures/0/at=" times
#define NO_FAILURES "/failures=[]"
#define DETERMINISTIC(name, what, makespan, other, ...)                                            \
    {                                                                                              \
        .id = (name), .base = scripted, .sets = {__VA_ARGS__}, .n = 1,                             \
        .values = {{what, EXACT, makespan_of, .expected = (makespan), .wrong = {other}}},          \
    }

/* A write of 4 s beside the work, which runs at 3/4 of its speed then, after a stop of 0.5 s. */
#define ASYNC                                                                                      \
    "/checkpoint/mode=async", "/checkpoint/cost=4 s", "/checkpoint/share=0.25",                    \
        "/checkpoint/sync=0.5 s"
/* Writes of 6 s every 4 s of work, of which there are 20. */
#define OVERRUN(rule)                                                                              \
    "/checkpoint/mode=async", "/checkpoint/cost=6 s", "/checkpoint/interval=4 s",                  \
        "/job/work=20 s", NO_FAILURES, "/checkpoint/overrun=" rule

/* One task on the first of n nodes. */
#define ONE_NODE(n, repair)                                                                        \
    "/cluster={\"nodes\": " #n "}", "/failures/0/strikes=node", "/failures/0/repair=" repair

const struct known_answer known_traces[] = {
    DETERMINISTIC("A50", "makespan, no failure", 110, 0, AT("[\"1e6 s\"]")),
    DETERMINISTIC("A51", "makespan, failure at 25", 118, 0, AT("[\"25 s\"]")),
    DETERMINISTIC("A52", "makespan, another in the recovery", 122, 118, AT("[\"25 s\", \"29 s\"]")),
    DETERMINISTIC("A53", "makespan, another in the downtime", 118, 122,
                  AT("[\"25 s\", \"27.5 s\"]")),
    DETERMINISTIC("A54", "makespan, in a checkpoint and its recovery", 129.75, 125.5,
                  AT("[\"10.5 s\", \"14.75 s\"]")),
    DETERMINISTIC("A55", "makespan, recovery not exposed", 125.5, 129.75,
                  AT("[\"10.5 s\", \"14.75 s\"]"),
                  "/failures/0/exposure=[\"work\", \"checkpoint\"]"),
    DETERMINISTIC("A56", "makespan, no final checkpoint", 138, 0,
                  AT("[\"5 s\", \"50.25 s\", \"117 s\"]"), "/job/work=95 s",
                  "/checkpoint/final=false"),
    DETERMINISTIC("A57", "makespan, final checkpoint", 142, 0,
                  AT("[\"5 s\", \"50.25 s\", \"120 s\"]"), "/job/work=95 s"),
    DETERMINISTIC("A58", "makespan, completion before failure (S8)", 115, 126, AT("[\"11 s\"]")),
    DETERMINISTIC("A58", "makespan, failure before completion (S8)", 126, 115, AT("[\"11 s\"]"),
                  "/run/ties=failure_first"),
    DETERMINISTIC("A59", "makespan, eleven failures", 182, 0,
                  AT("[\"3.5 s\", \"9.25 s\", \"12 s\", \"40.75 s\", \"44 s\", \"71.5 s\", "
                     "\"90 s\", \"91 s\", \"96.5 s\", \"120 s\", \"151 s\"]"),
                  "/checkpoint/interval=12.5 s", "/checkpoint/cost=1.5 s",
                  "/recovery/restore=2.25 s", "/recovery/downtime=0.75 s"),
    /* A53 with an exposed downtime: it starts anew at 27.5. */
    DETERMINISTIC("S1", "makespan, downtime exposed", 120.5, 118, AT("[\"25 s\", \"27.5 s\"]"),
                  "/failures/0/exposure=[\"work\", \"checkpoint\", \"recovery\", \"downtime\"]"),
    /* A clock of 25 s. It strikes at 25, stands still to 28 and strikes every 28 s from then on,
     * each time two segments further: the last checkpoint, at 136, is before 137. In wall time it
     * strikes every 25 s, one segment further each time but the first, until 216. */
    {
        .id = "S2",
        .base = scripted,
        .sets = {"/failures/0={\"time_to_failure\": \"25 s\"}"},
        .n = 1,
        .values =
            {
                {"makespan, clock stops in downtime", EXACT, makespan_of, .expected = 136,
                 .wrong = {216, 110}},
                {"failures", EXACT, failures_of, .expected = 4},
            },
    },
    {
        .id = "S2",
        .base = scripted,
        .sets = {"/failures/0={\"time_to_failure\": \"25 s\", \"clock\": \"wall\"}"},
        .n = 1,
        .values =
            {
                {"makespan, clock in wall time", EXACT, makespan_of, .expected = 216,
                 .wrong = {136, 110}},
                {"failures", EXACT, failures_of, .expected = 8},
            },
    },
    /* A clock of two segments strikes as the second of them commits: it costs nothing but the
     * downtime, four times, or that segment and the downtime, nine times. */
    DETERMINISTIC("S2", "makespan, clock of two segments", 122, 236,
                  "/failures/0={\"time_to_failure\": \"22 s\"}", "/recovery/restore=0 s"),
    DETERMINISTIC("S8", "makespan, clock of two segments strikes first", 236, 122,
                  "/failures/0={\"time_to_failure\": \"22 s\"}", "/recovery/restore=0 s",
                  "/run/ties=failure_first"),
    DETERMINISTIC("S2", "makespan, clock redrawn at checkpoints", 110, 136,
                  "/failures/0={\"time_to_failure\": \"25 s\", \"redraw\": \"checkpoint\"}"),
    /* The failure at 10.5 finds a checkpoint that is not committed, or is usable at once. */
    DETERMINISTIC("S5", "makespan, usable from commit", 125.5, 114.5, AT("[\"10.5 s\"]")),
    DETERMINISTIC("S5", "makespan, usable from cut", 114.5, 125.5, AT("[\"10.5 s\"]"),
                  "/checkpoint/usable_from=cut"),
    DETERMINISTIC("S6", "makespan, first start costs a recovery", 112, 110, NO_FAILURES,
                  "/job/first_start=recovery"),
    DETERMINISTIC("S6", "makespan, and 4 s to launch", 116, 112, NO_FAILURES,
                  "/job/first_start=recovery", "/job/start=4 s"),
    /* A54, where the failure at 14.75 cuts the recovery from 13.5 to 15.5. */
    DETERMINISTIC("S7", "makespan, recovery anew without downtime", 126.75, 129.75,
                  AT("[\"10.5 s\", \"14.75 s\"]"), "/recovery/on_failure=restore"),
    DETERMINISTIC("S7", "makespan, failure waits for the recovery", 130.5, 129.75,
                  AT("[\"10.5 s\", \"14.75 s\"]"), "/recovery/on_failure=defer"),
    /* Cuts at 10, 20, .. with 9 s of work each but the first; the rest of 4 s ends at 105. */
    DETERMINISTIC("S9", "makespan, wall timer from the cut", 106, 105, NO_FAILURES,
                  "/job/work=95 s", "/checkpoint/timer=wall"),
    DETERMINISTIC("S9", "makespan, wall timer from the commit", 105, 106, NO_FAILURES,
                  "/job/work=95 s", "/checkpoint/timer=wall", "/checkpoint/interval_from=end"),
    DETERMINISTIC("S9", "makespan, timer of useful work", 105, 106, NO_FAILURES, "/job/work=95 s"),
    /* Back to 19 at 30, where the timer starts anew: cuts at 40, 50, .. 110, the last at 92. */
    DETERMINISTIC("S9", "makespan, wall timer and a failure", 115, 0, AT("[\"25 s\"]"),
                  "/job/work=95 s", "/checkpoint/timer=wall"),
    /* The last of 1,000 segments of 0.1 s ends with the work, to within the rounding of the clock:
     * 166 bases and 834 deltas. */
    DETERMINISTIC("S9", "makespan, wall timer and tenths", 124.98, 125, NO_FAILURES,
                  "/checkpoint/timer=wall", "/checkpoint/interval_from=end",
                  "/checkpoint/interval=0.1 s", "/checkpoint/cost=0.05 s",
                  "/checkpoint/content={\"kind\": \"delta\", \"base_every\": 6, "
                  "\"cost\": \"0.02 s\"}"),
    /* 10 s of work take 11.5 s: the last cut beside work is at 102, the work is done at 113.5. */
    DETERMINISTIC("S10", "makespan, asynchronous", 118, 0, NO_FAILURES, ASYNC),
    /* 13 s of work from cut to cut: seven of them, the last at 97; the work is done at 110.5. */
    DETERMINISTIC("S10", "makespan, asynchronous, from the commit", 115, 118, NO_FAILURES, ASYNC,
                  "/checkpoint/interval_from=end"),
    /* 8.5 s of work from cut to cut, eleven of them; the work is done at 116.5. */
    DETERMINISTIC("S10", "makespan, asynchronous, wall timer", 121, 118, NO_FAILURES, ASYNC,
                  "/checkpoint/timer=wall"),
    /* The first write ends at 14.5: a failure before loses all, one after goes back to the cut. */
    DETERMINISTIC("S10", "makespan, failure in the write", 135, 126.5, AT("[\"12 s\"]"), ASYNC),
    DETERMINISTIC("S10", "makespan, failure after the write", 126.5, 130, AT("[\"15 s\"]"), ASYNC),
    /* Cuts at 4, 10, 16 as each write ends, and 22; or at 4, 12 and 20; or, the work waiting for
     * the write, at 4, 10, 16, 22 and 28. */
    {
        .id = "S10",
        .base = scripted,
        .sets = {OVERRUN("queue")},
        .n = 1,
        .values =
            {
                {"makespan, overrun queued", EXACT, makespan_of, .expected = 28},
                {"checkpoints", EXACT, committed_of, .expected = 4},
            },
    },
    {
        .id = "S10",
        .base = scripted,
        .sets = {OVERRUN("skip")},
        .n = 1,
        .values =
            {
                {"makespan, overrun skipped", EXACT, makespan_of, .expected = 26},
                {"checkpoints", EXACT, committed_of, .expected = 3},
                {"checkpoints skipped", EXACT, skipped_of, .expected = 2},
            },
    },
    {
        .id = "S10",
        .base = scripted,
        .sets = {OVERRUN("block")},
        .n = 1,
        .values =
            {
                {"makespan, overrun blocks the work", EXACT, makespan_of, .expected = 34},
                {"checkpoints", EXACT, committed_of, .expected = 5},
            },
    },
    /* A spare takes over from node 0, which is back at 75, when the job lacks node 1 since 45. */
    {
        .id = "node",
        .base = scripted,
        .sets = {"/job/tasks=2", "/cluster={\"nodes\": 3}",
                 "/failures/0={\"strikes\": \"node\", \"repair\": \"50 s\", \"at\": ["
                 "{\"time\": \"25 s\", \"unit\": 0}, {\"time\": \"45 s\", \"unit\": 1}, "
                 "{\"time\": \"60 s\", \"unit\": 0}]}"},
        .n = 1,
        .values =
            {
                {"makespan, one spare and repairs of 50 s", EXACT, makespan_of, .expected = 154},
                {"failures of hosts", EXACT, failures_of, .expected = 2},
                {"failures of a node that is down", EXACT, ignored_of, .expected = 1},
            },
    },
    /* The node is lost again while it restores at 31; it is back at 36 for another restore. */
    DETERMINISTIC("node", "makespan, node lost in the recovery", 126, 121, ONE_NODE(1, "5 s"),
                  AT("[\"25 s\", \"31 s\"]"), "/recovery/on_failure=restore"),
    /* The spare is down from 5 to 65, though work is not exposed: it takes over then. */
    DETERMINISTIC("node", "makespan, spare lost beside work", 177, 125.5, ONE_NODE(2, "60 s"),
                  AT("[{\"time\": \"5 s\", \"unit\": 1}, \"10.5 s\"]"),
                  "/failures/0/exposure=[\"checkpoint\", \"recovery\"]"),
    /* Nodes 0 and 1, lost at 15 in this order, are back at 45 in the same: 1 is the next to host,
     * from 50 on, and is lost at 70. */
    DETERMINISTIC("node", "makespan, nodes back at the same time", 152, 143, ONE_NODE(3, "30 s"),
                  AT("[{\"time\": \"5 s\", \"unit\": 2}, {\"time\": \"15 s\", \"unit\": 0}, "
                     "{\"time\": \"15 s\", \"unit\": 1}, {\"time\": \"50 s\", \"unit\": 2}, "
                     "{\"time\": \"70 s\", \"unit\": 1}]")),
    /* From 28 on two deltas are read, of 2 s each, on top of nothing. */
    DETERMINISTIC("restore", "makespan, deltas alone take time", 120, 116, AT("[\"25 s\"]"),
                  "/recovery/restore=null", "/checkpoint/strategy=incremental",
                  "/checkpoint/content={\"base_every\": 4, \"cost\": \"1 s\", "
                  "\"restore\": \"2 s\"}"),
    /* Half of the first checkpoint, of 10 B, is written at 10.5, and nine more from 15.5 on. */
    {
        .id = "S5",
        .base = scripted,
        .sets = {AT("[\"10.5 s\"]"), "/checkpoint/usable_from=cut", "/job/state=10 B",
                 "/checkpoint/cost=null", "/checkpoint/device=disk",
                 "/storage={\"disk\": {\"stream_write\": \"10 B/s\", "
                 "\"stream_read\": \"5 B/s\"}}"},
        .n = 1,
        .values =
            {
                {"makespan, usable from cut, on a device", EXACT, makespan_of, .expected = 114.5},
                {"bytes written", EXACT, written_of, .expected = 95},
            },
    },
    {0},
};
