// SPDX-License-Identifier: GPL-3.0-or-later
/* What trigger*.c share: rows of the table of triggers, and checks. */
#ifndef STRATEGY_TRIGGER_H
#define STRATEGY_TRIGGER_H

#include "strategy/strategy.h"

/* Triggers of stream jobs that look at what goes on, trigger_watch.c. */
extern const struct trigger_ops trigger_after_completion, trigger_adaptive, trigger_count,
    trigger_bytes, trigger_planned, trigger_any_of, trigger_each_batch;

/* What any_of may combine. */
extern const struct union_type trigger_part_union;

/* False, with an error, for a batch job. */
bool trigger_of_streams(const struct plan_facts *facts, const char *pointer, struct err *err);
/* The interval of the scenario; false, with an error, when it gives none. */
bool trigger_take_interval(const struct plan_facts *facts, const char *pointer, struct err *err,
                           double *interval_s);
/* False, with an error, when an interval is given to a trigger that finds it itself. */
bool trigger_find_interval(const struct plan_facts *facts, const char *pointer, struct err *err);

#endif
