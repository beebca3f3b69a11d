// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Outputs of transactional sinks: written, but not visible yet.
 *
 * A cut of the sink closes its transaction; what it writes from then on belongs to the next. The
 * commit of a checkpoint makes visible what lies before its cut, in this sink; a roll-back does so
 * too (a transaction that was closed by a complete checkpoint survives the sink), and throws away
 * what lies behind. What was thrown away is remembered by identity until the sink writes it again,
 * so that an output is a duplicate if, and only if, the sink has written it before and not thrown
 * it away. (Two-phase commit: Carbone et al. 2017; KIP-98.)
 */
#ifndef MODEL_STREAM_OUTPUT_H
#define MODEL_STREAM_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/id_set.h"

struct message;
struct stream;
struct task_cut;

/* Bits 62 and 63 say more than what it is, see stream_output.c. */
struct held_output {
    double origin_s, departure_s;
    uint64_t id;
};

/* Of one sink, a ring by number of the output. Zeroed memory holds none. */
struct held_outputs {
    struct held_output *slots; /* owned */
    uint64_t first;            /* oldest that is not visible */
    uint64_t end;              /* next to be written */
    uint64_t mask;
    bool opens;       /* the next one is the first of its transaction */
    uint64_t n_again; /* written although written before, and not thrown away */
    struct id_set thrown_away;
};

void held_outputs_release(struct held_outputs *held);
void held_outputs_clear(struct held_outputs *held);

/* The sink has written the output of a message. */
void output_hold(struct stream *stream, uint32_t rank, const struct message *message,
                 double time_s);
/* The sink is cut: its transaction ends here. The number of its next output. */
uint64_t output_close(struct stream *stream, uint32_t rank);
/* The sink goes back to its cut, now. */
void output_roll_back(struct stream *stream, uint32_t rank, const struct task_cut *cut);

#endif
