// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failure traces: files that say when which node failed, read as they are
 * published, into one sorted list of events.
 *
 * Formats are rows of fault_log_union (tag "format"):
 *   events       delimiter-separated text with selectable columns (LANL's
 *                table, PNNL's, disk logs, GPU logs)
 *   fta          event_trace.tab of the Failure Trace Archive
 *   words        plain "time node word" lines
 *   fault_pairs  JSON array of {node_id, event_time, event_type: fault_start | fault_end}
 *   add_remove, instance_counts, instance_lines
 *                capacity that comes and goes: see below
 *   task_segments  runs of tasks, each but a task's last ended by an interruption
 * A log of capacity, of spot instances say, tells how many there are. Its nodes
 * are places for instances; a place that loses its instance has an event, whose
 * duration is the time until another instance takes it. The log begins with
 * the recording, and events of places that are empty then come first, at 0.
 *
 * An outage of a node that is down already is an event of its own: what it
 * means is for the simulation to say.
 *
 * "-" as the file reads standard input, so that compressed files come through
 * a pipe (xz -dc trace.csv.xz | ckptsim run scenario.json ...).
 *
 * Unusable lines (no date, not a number, end before start) are counted and
 * reported as a warning with the first place; a file without one usable event
 * is an error.
 */
#ifndef MODEL_FAULT_LOG_H
#define MODEL_FAULT_LOG_H

#include "core/dist.h"
#include "core/field.h"
#include "core/rng.h"

struct fault_event {
    double time_s;     /* since the first event of the file */
    double duration_s; /* outage recorded in the file; NaN where it has none */
    uint32_t node;     /* index into names, in order of first appearance in the file */
};

/* What prepare() leaves in the parameters of every format; it is their first member. */
struct fault_log {
    const char *file;           /* FIELD_PATH, required */
    struct fault_event *events; /* sorted by time; equal times in file order */
    size_t n_events;
    const char **names; /* of the nodes */
    size_t n_nodes;
    double span_s; /* from the first event to the last; of capacity: that was recorded */
    bool is_capacity;
    size_t n_absent;   /* of the events: places that are empty when the recording begins */
    size_t n_unusable; /* records left out */
    size_t n_equal;    /* gaps of zero length */
};

extern const struct union_type fault_log_union;

static inline const struct fault_log *fault_log_of(const struct tagged *trace)
{
    return trace->params;
}

/*
 * Mean gap between events, span / (n - 1), in seconds; NaN for fewer than two events. Of capacity:
 * span / number of losses.
 */
double fault_log_mtbf_s(const struct fault_log *log);
/* Time after which the log starts anew when it is repeated. */
double fault_log_period_s(const struct fault_log *log);

/* What to do with events that are (nearly) simultaneous. */
extern const struct union_type equal_times_union; /* by "rule": keep, coalesce, jitter */

/* Whether it leaves every event as it is. */
bool equal_times_keep(const struct tagged *rule);

/*
 * A copy of `events` under the rule, in `out` (room for n); returns how many.
 * keep: unchanged. coalesce: an event within `within` of the first event of
 * its group (any node) joins the group, whose first event stays. jitter: each
 * event moves later by a uniform share of `spread`, drawn from `rng`, then all
 * are sorted again.
 */
size_t fault_log_apply(const struct tagged *rule, const struct fault_event *events, size_t n,
                       struct fault_event *out, struct rng *rng);

#endif
