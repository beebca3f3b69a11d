// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A failure of a stream job at every instant that matters: just before, at and just after every
 * control event under both rules for ties, at random instants, and a second one at the events of
 * the run with the first.
 *
 * The arrivals end, and the run goes on until all is done. So whatever fails when, in the end every
 * message must have been processed and put out by identity: as many distinct outputs as without
 * failures, none lost, every recovery caught up, and all identities of the run hold. Transactional
 * sinks put none out twice; under at_most_once nothing is done twice, and what is not put out is
 * counted as lost.
 */
#ifndef TESTS_MODEL_STREAM_KILLS_H
#define TESTS_MODEL_STREAM_KILLS_H

#include <stddef.h>

enum { KILL_SETS = 14 };

/* What can fail in a run without failures lies before it: arrivals end after 6 s. */
#define KILL_BUSY_S 12.0

/* Skewed partitions and keys, channels so small that senders block, a slow operator. */
#define KILL_JOB(channel)                                                                          \
    "\"job\": {\"containers\": 2, \"operators\": ["                                                \
    "{\"name\": \"lines\", \"tasks\": 2, \"service\": {\"dist\": \"exponential\", "                \
    "\"mean\": \"9 ms\"}, \"state\": \"30 MB\","                                                   \
    " \"source\": {\"partitions\": 3, \"message\": \"100 B\", \"skew\": {\"weights\": [5, 2, 1]}," \
    "  \"arrivals\": {\"process\": \"piecewise\", \"spacing\": \"even\", \"points\": ["            \
    "   {\"at\": \"0 s\", \"rate\": \"40/s\"}, {\"at\": \"6 s\", \"rate\": \"0/s\"}]}}},"          \
    "{\"name\": \"count\", \"tasks\": 3, \"service\": \"57 ms\", \"selectivity\": 1.5,"            \
    " \"state\": \"90 MB\", \"inputs\": [{\"from\": \"lines\", \"by\": \"hash\", "                 \
    "  \"skew\": {\"zipf\": 0.9, \"keys\": 40}, \"latency\": \"3 ms\", " channel "}]},"            \
    "{\"name\": \"out\", \"tasks\": 2, \"service\": \"21 ms\", "                                   \
    " \"inputs\": [{\"from\": \"count\", " channel "}]}]},"

struct kill_setting {
    const char *name;
    const char *graph; /* a scenario with two scripted failures under /failures/0/at */
    const char *sets[KILL_SETS];
};

/*
 * Runs the setting under that rule for ties ("completion_first" or "failure_first") with failures
 * everywhere, the second ones before recovered_s, when recoveries from the first are over. One of
 * `effort` instants is taken.
 */
void kill_everywhere(const struct kill_setting *setting, const char *ties, double recovered_s,
                     size_t effort);

#endif
