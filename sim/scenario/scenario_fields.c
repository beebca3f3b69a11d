// SPDX-License-Identifier: GPL-3.0-or-later
/* The top level of a scenario. The tables below it belong to the modules that own the structs. */
#include "scenario/scenario.h"
#include "strategy/strategy.h"

const struct field scenario_fields[] = {
    {
        .key = "$schema",
        .kind = FIELD_RAW,
        .help = "JSON Schema for editors; has no effect on the simulation.",
        .inert = true,
    },
    {
        .key = "format",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct scenario, format),
        .min = 1,
        .max = SCENARIO_FORMAT,
        .fallback = "1",
        .help = "Version of the scenario language.",
        .inert = true,
    },
    {
        .key = "extends",
        .kind = FIELD_RAW,
        .help = "A preset's name, or a file seen from this one, whose keys apply where this file "
                "says nothing; or a list of them, in which later ones go over earlier ones.",
        .inert = true,
    },
    {
        .key = "provenance",
        .kind = FIELD_RAW,
        .help = "Where values come from, by JSON Pointer: {\"/recovery/restore\": \"measured, May "
                "2026\"}. explain shows it beside the values, until a file that extends this one "
                "changes them.",
        .inert = true,
    },
    {
        .key = "description",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct scenario, model.description),
        .help = "What the scenario shows; becomes the title of results and plots.",
        .inert = true,
    },
    {
        .key = "job",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct scenario, model.job),
        .fields = job_fields,
        .required = true,
        .help = "What runs, and is checkpointed.",
        .witness = "batch-exponential.json /job={\"work\":\"20 d\"}",
    },
    {
        .key = "checkpoint",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct scenario, model.checkpoint),
        .fields = checkpoint_fields,
        .help = "The strategy: when checkpoints are taken, of what, and at what cost.",
        .witness = "batch-exponential.json /checkpoint={\"strategy\":\"none\"}",
    },
    {
        .key = "storage",
        .kind = FIELD_MAP,
        .offset = offsetof(struct scenario, model.storage),
        .element = &device_element,
        .element_size = sizeof(struct device_params),
        .help = "Devices by name, to which checkpoints may be written.",
        .witness = "batch-device.json /storage={\"pfs\":{\"stream_write\":\"1 "
                   "GB/s\",\"stream_read\":\"2 GB/s\"}}",
    },
    {
        .key = "cluster",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct scenario, model.cluster),
        .fields = cluster_fields,
        .help = "The machines.",
        .witness = "batch-cluster.json /cluster={\"slots_per_node\":32}",
    },
    {
        .key = "failures",
        .kind = FIELD_LIST,
        .offset = offsetof(struct scenario, model.failures),
        .element = &failure_element,
        .element_size = sizeof(struct failure_params),
        .help = "Failure processes, each with what it strikes and its law, script or trace.",
        .witness = "batch-cluster.json /failures=[]",
    },
    {
        .key = "recovery",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct scenario, model.recovery),
        .fields = recovery_fields,
        .help = "What happens after a failure, until the lost work is regained.",
        .witness = "batch-exponential.json /recovery={}",
    },
    {
        .key = "prices",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct scenario, model.prices),
        .fields = prices_fields,
        .help = "What nodes and energy cost, in whatever currency; devices have a price of their "
                "own.",
        .witness = "batch-costs.json /prices={}",
    },
    {
        .key = "run",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct scenario, model.run),
        .fields = run_fields,
        .help = "How often to simulate, and for how long.",
        .witness = "batch-exponential.json /run={\"seed\":7}",
    },
    {
        .key = "sweep",
        .kind = FIELD_RAW,
        .help = "Values to try: {\"/checkpoint/interval\": {\"from\": \"10 min\", \"to\": \"8 h\", "
                "\"points\": 15, \"scale\": \"log\"}}, or a list of values.",
        .inert = true,
    },
    {0},
};
