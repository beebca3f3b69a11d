// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A random control plane: it does to a message plane all that strategies,
 * failures and recoveries may do, at times that fall inside messages or, in
 * ticks of 1/64 s, onto their very ends. It writes down what it is told and
 * what it asks for. What it does depends on its seed and on what it is told
 * only, so that two planes that are the same are done the same to.
 *
 * It keeps to what strategies keep to: a round starts at all tasks that no
 * pipelined channel leads to, rounds are given up before tasks fail, and tasks
 * that are connected by pipelined channels are rolled back together, each to
 * its last cut.
 */
#ifndef TESTS_MODEL_STREAM_SCRIPT_H
#define TESTS_MODEL_STREAM_SCRIPT_H

#include "plane.h"
#include "transcript.h"

struct script {
    uint64_t seed;
    size_t n_steps;
    bool disturbs;         /* false: it only looks, at random times */
    bool may_fail;         /* it kills and rolls back */
    bool alone;            /* and that one by one: positions are kept */
    bool one_round;        /* at a time */
    bool overtakes;        /* it lets rounds overtake, with one_round */
    bool overtake_blocked; /* as the plane's option */
};

/* Plays it from the start on. The plane's own identities are checked at each step. */
void script_play(const struct script *script, struct plane plane, const struct topology *topology,
                 uint64_t seed, struct transcript *transcript);

#endif
