// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The life cycle of a checkpoint of a stream job, as two tables: of a round,
 * which is the checkpoint of all tasks of a group, and of each task's part in
 * it. Nothing else changes their states. What happens in a transition is in
 * rounds.c and rounds_task.c.
 */
#include <assert.h>

#include "model/rounds_state.h"

struct part_transition {
    bool allowed;
    enum part_state to;
    void (*act)(struct part *part); /* in the new state */
};

static const struct part_transition part_transitions[N_PART_STATES][N_PART_EVENTS] =
    {
        [PART_IDLE] =
            {
                [PART_IS_CALLED] = {true, PART_CALLED, part_call},
            },
        [PART_CALLED] =
            {
                [PART_IS_REACHED] = {true, PART_ASKED, part_ask},
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
        [PART_ASKED] =
            {
                [PART_STANDS] = {true, PART_CUT, part_cut},
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
        [PART_CUT] =
            {
                [PART_MAY_STOP] = {true, PART_STOPPED, part_stop},
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
        [PART_STOPPED] =
            {
                [PART_WRITE_FAILS] = {true, PART_STOPPED, part_retry},
                [PART_WRITES_AGAIN] = {true, PART_STOPPED, part_stop},
                [PART_STOP_ENDS] = {true, PART_FINISHED, part_finish},
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
        [PART_FINISHED] =
            {
                [PART_MAY_WRITE] = {true, PART_WRITING, part_write},
                [PART_IS_DURABLE] = {true, PART_ACKED, part_ack},
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
        [PART_WRITING] =
            {
                [PART_WRITE_FAILS] = {true, PART_RETRYING, part_retry},
                [PART_IS_DURABLE] = {true, PART_ACKED, part_ack},
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
        [PART_RETRYING] =
            {
                [PART_WRITES_AGAIN] = {true, PART_WRITING, part_write},
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
        [PART_ACKED] =
            {
                [PART_IS_DROPPED] = {true, PART_IDLE, part_drop},
            },
};

void part_happens(struct part *part, enum part_event event)
{
    const struct part_transition *transition = &part_transitions[part->state][event];
    assert(transition->allowed);
    part->state = transition->to;
    transition->act(part);
}

struct round_transition {
    bool allowed;
    enum round_state to;
    void (*act)(struct round *round, enum round_event event);
};

static const struct round_transition round_transitions[N_ROUND_STATES][N_ROUND_EVENTS] = {
    [ROUND_FREE] =
        {
            [ROUND_IS_TRIGGERED] = {true, ROUND_PENDING, round_begin},
        },
    [ROUND_PENDING] =
        {
            [ROUND_IS_ACKED] = {true, ROUND_FREE, round_commit},
            [ROUND_IS_ABORTED] = {true, ROUND_FREE, round_give_up},
            [ROUND_EXPIRES] = {true, ROUND_FREE, round_give_up},
            [ROUND_IS_DECLINED] = {true, ROUND_FREE, round_give_up},
            [ROUND_IS_SUBSUMED] = {true, ROUND_FREE, round_give_up},
        },
};

void round_happens(struct round *round, enum round_event event)
{
    const struct round_transition *transition = &round_transitions[round->state][event];
    assert(transition->allowed);
    round->state = transition->to;
    transition->act(round, event);
}
