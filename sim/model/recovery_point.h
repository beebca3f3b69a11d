// SPDX-License-Identifier: GPL-3.0-or-later
/* What a batch job can go back to. */
#ifndef MODEL_RECOVERY_POINT_H
#define MODEL_RECOVERY_POINT_H

#include "model/checkpoint.h"

/* What can be restored: the state at the cut of the last usable checkpoint. */
struct recovery_line {
    double progress_s;
    double cut_s;
    struct chain chain;
    uint64_t number; /* of the checkpoint, in intervals from the start of the job */
};

#endif
