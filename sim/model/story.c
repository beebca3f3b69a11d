// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>

#include "core/memory.h"
#include "model/element_metrics.h"

void story_add_sample(struct story *story, double time_s, const double values[N_SERIES])
{
    if (story->n_samples == STORY_MOST_SAMPLES) {
        story->n_left_out++;
        return;
    }
    size_t n = story->n_samples++;
    if (n == story->samples_capacity) {
        story->samples_capacity = n ? 2 * n : 64;
        story->times_s = mem_resize(story->times_s, story->samples_capacity, sizeof(double));
        for (int s = 0; s < N_SERIES; s++)
            story->series[s] =
                mem_resize(story->series[s], story->samples_capacity, sizeof(double));
    }
    story->times_s[n] = time_s;
    for (int s = 0; s < N_SERIES; s++)
        story->series[s][n] = values[s];
}

void story_add_recovery(struct story *story, const struct story_recovery *recovery)
{
    if (story->n_recoveries == STORY_MOST) {
        story->n_left_out++;
        return;
    }
    story->recoveries = mem_grow(story->recoveries, story->n_recoveries,
                                 &story->recoveries_capacity, sizeof *story->recoveries);
    story->recoveries[story->n_recoveries++] = *recovery;
}

void story_add_span(struct story *story, const struct story_span *span)
{
    if (story->n_spans == STORY_MOST) {
        story->n_left_out++;
        return;
    }
    story->spans =
        mem_grow(story->spans, story->n_spans, &story->spans_capacity, sizeof *story->spans);
    story->spans[story->n_spans++] = *span;
}

void story_clear(struct story *story)
{
    story->n_samples = story->n_recoveries = story->n_spans = 0;
    story->n_left_out = 0;
}

void story_release(struct story *story)
{
    free(story->times_s);
    for (int s = 0; s < N_SERIES; s++)
        free(story->series[s]);
    free(story->recoveries);
    free(story->spans);
    *story = (struct story){0};
}
