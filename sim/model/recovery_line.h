// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Recovery lines of tasks that checkpoint on their own: which checkpoints,
 * one per task, make a state that the job could have been in.
 *
 * A line is consistent when no message is an orphan: on every channel the
 * receiver's cut has received no more than the sender's cut has sent. Of all
 * consistent lines there is one that is the latest for every task at once, the
 * maximal line (Elnozahy, Alvisi, Wang, Johnson: A survey of rollback-recovery
 * protocols, ACM Computing Surveys 34(3), 2002, section 3.1). Messages that
 * were sent before the line and not received before it are in transit: whoever
 * does not log them loses them.
 *
 * Counts are those of the present time line: of messages on a channel since the
 * start, less what roll-backs have undone, so that they never decrease from one
 * cut of a task to its next. What a roll-back loses for good keeps its numbers,
 * as if it had been received.
 *
 * The line only moves forward between roll-backs. It moves only when a new cut
 * is part of the new line, and a search upwards from there mostly ends at the
 * first sender that has no cut late enough; what lies before the line is
 * forgotten. A search downwards (rollback propagation, the domino effect) is
 * needed only when it does move.
 *
 * Use:
 *   a cut of the task is durable    recovery_line_add(); true: the line has moved, and all cuts
 *                                   before recovery_line_first() of each task may be deleted
 *   some tasks must go back         recovery_line_find() says to which cuts, or the line itself;
 *                                   recovery_line_roll_back() when they have
 * Cuts must be added in the order in which a task took them; one that was taken and never became
 * durable is simply not added.
 */
#ifndef MODEL_RECOVERY_LINE_H
#define MODEL_RECOVERY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_channel {
    uint32_t from, to; /* tasks */
};

struct recovery_line;

/* Of n tasks and their channels, which are copied. Every task has cut 0, the start: all counts 0.
 */
struct recovery_line *recovery_line_new(size_t n_tasks, const struct line_channel *channels,
                                        size_t n_channels);
void recovery_line_free(struct recovery_line *line);
/* Back to the start. */
void recovery_line_clear(struct recovery_line *line);

/*
 * A cut of the task, numbered one higher than its last. `counts`: what it had sent on each channel
 * out of it, then what it had received on each channel into it, both in the order of the channels.
 * True when the line has moved, which then goes through this cut.
 */
bool recovery_line_add(struct recovery_line *line, uint32_t task, const uint64_t *counts);

/* Numbers of the task's cuts: on the line, which is the first that is kept; and the latest. */
uint64_t recovery_line_first(const struct recovery_line *line, uint32_t task);
uint64_t recovery_line_latest(const struct recovery_line *line, uint32_t task);

/* In place of a number: the task goes on from where it is. */
#define LINE_PRESENT UINT64_MAX

/*
 * The maximal line when some tasks survive: present[task] are the counts of where a task is now,
 * which it may keep, or NULL, when it must go back to a cut. Fills cuts[task]: a number, or
 * LINE_PRESENT. It is never before the line.
 */
void recovery_line_find(struct recovery_line *line, const uint64_t *const *present, uint64_t *cuts);
/*
 * The tasks have gone back to these cuts (NULL: to the line), as recovery_line_find() gives them:
 * later ones of theirs are no more, and will never be used.
 */
void recovery_line_roll_back(struct recovery_line *line, const uint64_t *cuts);
/*
 * All tasks have gone back to the line, and what was in transit there is lost for good: the
 * receivers' cuts on the line count it as received, so that later messages keep their numbers.
 */
void recovery_line_lose_transit(struct recovery_line *line);

/* Messages of the channel that the sender's cut has not sent but the receiver's has received. */
uint64_t recovery_line_orphans(const struct recovery_line *line, size_t channel, uint64_t from_cut,
                               uint64_t to_cut);
/* Those that the sender's cut has sent and the receiver's has not received. */
uint64_t recovery_line_in_transit(const struct recovery_line *line, size_t channel,
                                  uint64_t from_cut, uint64_t to_cut);
/* Cuts so far that the line has passed over, or that a roll-back did: never part of any line. */
uint64_t recovery_line_useless(const struct recovery_line *line);

#endif
