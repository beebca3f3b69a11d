// SPDX-License-Identifier: GPL-3.0-or-later
/* Parameters of the detectors, between detector.c and detector_fields.c. */
#ifndef MODEL_DETECTOR_KINDS_H
#define MODEL_DETECTOR_KINDS_H

#include "core/dist.h"
#include "core/field.h"

struct delay_params {
    struct dist delay;
};

/* Signs of life that re-arm a timer: heartbeats, or reports of progress. */
struct timeout_params {
    double interval_s; /* between two of them */
    double timeout_s;  /* silence after which a unit is declared lost */
    double network_s;  /* one-way delay of a heartbeat */
    double poll_s;     /* period of the sweep that looks at the timers; 0: none */
};

struct exit_notice_params {
    double period_s;
    uint64_t polls;
};

struct pings_params {
    double period_s;
    uint64_t missed;
};

extern const struct field delay_fields[], timeout_fields[], exit_notice_fields[],
    missed_pings_fields[], rpc_failures_fields[], progress_timeout_fields[];

#endif
