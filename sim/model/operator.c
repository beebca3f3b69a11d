// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/operator.h"

#include "model/store.h"

static const char *const route_names[] = {"forward", "hash", "rebalance", "broadcast", NULL};
static const char *const channel_names[] = {"pipelined", "log", NULL};
static const char *const on_full_names[] = {"block", "drop", NULL};

static const struct field input_fields[] = {
    {
        .key = "from",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct input_params, from),
        .required = true,
        .help = "Name of the operator whose outputs come in.",
        .witness = "stream-words.json /job/operators/2/inputs/0/from=\"lines\"",
    },
    {
        .key = "by",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct input_params, by),
        .choices = route_names,
        .fallback = "\"rebalance\"",
        .help = "Which receiving task a message goes to. forward: that of the same number; hash: "
                "by the message's key; rebalance: one after the other; broadcast: all of them.",
        .witness = "stream-routes.json /job/operators/2/inputs/0/by=\"hash\"",
    },
    {
        .key = "skew",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct input_params, skew),
        .fields = skew_fields,
        .optional = true,
        .help = "How by: hash shares the messages out over the receiving tasks; absent: evenly.",
        .witness = "stream-words.json /job/operators/1/inputs/0/skew={}",
    },
    {
        .key = "channel",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct input_params, channel),
        .choices = channel_names,
        .fallback = "\"pipelined\"",
        .help = "pipelined: handed on through memory, bounded by capacity and lost in a failure; "
                "log: through a durable log without bounds, where a receiver reads on at its own "
                "position.",
        .witness = "stream-logs.json /checkpoint/strategy=\"stop_world\" "
                   "/recovery/restart/scope=\"all\" "
                   "/job/operators/1/inputs/0/channel=\"pipelined\"",
    },
    {
        .key = "capacity",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct input_params, capacity),
        .max = 1e9,
        .absent = NO_CAPACITY,
        .help = "Messages that a channel, from one sending to one receiving task, holds beside "
                "the one in service; at 0 a message is handed to a task that is free. Absent: no "
                "limit.",
        .witness = "stream-channels.json /job/operators/1/inputs/0/capacity=2",
    },
    {
        .key = "capacity_bytes",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct input_params, capacity_bytes),
        .max = 1e18,
        .above_min = true,
        .help = "The same in bytes; a message that is larger passes when the channel is empty. "
                "Absent: no limit.",
        .witness = "stream-channels.json /job/operators/2/inputs/0/capacity_bytes=\"300 B\"",
    },
    {
        .key = "latency",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct input_params, latency),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time from the sender to the receiver; messages of a channel do not overtake each "
                "other.",
        .witness = "stream-channels.json /job/operators/1/inputs/0/latency=\"5 ms\"",
    },
    {
        .key = "on_full",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct input_params, on_full),
        .choices = on_full_names,
        .fallback = "\"block\"",
        .help = "What a sender does at a full channel: wait for room, or drop the message.",
        .witness = "stream-channels.json /job/operators/1/inputs/0/on_full=\"block\"",
    },
    {0},
};

static const struct field input_element = {
    .key = "input",
    .kind = FIELD_OBJECT,
    .fields = input_fields,
    .help = "The outputs of another operator, and the channels they come by.",
};

const struct field operator_fields[] = {
    {
        .key = "name",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct operator_params, name),
        .required = true,
        .help = "Name of the operator, of small letters, digits, '_' and '-'.",
        .witness = "stream-routes.json /job/operators/0/name=\"prices\" "
                   "/job/operators/1/name=\"orders\"",
    },
    {
        .key = "tasks",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct operator_params, tasks),
        .min = 1,
        .max = 1e5,
        .fallback = "1",
        .help = "Parallel tasks of the operator.",
        .witness = "stream-words.json /job/operators/1/tasks=3",
    },
    {
        .key = "service",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct operator_params, service),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time that one message takes a task.",
        .witness = "stream-queue.json /job/operators/0/service=\"80 ms\"",
    },
    {
        .key = "in_flight",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct operator_params, in_flight),
        .min = 1,
        .max = 1e4,
        .fallback = "1",
        .help = "Messages that a task serves at a time: c servers before one queue.",
        .witness = "stream-queue.json /job/operators/0/in_flight=2",
    },
    {
        .key = "selectivity",
        .kind = FIELD_REAL,
        .offset = offsetof(struct operator_params, selectivity),
        .max = 1e4,
        .fallback = "1",
        .help = "Messages that go out per message that comes in, on each output: 0.3 filters, 2.5 "
                "fans out.",
        .witness = "stream-words.json /job/operators/0/selectivity=0.5",
    },
    {
        .key = "state",
        .kind = FIELD_UNION,
        .offset = offsetof(struct operator_params, state),
        .types = &state_union,
        .help =
            "What a checkpoint saves of the operator, over all its tasks, which have equal parts "
            "of it; a size alone is a constant state.",
        .witness = "stream-words.json /job/operators/1/state=\"400 MB\"",
    },
    {
        .key = "source",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct operator_params, source),
        .fields = source_fields,
        .optional = true,
        .help = "The log that the operator reads, in place of inputs.",
        .witness = "stream-queue.json "
                   "/job/operators/0/source={\"arrivals\":{\"process\":\"constant\","
                   "\"rate\":\"8/s\"}}",
    },
    {
        .key = "inputs",
        .kind = FIELD_LIST,
        .offset = offsetof(struct operator_params, inputs),
        .element = &input_element,
        .element_size = sizeof(struct input_params),
        .help = "The operators whose outputs it serves, in place of a source.",
        .witness = "stream-words.json /job/operators/1/inputs=[{\"from\":\"lines\"}]",
    },
    {0},
};

const struct field operator_element = {
    .key = "operator",
    .kind = FIELD_OBJECT,
    .fields = operator_fields,
    .help = "An operator of a stream job: tasks that serve messages.",
};

bool operator_reads_source(const struct operator_params *operator)
{
    return operator->source.arrivals.variant != NULL;
}
