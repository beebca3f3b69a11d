// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/request.h"

bool request_init(struct request *request, const struct options *options, struct err *err)
{
    const struct text_list *sets = &options->sets;
    struct override *overrides = arena_alloc(&request->arena, sets->n, sizeof *overrides);
    for (size_t i = 0; i < sets->n; i++)
        (void)override_parse(&overrides[i], sets->items[i], &request->arena, err);
    request->scenario = (struct scenario_request){
        .path = options->subject,
        .sets = overrides,
        .n_sets = sets->n,
        .texts = &request->texts,
    };
    return err_ok(err);
}

void request_release(struct request *request)
{
    text_cache_release(&request->texts);
    arena_release(&request->arena);
}
