// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/text.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/escape.h"
#include "report/quantity.h"
#include "report/text_parts.h"
#include "scenario/json.h"

/* ---- what was simulated ---- */

static bool varies(const struct sweep *sweep, const char *pointer)
{
    for (size_t i = 0; i < sweep->n_keys; i++)
        if (strcmp(sweep->keys[i].pointer, pointer) == 0)
            return true;
    return false;
}

/* Triggers that look at the job, in words: they have no interval to tell. */
static const struct {
    const char *kind, *words;
} by_looks[] = {
    {"count", ": checkpoints by messages processed"},
    {"bytes", ": checkpoints by bytes processed"},
    {"planned", ": checkpoints at planned times"},
    {"any_of", ": checkpoints by whichever of several triggers comes first"},
    {"each_batch", ": a checkpoint after each batch, which begins when the last has ended"},
};

static bool add_look(struct buffer *out, const char *trigger)
{
    for (size_t i = 0; trigger && i < MEM_COUNT(by_looks); i++)
        if (strcmp(by_looks[i].kind, trigger) == 0) {
            buffer_add(out, by_looks[i].words);
            return true;
        }
    return false;
}

/* The interval between checkpoints, and where it comes from: the scenario, or a formula. */
static void add_interval(struct buffer *out, const struct results *results, const cJSON *checkpoint)
{
    const struct point *point = &results->points[0];
    const struct reference *planned = point_reference(point, "planned");
    const char *trigger = json_member_text(checkpoint, "trigger"); /* the short form */
    if (!trigger)
        trigger = json_member_text(json_member(checkpoint, "trigger"), "kind");
    char interval[QUANTITY_TEXT];
    if (add_look(out, trigger))
        return;
    if (!planned) {
        bool is_any_taken = point->estimates[M_CHECKPOINTS_COMMITTED].max > 0;
        buffer_add(out, is_any_taken ? ": no checkpoint but the last" : ": no checkpoints");
        return;
    }
    buffer_addf(out, ": a checkpoint every %s",
                quantity_value(planned->value, DIMENSION_TIME, 4, interval));
    if (json_member(checkpoint, "interval")) {
        bool adapts = trigger && strcmp(trigger, "adaptive") == 0;
        buffer_add(out, adapts ? " at first, as the scenario says" : ", as the scenario says");
    } else if (trigger) {
        const struct reference *formula = point_reference(point, trigger);
        buffer_add(out, ", found by trigger: ");
        escape_terminal(out, trigger);
        if (formula) {
            buffer_add(out, " (");
            escape_terminal(out, formula->source);
            buffer_add(out, ")");
        }
    }
}

void text_add_head(struct buffer *out, const struct sweep *sweep)
{
    cJSON *scenario = cJSON_Parse(sweep->results->scenario);
    const cJSON *checkpoint = json_member(scenario, "checkpoint");
    const char *description = json_member_text(scenario, "description");
    const char *strategy = json_member_text(checkpoint, "strategy");
    if (description) {
        escape_terminal(out, description);
        buffer_add(out, "\n");
    }
    if (varies(sweep, "/checkpoint/strategy")) {
        buffer_add(out, "the strategy is swept\n");
    } else if (strategy) {
        escape_terminal(out, strategy);
        if (varies(sweep, "/checkpoint/interval"))
            buffer_add(out, ": the interval is swept");
        else if (sweep->n_keys == 0)
            add_interval(out, sweep->results, checkpoint);
        buffer_add(out, "\n");
    }
    buffer_add(out, "\n");
    cJSON_Delete(scenario);
}

/* ---- metrics ---- */

void text_add_name(struct buffer *out, const char *name)
{
    static const char *const units[] = {"_per_s", "_s"};
    size_t length = strlen(name);
    for (size_t i = 0; i < MEM_COUNT(units); i++) {
        size_t unit = strlen(units[i]);
        if (length > unit && strcmp(name + length - unit, units[i]) == 0) {
            length -= unit;
            break;
        }
    }
    size_t start = out->n;
    buffer_add_bytes(out, name, length);
    for (size_t i = start; i < out->n; i++)
        if (out->data[i] == '_')
            out->data[i] = ' ';
}

void text_add_metric_name(struct buffer *out, enum metric metric)
{
    text_add_name(out, metric_rows[metric].name);
}

void text_add_percent(struct buffer *out, const char *before, double percent)
{
    buffer_addf(out, fabs(percent) < 99.5 ? "%s%+.2g %%" : "%s%+.0f %%", before, percent);
}

void text_add_verdict(struct buffer *out, const struct estimate *estimate, double predicted)
{
    const double rounding = 1e-9; /* where nothing is random only rounding may differ */
    double difference = estimate->mean - predicted;
    if (estimate->half_width > 0 && fabs(difference) <= estimate->half_width) {
        buffer_add(out, "inside the 95 % interval");
        return;
    }
    if (fabs(difference) <= rounding * fabs(predicted)) {
        buffer_add(out, "equal");
        return;
    }
    buffer_add(out, estimate->half_width > 0 ? "outside the 95 % interval" : "not equal");
    if (fabs(predicted) > 0)
        text_add_percent(out, ": simulated ", 100 * difference / predicted);
}

/* Whether an earlier prediction has the same source; how many have it in all. */
static bool is_first_of_source(const struct point *point, size_t index, size_t *n)
{
    bool is_first = true;
    *n = 0;
    for (size_t i = 0; i < point->n_predictions; i++) {
        bool same = strcmp(point->predictions[i].source, point->predictions[index].source) == 0;
        *n += same;
        is_first = is_first && !(same && i < index);
    }
    return is_first;
}

void text_add_sources(struct buffer *out, const struct point *point)
{
    for (size_t i = 0; i < point->n_predictions; i++) {
        size_t n = 0;
        const char *source = point->predictions[i].source;
        if (!is_first_of_source(point, i, &n))
            continue;
        buffer_add(out, "  predicted by: ");
        escape_terminal(out, source);
        for (size_t j = i; n < point->n_predictions && j < point->n_predictions; j++) {
            if (strcmp(point->predictions[j].source, source) != 0)
                continue;
            buffer_add(out, j > i ? ", " : " (");
            text_add_metric_name(out, metric_find(point->predictions[j].metric));
        }
        buffer_add(out, n < point->n_predictions ? ")\n" : "\n");
    }
}

/* ---- how far to trust it ---- */

/* How many replications would make the estimate as good as people usually want it. */
static void add_advice(struct buffer *out, const struct point *point, enum metric metric)
{
    const struct estimate *estimate = &point->estimates[metric];
    if (point->replications < 2) {
        buffer_add(out, "note: one replication gives no interval; use --replications 30 if "
                        "anything is random\n");
        return;
    }
    double mean = fabs(estimate->mean);
    double known = mean > 0 ? estimate->half_width / mean : (double)INFINITY;
    double wanted = known > 0.1 ? 0.1 : 0.01;
    if (metric_rows[metric].kind != METRIC_PER_RUN || !(known > wanted) || !isfinite(known))
        return;
    buffer_add(out, "note: ");
    text_add_metric_name(out, metric);
    buffer_addf(out, known < 1 ? " is known to %.2g %%" : " is known to %.0f %%", 100 * known);
    buffer_addf(out, "; for %g %% use --replications %" PRIu64 "\n", 100 * wanted,
                stats_replications_for(estimate->sd, wanted * fabs(estimate->mean)));
}

/* Each warning once, though many points may carry it. */
static void add_warnings(struct buffer *out, const struct results *results)
{
    struct buffer seen = {0};
    buffer_add(&seen, "\n");
    for (size_t i = 0; i < results->n_points; i++)
        for (size_t j = 0; j < results->points[i].n_warnings; j++) {
            struct buffer line = {0};
            buffer_add(&line, "\nwarning: ");
            escape_terminal(&line, results->points[i].warnings[j]);
            buffer_add(&line, "\n");
            if (!strstr(seen.data, line.data)) {
                buffer_add(out, line.data + 1);
                buffer_add(&seen, line.data + 1);
            }
            buffer_release(&line);
        }
    buffer_release(&seen);
}

void text_add_foot(struct buffer *out, const struct sweep *sweep, enum metric metric, size_t point)
{
    const struct results *results = sweep->results;
    buffer_addf(
        out, "\n± is half of a 95 %% interval; %" PRIu64 " replication%s%s, seed %" PRIu64 "\n",
        results->points[point].replications, results->points[point].replications == 1 ? "" : "s",
        results->n_points > 1 ? " of each point" : "", results->seed);
    if (results->points[point].elements[ELEMENT_OPERATOR].n > 0)
        buffer_addf(out, "quantiles of times are over events, right to %.2g %%\n",
                    100 * event_histograms_error());
    add_advice(out, &results->points[point], metric);
    add_warnings(out, results);
}

void text_write(const struct results *results, enum metric metric, struct buffer *out)
{
    struct sweep sweep;
    sweep_init(&sweep, results);
    text_add_head(out, &sweep);
    if (results->n_points == 1)
        text_add_run(out, &sweep);
    else
        text_add_sweep(out, &sweep, metric);
    sweep_release(&sweep);
}
