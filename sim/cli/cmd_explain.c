// SPDX-License-Identifier: GPL-3.0-or-later
/* explain: a scenario with all its defaults and what theory says of it, or a key. */
#include <math.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/page.h"
#include "cli/request.h"
#include "core/units.h"
#include "experiment/experiment.h"
#include "model/theory.h"
#include "report/text.h"
#include "scenario/keys.h"

/* What the formulas are fed with: the intervals below follow from it. */
static void add_means(struct buffer *out, const struct model *model, struct arena *arena)
{
    struct theory theory;
    char text[UNITS_TEXT];
    bool is_of_task = model->recovery.restart.scope != SCOPE_ALL;
    theory_of(model, arena, &theory);
    if (isfinite(theory.mtbf_s))
        buffer_addf(out, "mean time between failures%s: %s\n\n",
                    is_of_task ? " that roll a task back" : "",
                    units_write(theory.mtbf_s, DIMENSION_TIME, 4, text));
}

static int explain_scenario(const struct options *options, struct err *err)
{
    struct request request = {0};
    struct scenario scenario;
    if (!request_init(&request, options, err) ||
        !scenario_load_request(&scenario, &request.scenario, err)) {
        request_release(&request);
        return EXIT_WRONG;
    }
    struct arena arena = {0};
    struct point point = {0};
    struct buffer theory = {0};
    struct page page;
    experiment_predict(&scenario.model, &arena, &point);
    if (scenario.model.topology)
        text_write_loads(scenario.model.topology, &theory);
    add_means(&theory, &scenario.model, &arena);
    text_write_theory(&point, &theory);
    page_open(&page);
    scenario_write(&scenario, page.file);
    (void)fprintf(page.file, "\n%s", theory.data);
    provenance_write(&scenario.provenance, scenario.tree, page.file);
    bool ok = page_close(&page, err);
    buffer_release(&theory);
    arena_release(&arena);
    scenario_release(&scenario);
    request_release(&request);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static int explain_key(const char *pointer, struct err *err)
{
    struct page page;
    page_open(&page);
    if (!keys_explain(&keys_root, pointer, page.file, err)) {
        page_abandon(&page);
        return EXIT_WRONG;
    }
    return page_close(&page, err) ? EXIT_OK : EXIT_FAILED;
}

/* Absolute paths look like pointers; what exists is a file, but for folders: /run is a key. */
static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

int command_explain(const struct options *options)
{
    struct err err = {0};
    const char *subject = options->subject;
    bool is_key = subject[0] == '/' && !is_file(subject);
    int status = EXIT_WRONG;
    if (is_key && options->sets.n > 0)
        (void)err_add(&err, NULL, "--set changes a scenario, and %s is a key", subject);
    else
        status = is_key ? explain_key(subject, &err) : explain_scenario(options, &err);
    message_print(&err, !options->quiet);
    return status;
}
