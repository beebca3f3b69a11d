// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/contact.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/detector.h"
#include "model/run.h"

static void contact_is_back(void *context, struct event *event);

static const struct event_type back = {"contact", contact_is_back};

void contact_init(struct run *run)
{
    const struct failure_params *failures = run->model->failures.items;
    run->contact = (struct contact){.unseen_s = (double)NAN};
    for (size_t i = 0; i < run->n_failures; i++)
        if (failure_is_cut(&failures[i]) && !run->contact.rngs)
            run->contact.rngs = mem_alloc(run->n_failures, sizeof *run->contact.rngs);
}

void contact_start(struct run *run)
{
    struct contact *contact = &run->contact;
    contact->n_healed = 0;
    contact->back = (struct event){0};
    for (size_t i = 0; contact->rngs && i < run->n_failures; i++)
        contact->rngs[i] = rng_stream(run->seed, run->replication, RNG_CONTACT, i);
}

void contact_release(struct run *run)
{
    free(run->contact.rngs);
}

void contact_begin(struct run *run, const struct failure_process *process, double repair_s)
{
    struct contact *contact = &run->contact;
    if (!failure_is_cut(process->params))
        return;
    const struct tagged *detector =
        recovery_detector(&run->model->recovery, process->params->strikes);
    double detected_s = detector_draw_s(detector, &contact->rngs[process->index]);
    contact->heals = repair_s < detected_s;
    contact->unseen_s = fmin(repair_s, detected_s);
}

void contact_end(struct run *run)
{
    run->contact.heals = false;
    run->contact.unseen_s = (double)NAN;
}

bool contact_is_lost(const struct run *run)
{
    return event_is_scheduled(&run->contact.back);
}

void contact_hold(struct run *run, double cut_s)
{
    struct contact *contact = &run->contact;
    double back_s = run->calendar.now_s + cut_s;
    if (contact_is_lost(run))
        back_s = fmax(back_s, contact->back_s);
    calendar_cancel(&run->calendar, &contact->back);
    contact->back_s = back_s;
    calendar_schedule(&run->calendar, &contact->back, &back, back_s, 0);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "cut_off", NULL, 0);
    segment_contact_changes(run);
}

static void contact_is_back(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "contact", NULL, 0);
    segment_contact_changes(run);
}
