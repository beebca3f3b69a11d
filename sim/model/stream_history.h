// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the message plane remembers of pipelined channels where each task cuts
 * on its own (stream_options: counts_channels, logs_messages, has_indexes).
 *
 * Counts. Messages of a channel are numbered in the order in which they were
 * sent, on the present time line: a roll-back of the sender takes the number
 * back to that of its cut. A cut knows how many its task had sent on each
 * channel and received (started) from each, which is what recovery lines are
 * made of (model/recovery_line.h). Messages that were sent before the sender's
 * cut and not received before the receiver's are in transit; unless they are
 * logged, a roll-back loses them (task_counts.missed).
 *
 * Sender logs (Johnson and Zwaenepoel 1987; Elnozahy et al. 2002, section 4.1;
 * CheckMate, ICDE 2024). A sender keeps what it sent on a channel until the
 * recovery line of the receiver has passed it, in stable storage at no cost of
 * time. A receiver that goes back gets again, at once and in the order of
 * sending, what it had not received at its cut. A sender that goes back sends
 * its messages since the cut again; those that the receiver still has are owed:
 * they are not sent when they come, which is known by identity, so that cuts
 * need not fit each other and every message still has its effect once. This
 * assumes piecewise determinism: what a message makes a task send depends on
 * the message alone, as routes, sizes and copies do here. The order in which a
 * task takes the messages of different channels may differ from before.
 *
 * Indexes (Briatico, Ciuffoletti and Simoncini 1984). Every task has an index,
 * which its own cuts increment, and which its messages carry. Before it starts
 * a message with a higher index than its own it must cut, with that index
 * (NOTICE_FORCE). The first cuts of all tasks with an index of at least k then
 * make a consistent line. No message grows for that: a channel lists from
 * which message on the index is which.
 *
 * What the control plane calls when:
 *   a task stands and cuts      stream_set_index(), if has_indexes: the next index of its own, or
 *                               that of the notice, whichever is higher; then stream_cut(); then
 *                               stream_release()
 *   NOTICE_FORCE                the same, though no checkpoint of the task was due; releasing it
 *                               without a cut brings the notice again
 *   a task's recovery line      stream_forget_before(): what lies before is never asked for
 *   moves (durable cuts only)   again
 *   failure, restart            stream_kill(), stream_roll_back(), to the line with all tasks at
 *                               once; only with logs and without indexes may some go back alone,
 *                               each to its last durable cut
 * Cuts are at message boundaries (no cut_at: preempt), and logged channels block when full.
 */
#ifndef MODEL_STREAM_HISTORY_H
#define MODEL_STREAM_HISTORY_H

#include "model/stream_queue.h"
#include "model/stream_state.h"

struct sender_log {
    struct message_log log; /* by number of the channel's messages; ids without ID_REPLAYED */
    struct id_set owed;     /* in the log, and not sent again yet since the sender went back */
};

/* From message number `from` on the index is `index`. */
struct index_step {
    uint64_t from, index;
};

struct channel_history {
    uint32_t received_at;              /* constant: among the receiver's channels */
    uint64_t sent_base, received_base; /* subtracted from the channel's sent and started */
    uint64_t missed_up_to;             /* messages before that number will never come again */
    uint64_t sent_line, received_line; /* at the recovery lines of sender and receiver */
    struct index_step *steps;          /* owned: ascending; the first covers received_line */
    size_t n_steps, room;
};

void histories_make(struct stream *stream);
void histories_free(struct stream *stream);
void histories_start(struct stream *stream);

/* ---- a message ---- */

/* Whether the output is not sent, since the receiver or its log has it from before a roll-back. */
static inline bool history_suppresses(struct sender_log *kept, const struct message *output)
{
    return !id_set_is_empty(&kept->owed) && id_set_remove(&kept->owed, output->id & ~ID_REPLAYED);
}

/* The task has sent the output on a channel that is logged. */
void history_keep(struct stream *stream, uint32_t rank, const struct message *output);
/* Whether the task has to cut before it starts the message, which is the next it would take. */
bool history_forces(const struct stream *stream, uint32_t rank, const struct message *message);
/* The next message of the task forces a cut: it stops at its boundary. */
void history_force(struct stream *stream, uint32_t rank);

/* ---- cuts, see the verbs in stream.h ---- */

void histories_cut(const struct stream *stream, uint32_t rank, struct task_cut *cut);
void histories_forget_before(struct stream *stream, uint32_t rank, const struct task_cut *cut);
void histories_roll_back(struct stream *stream, const uint32_t *tasks, size_t n,
                         const struct task_cut *const *cuts);

#endif
