// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Known answers: scenarios whose results follow from a closed form, or by hand,
 * and what they must give. The ids are those of the validation reference,
 * whose sections the tables are named after; S1 to S10 are its semantic switches.
 *
 * A statistic is accepted when it lies within what chance explains at a
 * two-sided level of 1e-4 (3.9 standard errors), so that half the width of
 * that interval, not a taste for round percentages, is the bias that the row
 * can see. `n` replications are chosen for that.
 */
#ifndef TESTS_MODEL_KNOWN_ANSWERS_H
#define TESTS_MODEL_KNOWN_ANSWERS_H

#include <stddef.h>

#include "model/metrics.h"
#include "model/model.h"

enum statistic {
    MEAN,           /* of the quantity over runs */
    SD,             /* of the quantity over runs */
    SHARE,          /* of the runs in which the quantity is at most `at` */
    ATOM,           /* of the runs in which the quantity is `at`, to 1e-9 */
    QUANTILE,       /* `at` of the quantity over runs */
    EVENT_QUANTILE, /* `at` of the events of `event` in one run; the mean over runs */
    RATIO,          /* mean of the quantity / mean of `over` */
    EXACT,          /* every run has this value, to 1e-9 */
    COMPUTED,       /* as EXACT, but to 1e-6: what a formula or a search planned */
};

/* What is measured in one run. */
typedef double quantity(const struct metrics *metrics, const struct model *model);

/* Sums over the events of the run where the metric is one of events. */
quantity makespan_of;      /* s */
quantity failures_of;      /* that hit the job */
quantity ignored_of;       /* failures that did not */
quantity struck_of;        /* both */
quantity working_of;       /* s at work, for the first time or again */
quantity first_work_of;    /* s at work for the first time, what is lost included */
quantity checkpointing_of; /* s stopped for checkpoints */
quantity recovering_of;    /* s in restart delay and restore */
quantity down_of;          /* s in detection and downtime */
quantity lost_of;          /* s of useful work that failures destroyed */
quantity useful_of;        /* s of useful work that was kept */
quantity availability_of;  /* share of the time that the job runs */
quantity committed_of;     /* checkpoints */
quantity skipped_of;       /* checkpoints */
quantity declined_of;      /* checkpoints */
quantity errors_found_of;  /* silent ones, or several at once */
quantity written_of;       /* bytes of checkpoints */
quantity duration_of;      /* s from cut to commit */
quantity stall_of;         /* s that a task waits for the slowest */
quantity alignment_of;     /* s from the first task that has written to the last */
quantity detection_of;     /* s from failure to detection */
quantity interval_of;      /* s between checkpoints, as planned before the run */

enum { MAX_SETS = 10, MAX_VALUES = 10, MAX_WRONG = 3 };

struct known_value {
    const char *what; /* as the reference calls it; NULL ends the list */
    enum statistic statistic;
    quantity *of;
    double expected;
    quantity *over; /* of a RATIO */
    double at;      /* of SHARE, ATOM, QUANTILE, EVENT_QUANTILE */
    enum metric event;
    double sd; /* of one run, in a MEAN; 0: taken from the sample */
    /* What other semantics would give, 0 ends the list: the interval must be too narrow for it. */
    double wrong[MAX_WRONG];
};

struct known_answer {
    const char *id;             /* NULL ends the table */
    const char *base;           /* text of a scenario */
    const char *sets[MAX_SETS]; /* "/pointer=value" over it */
    size_t n;                   /* replications; 1: nothing random in it */
    struct known_value values[MAX_VALUES];
};

/* Scenarios to start from. */
extern const char textbook[];    /* exponential failures of the job; periodic checkpoints */
extern const char scripted[];    /* W = 100, T = 10, C = 1, R = 2, D = 3, and failures `at` */
extern const char incremental[]; /* as textbook, with deltas of 6 s, restored in 12 s each */
extern const char barrier[];     /* one checkpoint of several tasks; no failures */
extern const char horizon[];     /* counts failures during `work` that do no harm */
extern const char first[];       /* works until the first failure and stays down after it */

extern const struct known_answer known_batch[];           /* A */
extern const struct known_answer known_intervals[];       /* A20 to A26 */
extern const struct known_answer known_traces[];          /* A50 to A59, and S1 to S10 by hand */
extern const struct known_answer known_renewal[];         /* B */
extern const struct known_answer known_incremental[];     /* C */
extern const struct known_answer known_state[];           /* C10 to C20 */
extern const struct known_answer known_barriers[];        /* E */
extern const struct known_answer known_failures[];        /* I */
extern const struct known_answer known_detection[];       /* C2 of the engines */
extern const struct known_answer known_levels[];          /* D, K20 to K23 */
extern const struct known_answer known_published[];       /* K */
extern const struct known_answer known_streams[];         /* F */
extern const struct known_answer known_utilisation[];     /* G */
extern const struct known_answer known_guarantees[];      /* F60, H10 to H12 */
extern const struct known_answer known_stream_barriers[]; /* E20 to E25 */
extern const struct known_answer known_alignment[];       /* E26, C3, C4 */
extern const struct known_answer known_recoveries[];      /* F40 to F42, C3, C5 */

#endif
