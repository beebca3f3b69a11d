// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A stream job at work: what lies between the control plane (failures,
 * recoveries, checkpoint rounds) and the message plane. Part of struct run
 * (model/run.h); NULL there for batch jobs.
 *
 * It turns failures of units into failures of tasks, knows which tasks a
 * recovery restarts, keeps each task in exactly one activity, samples time
 * series, and fills in the metrics of streams.
 *
 * Between two events of the calendar messages flow: streaming_advance() brings
 * the plane up to the next event, or to the first thing that a checkpoint round
 * waits for. What completes at the instant of an event comes before it; a
 * failure under ties: failure_first comes before what completes then.
 */
#ifndef MODEL_STREAMING_H
#define MODEL_STREAMING_H

#include <stdbool.h>
#include <stdint.h>

struct failure_process;
struct run;
struct streaming;

/* Once per run structure, of a stream job: the plane, its recoveries and rounds. */
void streaming_init(struct run *run);
void streaming_release(struct run *run);
/* At the start of each replication. */
void streaming_start(struct run *run);
/*
 * Lets messages flow up to the next control event. True when the plane came to something before it,
 * which has been dealt with: the calendar may have changed.
 */
bool streaming_advance(struct run *run);
/* A unit of a failure process fails. Whether that hit the job. */
bool streaming_unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                          double repair_s);
/* A healthy unit, of an enum strikes, is declared failed: what restarts with it stops and starts
 * again. Whether any of it ran. */
bool streaming_false_alarm(struct run *run, int struck, uint64_t unit);
/* The coordinator, which blocks more than launches, has gone down or is up again. */
void streaming_coordinator_changes(struct run *run);
/* The job has failed: all that restarts stays down. */
void streaming_give_up(struct run *run);
/* The end of the run: identities, metrics. */
void streaming_end(struct run *run);

#endif
