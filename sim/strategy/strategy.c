// SPDX-License-Identifier: GPL-3.0-or-later
#include "strategy/strategy.h"

#include <string.h>

/*
 * Sync or async, interval, cost and the like are the scenario's own keys; a row only says what
 * makes the strategy what it is. A stream job has no useful work to count and no end.
 */
#define STREAM ", \"timer\": \"wall\", \"final\": false"

const struct strategy strategies[] = {
    {
        .name = "none",
        .help = "No checkpoints: a failure sends the job back to its start.",
        .batch_fragment = "{\"coordination\": {\"kind\": \"none\"}}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"none\"}" STREAM "}",
    },
    {
        .name = "periodic",
        .help = "The full state, again and again. Batch jobs: all tasks stop, write, and go on; "
                "stream jobs: each task on its own, whatever the others do.",
        .source = "Young 1974; Daly 2006; Samza",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"independent\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "stop_world",
        .help = "All tasks stop, write the full state, and go on.",
        .source = "Tamir and Sequin 1984",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"" STREAM "}",
    },
    {
        .name = "incremental",
        .help = "As periodic, but most checkpoints write only what changed since the last one; a "
                "restore reads the base and all deltas after it.",
        .source = "Plank et al. 1995",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"delta\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"independent\"}, "
                           "\"content\": {\"kind\": \"delta\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "barrier",
        .help = "All tasks cut behind a barrier and write on their own; the checkpoint commits "
                "when the slowest has written.",
        .source = "Elnozahy et al. 2002, coordinated checkpointing; Carbone et al. 2015",
        .batch_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "unaligned",
        .help = "As barrier, but the barrier overtakes the messages of a stream job, and those "
                "that it overtakes are saved too.",
        .source = "Flink, unaligned checkpoints",
        .batch_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"}",
        .stream_fragment =
            "{\"coordination\": {\"kind\": \"barrier_unaligned\"}, \"mode\": \"async\", "
            "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "adaptive",
        .help = "As barrier, with an interval that follows what checkpoints cost and how often "
                "failures come while the job runs. A batch job keeps its interval: as periodic.",
        .source = "Young 1974, Daly 2006 on running estimates",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                           "\"trigger\": {\"kind\": \"adaptive\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "changelog",
        .help = "Each task of a stream job on its own; changes of the state go to a compacted log "
                "as they are made, which a restore reads. Batch jobs: as periodic.",
        .source = "Samza; Kafka Streams",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment =
            "{\"coordination\": {\"kind\": \"independent\"}, "
            "\"content\": {\"kind\": \"changelog\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "base_log",
        .help = "As barrier, but a checkpoint writes what was logged since the last one; bases are "
                "written beside, at times of their own. Batch jobs: as barrier.",
        .source = "Flink, state.changelog",
        .batch_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"}",
        .stream_fragment =
            "{\"coordination\": {\"kind\": \"barrier\"}, \"mode\": \"async\", "
            "\"content\": {\"kind\": \"base_log\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "container_serial",
        .help = "The tasks of a container stop together and checkpoint one after the other, "
                "whatever other containers do. Batch jobs: as periodic.",
        .source = "Samza",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"container_serial\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "microbatch",
        .help = "Messages come in batches, each of which ends in a checkpoint that the next one "
                "waits for. A batch job has none: all its tasks stop, write, and go on.",
        .source = "Zaharia et al. 2013; Armbrust et al. 2018",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"microbatch\"}, "
                           "\"trigger\": {\"kind\": \"fixed\", \"first\": \"0 s\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "uncoordinated",
        .help = "Each task of a stream job on its own; after a failure all go back to the latest "
                "checkpoints that fit each other. Batch jobs: as periodic.",
        .source = "Elnozahy et al. 2002, uncoordinated checkpointing",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment =
            "{\"coordination\": {\"kind\": \"independent\", \"recovery_line\": \"maximal\"}, "
            "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "message_logging",
        .help = "Each task of a stream job on its own, and senders keep their messages: after a "
                "failure each goes back to its last checkpoint. Batch jobs: as periodic.",
        .source = "Johnson and Zwaenepoel 1987; CheckMate, ICDE 2024",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment =
            "{\"coordination\": {\"kind\": \"independent\", \"logging\": \"sender\"}, "
            "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "communication_induced",
        .help = "Each task of a stream job on its own, and before messages of those that are "
                "ahead. Batch jobs: as periodic.",
        .source = "Briatico et al. 1984; CheckMate, ICDE 2024",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"communication_induced\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "multilevel",
        .help = "The full state to several levels of storage, often to the cheap one, seldom to "
                "the durable one: see levels. Stream jobs: as barrier.",
        .source = "Vaidya 1995; Moody et al. 2010, SCR; Bautista-Gomez et al. 2011, FTI",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {0},
};

const char *strategy_name_at(size_t i)
{
    return i < MEM_COUNT(strategies) ? strategies[i].name : NULL;
}

const struct strategy *strategy_find(const char *name)
{
    for (const struct strategy *s = strategies; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}
