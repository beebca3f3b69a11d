// SPDX-License-Identifier: GPL-3.0-or-later
/* plot: draws what a results file holds. */
#include <math.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/names.h"
#include "report/plot.h"
#include "report/result_json.h"

static const char *plot_name_at(size_t i)
{
    return plots[i].name;
}

struct plan {
    const struct plot *plot; /* NULL: what suits the results */
    struct plot_wish wish;
};

static bool read_time(const char *option, const char *text, double *time_s, struct err *err)
{
    const char *why = NULL;
    return !text || units_read(text, DIMENSION_TIME, time_s, &why) ||
           err_add(err, NULL, "%s: '%s': %s", option, text, why);
}

static bool make_plan(struct plan *plan, const struct options *options, struct err *err)
{
    *plan =
        (struct plan){.wish = {.metric = N_METRICS, .from_s = (double)NAN, .to_s = (double)NAN}};
    if (!options->output)
        return err_add(err, NULL, "plot needs -o FILE, a name that ends in .svg, .png or .pdf");
    if (options->kind) {
        size_t found = names_find(plot_name_at, options->kind, "--kind", err);
        if (found != NAMES_NONE)
            plan->plot = &plots[found];
    }
    if (options->metric) {
        size_t found = names_find(names_metric_at, options->metric, "--metric", err);
        if (found != NAMES_NONE)
            plan->wish.metric = (enum metric)found;
    }
    (void)read_time("--from", options->from, &plan->wish.from_s, err);
    (void)read_time("--to", options->to, &plan->wish.to_s, err);
    return plot_can_write(options->output, err) && err_ok(err);
}

static bool draw(const struct plot *plot, const struct buffer *data, const struct options *options,
                 struct err *err)
{
    char *scripts = plot_find_scripts(options->program, err);
    bool ok = scripts && plot_draw(plot, data, scripts, options->output, err);
    free(scripts);
    return ok;
}

int command_plot(const struct options *options)
{
    struct err err = {0};
    struct plan plan;
    struct results results;
    int status = EXIT_WRONG;
    if (make_plan(&plan, options, &err) &&
        result_json_read_file(options->subject, &results, &err)) {
        struct buffer data = {0};
        const struct plot *plot = plan.plot ? plan.plot : plot_default(&results);
        if (plot_write_data(plot, &results, &plan.wish, &data, &err))
            status = draw(plot, &data, options, &err) ? EXIT_OK : EXIT_FAILED;
        buffer_release(&data);
        results_release(&results);
    }
    message_print(&err, true);
    return status;
}
