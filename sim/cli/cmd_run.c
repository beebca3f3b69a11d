// SPDX-License-Identifier: GPL-3.0-or-later
/* run and sweep: simulate, then say and write what came out. */
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/names.h"
#include "cli/progress.h"
#include "cli/request.h"
#include "core/memory.h"
#include "experiment/experiment.h"
#include "report/csv.h"
#include "report/file.h"
#include "report/result_json.h"
#include "report/text.h"
#include "report/trace.h"

/* ---- forms of results ---- */

static void write_text(const struct results *results, enum metric metric, struct buffer *out)
{
    text_write(results, metric, out);
}

static void write_json(const struct results *results, enum metric metric, struct buffer *out)
{
    (void)metric;
    result_json_write(results, out);
}

static void write_csv(const struct results *results, enum metric metric, struct buffer *out)
{
    (void)metric;
    csv_write(results, out);
}

struct format {
    const char *name;
    const char *extension; /* of files that are written so */
    void (*write)(const struct results *results, enum metric metric, struct buffer *out);
};

static const struct format formats[] = {
    {"text", ".txt", write_text},
    {"json", ".json", write_json},
    {"csv", ".csv", write_csv},
};

enum { TEXT, JSON, CSV };

static const char *format_name_at(size_t i)
{
    return i < MEM_COUNT(formats) ? formats[i].name : NULL;
}

/* What the command is to do, from its options. */
struct plan {
    struct request request;
    struct scenario scenario; /* owned; zeroed unless its sweep is used */
    const struct axis *axes;  /* of the scenario, or in the arena of the request */
    size_t n_axes;
    enum metric metric;
    const struct format *format; /* of the file, or of standard output when there is no file */
    enum trace_form trace_form;
};

static bool choose_format(struct plan *plan, const struct options *options, struct err *err)
{
    plan->format = &formats[options->output ? JSON : TEXT];
    if (options->format) {
        size_t i = names_find(format_name_at, options->format, "--format", err);
        if (i == NAMES_NONE)
            return false;
        plan->format = &formats[i];
    } else if (options->output) {
        const char *dot = strrchr(options->output, '.');
        for (size_t i = 0; dot && i < MEM_COUNT(formats); i++)
            if (strcmp(dot, formats[i].extension) == 0)
                plan->format = &formats[i];
    }
    return true;
}

/* The axes of --over, or else the scenario's own. */
static bool choose_axes(struct plan *plan, const struct options *options, struct err *err)
{
    struct arena *arena = &plan->request.arena;
    if (options->overs.n == 0) {
        if (!scenario_load_request(&plan->scenario, &plan->request.scenario, err))
            return false;
        plan->axes = plan->scenario.axes;
        plan->n_axes = plan->scenario.n_axes;
        return plan->n_axes > 0 ||
               err_add(err, NULL,
                       "nothing to sweep: give --over /KEY=VALUES, or \"sweep\" in the scenario");
    }
    struct axis *axes = arena_alloc(arena, options->overs.n, sizeof *axes);
    for (size_t i = 0; i < options->overs.n; i++)
        if (axis_parse(&axes[i], options->overs.items[i], arena, err))
            plan->n_axes++;
    plan->axes = axes;
    return err_ok(err) && axis_check_grid(axes, plan->n_axes, NULL, err);
}

/* ---- files beside the results ---- */

/* A file that holds a part of the results, and the option that asks for it. */
struct part {
    const char *option;
    size_t offset; /* of its name in struct options */
    void (*write)(const struct results *results, struct buffer *out);
};

static const struct part parts[] = {
    {"--series", offsetof(struct options, series), csv_write_series},
    {"--elements", offsetof(struct options, elements), csv_write_elements},
};

static const char *part_file(const struct part *part, const struct options *options)
{
    return *(const char *const *)((const char *)options + part->offset);
}

/* The option of a part that is asked for, or NULL. */
static const char *any_part(const struct options *options)
{
    for (size_t i = 0; i < MEM_COUNT(parts); i++)
        if (part_file(&parts[i], options))
            return parts[i].option;
    return NULL;
}

/* A file to be written. */
struct target {
    const char *option, *name;
};

static bool check_target(const struct target *target, const struct options *options,
                         struct err *err)
{
    if (file_is_standard_output(target->name) || !file_is_same(target->name, options->subject))
        return true;
    return err_add(err, NULL, "%s: '%s' is the scenario; it would be overwritten", target->option,
                   target->name);
}

static bool check_pair(const struct target *one, const struct target *other, struct err *err)
{
    if (file_is_standard_output(one->name) && file_is_standard_output(other->name))
        return err_add(err, NULL, "%s and %s would mix on standard output", one->option,
                       other->option);
    return !file_is_same(one->name, other->name) ||
           err_add(err, NULL, "%s and %s name the same file, '%s'", one->option, other->option,
                   one->name);
}

/* Whether everything that is to be written has a place of its own. */
static bool check_files(const struct options *options, struct err *err)
{
    struct target targets[2 + MEM_COUNT(parts)];
    size_t n = 0;
    bool prints_results = !options->output || !options->quiet;
    bool ok = true;
    if (options->output)
        targets[n++] = (struct target){"-o", options->output};
    if (options->trace)
        targets[n++] = (struct target){"--trace", options->trace};
    for (size_t i = 0; i < MEM_COUNT(parts); i++)
        if (part_file(&parts[i], options))
            targets[n++] = (struct target){parts[i].option, part_file(&parts[i], options)};
    for (size_t i = 0; i < n; i++) {
        bool is_output = targets[i].name == options->output;
        ok = check_target(&targets[i], options, err) && ok;
        for (size_t j = 0; j < i; j++)
            ok = check_pair(&targets[j], &targets[i], err) && ok;
        if (is_output || !file_is_standard_output(targets[i].name) || !prints_results)
            continue;
        ok = err_add(err, NULL, "%s would mix with the results on standard output",
                     targets[i].option);
        err_hint(err, "name a file for it; or one for the results, with --quiet");
    }
    return ok;
}

static const char *trace_form_at(size_t i)
{
    static const char *const names[] = {[TRACE_LINES] = "lines", [TRACE_PERFETTO] = "perfetto"};
    return i < MEM_COUNT(names) ? names[i] : NULL;
}

/* As --trace-format says, or the name of the file. */
static bool choose_trace_form(struct plan *plan, const struct options *options, struct err *err)
{
    const char *dot = options->trace ? strrchr(options->trace, '.') : NULL;
    plan->trace_form = dot && strcmp(dot, ".json") == 0 ? TRACE_PERFETTO : TRACE_LINES;
    if (!options->trace_format)
        return true;
    if (!options->trace)
        return err_add(err, NULL, "--trace-format needs --trace FILE");
    size_t i = names_find(trace_form_at, options->trace_format, "--trace-format", err);
    if (i != NAMES_NONE)
        plan->trace_form = (enum trace_form)i;
    return i != NAMES_NONE;
}

static bool make_plan(struct plan *plan, const struct options *options, bool is_sweep,
                      struct err *err)
{
    bool ok = choose_format(plan, options, err);
    ok = choose_trace_form(plan, options, err) && ok;
    ok = check_files(options, err) && ok;
    if (options->metric) {
        size_t found = names_find(names_metric_at, options->metric, "--metric", err);
        ok = ok && found != NAMES_NONE;
        plan->metric = found != NAMES_NONE ? (enum metric)found : M_WASTE;
    }
    ok = request_init(&plan->request, options, err) && ok;
    return ok && (!is_sweep || choose_axes(plan, options, err));
}

/* ---- simulating ---- */

static enum experiment_outcome simulate(const struct plan *plan, const struct options *options,
                                        const struct trace_sink *sink, struct results *results,
                                        struct err *err)
{
    struct progress progress;
    struct experiment_options experiment = {
        .replications = options->replications.value,
        .has_seed = options->seed.given,
        .seed = options->seed.value,
        .threads = (unsigned)options->threads.value,
        .metric = options->metric,
        .trace = sink,
        .stream_option = any_part(options),
        .wants_series = options->series != NULL,
        .progress = progress_update,
        .progress_context = &progress,
    };
    progress_start(&progress, options->quiet);
    enum experiment_outcome outcome = experiment_run(&plan->request.scenario, plan->axes,
                                                     plan->n_axes, &experiment, results, err);
    progress_end(&progress);
    return outcome;
}

static bool write_as(const struct format *format, const struct results *results, enum metric metric,
                     const char *name, struct err *err)
{
    struct buffer out = {0};
    format->write(results, metric, &out);
    bool ok = file_write(name, out.data, out.n, err);
    buffer_release(&out);
    return ok;
}

static bool write_parts(const struct options *options, const struct results *results,
                        struct err *err)
{
    bool ok = true;
    for (size_t i = 0; i < MEM_COUNT(parts); i++) {
        const char *name = part_file(&parts[i], options);
        struct buffer out = {0};
        if (!name)
            continue;
        parts[i].write(results, &out);
        ok = file_write(name, out.data, out.n, err) && ok;
        buffer_release(&out);
    }
    return ok;
}

/* The file of -o, and the summary for people unless they want quiet. */
static bool write_results(const struct plan *plan, const struct options *options,
                          const struct results *results, struct err *err)
{
    const char *name = options->output ? options->output : "-";
    bool ok = write_as(plan->format, results, plan->metric, name, err) &&
              write_parts(options, results, err);
    if (ok && !file_is_standard_output(name) && !options->quiet)
        ok = write_as(&formats[TEXT], results, plan->metric, "-", err);
    return ok;
}

/* Whether the text report, which shows the warnings, goes to standard output. */
static bool shows_warnings(const struct plan *plan, const struct options *options)
{
    return options->output ? !options->quiet : plan->format == &formats[TEXT];
}

static int finish(const struct plan *plan, const struct options *options,
                  const struct results *results, struct err *err)
{
    bool with_warnings = !options->quiet && !shows_warnings(plan, options);
    bool ok = write_results(plan, options, results, err);
    message_print(err, with_warnings);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static bool can_write(const struct options *options, struct err *err)
{
    bool ok = !options->output || file_can_write(options->output, err);
    for (size_t i = 0; ok && i < MEM_COUNT(parts); i++)
        ok = !part_file(&parts[i], options) || file_can_write(part_file(&parts[i], options), err);
    return ok;
}

static int simulate_and_write(const struct plan *plan, const struct options *options,
                              struct err *err)
{
    struct trace trace;
    struct trace_sink sink;
    struct results results;
    if (!can_write(options, err))
        return EXIT_FAILED;
    if (options->trace) {
        if (!trace_open(&trace, plan->trace_form, options->trace, err))
            return EXIT_FAILED;
        sink = trace_sink(&trace);
    }
    enum experiment_outcome outcome =
        simulate(plan, options, options->trace ? &sink : NULL, &results, err);
    if (options->trace && outcome != EXPERIMENT_DONE)
        trace_abandon(&trace);
    if (outcome != EXPERIMENT_DONE)
        return outcome == EXPERIMENT_WRONG_INPUT ? EXIT_WRONG : EXIT_FAILED;
    int status = options->trace && !trace_commit(&trace, err) ? EXIT_FAILED : EXIT_OK;
    if (status == EXIT_OK)
        status = finish(plan, options, &results, err);
    results_release(&results);
    return status;
}

static int run_or_sweep(const struct options *options, bool is_sweep)
{
    struct err err = {0};
    struct plan plan = {.metric = M_WASTE};
    int status = EXIT_WRONG;
    if (make_plan(&plan, options, is_sweep, &err))
        status = simulate_and_write(&plan, options, &err);
    message_print(&err, !options->quiet);
    scenario_release(&plan.scenario);
    request_release(&plan.request);
    return status;
}

int command_run(const struct options *options)
{
    return run_or_sweep(options, false);
}

int command_sweep(const struct options *options)
{
    return run_or_sweep(options, true);
}
