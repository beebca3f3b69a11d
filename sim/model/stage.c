// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/stage.h"

static const char *const route_names[] = {"narrow", "shuffle", NULL};
static const char *const output_names[] = {"node", "durable", NULL};
static const char *const restart_names[] = {"task", "job", NULL};

static const struct field input_fields[] = {
    {
        .key = "from",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct stage_input_params, from),
        .required = true,
        .help = "Name of the stage whose outputs are read, one listed before.",
        .witness = "batch-stages.json /job/stages/2/inputs/0/from=\"scan\"",
    },
    {
        .key = "by",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct stage_input_params, by),
        .choices = route_names,
        .fallback = "\"shuffle\"",
        .help = "Which outputs a task reads. narrow: those of its own partition, of one task of "
                "the other stage or of equally many for each; shuffle: a part of every one.",
        .source = "Zaharia et al., Resilient Distributed Datasets, NSDI 2012",
        .witness = "batch-stages.json /job/stages/1/inputs/0/by=\"shuffle\"",
    },
    {0},
};

static const struct field input_element = {
    .key = "input",
    .kind = FIELD_OBJECT,
    .fields = input_fields,
    .help = "Another stage, and which of its outputs each task reads.",
};

static const struct field straggler_fields[] = {
    {
        .key = "probability",
        .kind = FIELD_REAL,
        .offset = offsetof(struct straggler_params, probability),
        .max = 1,
        .required = true,
        .help = "That an attempt is slow; copies and retries may have more luck.",
        .witness = "batch-speculation.json /job/stages/0/straggler/probability=0.5",
    },
    {
        .key = "factor",
        .kind = FIELD_REAL,
        .offset = offsetof(struct straggler_params, factor),
        .min = 1,
        .max = 1e6,
        .required = true,
        .help = "How many times as long the work of a slow attempt takes.",
        .witness = "batch-speculation.json /job/stages/0/straggler/factor=2",
    },
    {0},
};

static const struct field stage_fields[] = {
    {
        .key = "name",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct stage_params, name),
        .required = true,
        .help = "Name of the stage, of small letters, digits, '_' and '-'.",
        .witness = "batch-stages.json /job/stages/0/name=\"parse\" "
                   "/job/stages/1/name=\"scan\" /job/stages/1/inputs=[]",
    },
    {
        .key = "tasks",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct stage_params, tasks),
        .min = 1,
        .max = 1e5,
        .fallback = "1",
        .help = "Tasks of the stage, each of which runs once if nothing fails.",
        .witness = "batch-stages.json /job/stages/2/tasks=16",
    },
    {
        .key = "work",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct stage_params, work),
        .types = &dist_union,
        .required = true,
        .help = "Time that one task works in its slot.",
        .witness = "batch-stages.json /job/stages/0/work=\"2 min\"",
    },
    {
        .key = "inputs",
        .kind = FIELD_LIST,
        .offset = offsetof(struct stage_params, inputs),
        .element = &input_element,
        .element_size = sizeof(struct stage_input_params),
        .help = "Stages whose outputs it reads; without them its tasks can begin with the job.",
        .witness = "batch-stages.json /job/stages/2/inputs=[{\"from\":\"scan\"}]",
    },
    {
        .key = "fetch",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct stage_params, fetch),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time in which a task reads its inputs, before its work: once read they may be "
                "lost.",
        .witness = "batch-stages.json /job/stages/2/fetch=\"1 min\"",
    },
    {
        .key = "write",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct stage_params, write),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time in which a task writes its output, after its work; counted as checkpoint.",
        .witness = "batch-stages.json /job/stages/1/write=\"20 s\"",
    },
    {
        .key = "output",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct stage_params, output),
        .choices = output_names,
        .fallback = "\"node\"",
        .help = "Where outputs live. node: on the node that made them, and lost with it; durable: "
                "on storage that survives nodes, which cuts the lineage. Those of stages that "
                "nobody reads are the result, and durable.",
        .source = "Spark, RDD.checkpoint(); Hadoop MapReduce, map outputs",
        .witness = "batch-stages.json /job/stages/1/output=\"durable\"",
    },
    {
        .key = "output_size",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct stage_params, output_bytes),
        .max = 1e18,
        .fallback = "\"0 B\"",
        .help = "Bytes that each task puts out, on the device.",
        .witness = "batch-shuffle.json /job/stages/0/output_size=\"3 GB\"",
    },
    {
        .key = "device",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct stage_params, device),
        .help = "Name of the storage device that tasks write their outputs to, in place of the "
                "time to write, and that tasks of other stages read them from, in place of their "
                "time to fetch: that of the nodes' disks, or one that survives nodes.",
        .source = "Hadoop MapReduce, mapreduce.cluster.local.dir and fs.defaultFS; Spark, "
                  "spark.local.dir",
        .witness = "batch-shuffle.json /job/stages/0/device=\"hdfs\"",
    },
    {
        .key = "straggler",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct stage_params, straggler),
        .fields = straggler_fields,
        .optional = true,
        .help = "Attempts that are slow by chance, beside the law of the work; absent: none.",
        .witness = "batch-speculation.json "
                   "/job/stages/0/straggler={\"probability\":0.5,\"factor\":2}",
    },
    {0},
};

const struct field stage_element = {
    .key = "stage",
    .kind = FIELD_OBJECT,
    .fields = stage_fields,
    .help = "A stage of a batch job: tasks that run once.",
};

/* ---- execution ---- */

static const struct field speculation_fields[] = {
    {
        .key = "quantile",
        .kind = FIELD_REAL,
        .offset = offsetof(struct speculation_params, quantile),
        .max = 1,
        .fallback = "0.9",
        .help = "Share of a stage's tasks that must be done before copies are made.",
        .source = "Spark, spark.speculation.quantile",
        .witness = "batch-speculation.json /job/execution/speculation/quantile=0.5",
    },
    {
        .key = "multiplier",
        .kind = FIELD_REAL,
        .offset = offsetof(struct speculation_params, multiplier),
        .min = 1,
        .max = 1e6,
        .fallback = "3",
        .help = "A task gets a copy when it has run for longer than so many times the median of "
                "those that are done.",
        .source = "Spark, spark.speculation.multiplier",
        .witness = "batch-speculation.json /job/execution/speculation/multiplier=4",
    },
    {
        .key = "interval",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct speculation_params, interval_s),
        .max = 1e9,
        .above_min = true,
        .fallback = "\"100 ms\"",
        .help = "Time between two looks at who is slow, from the start of the job.",
        .source = "Spark, spark.speculation.interval",
        .witness = "batch-speculation.json /job/execution/speculation/interval=\"30 s\"",
    },
    {
        .key = "share",
        .kind = FIELD_REAL,
        .offset = offsetof(struct speculation_params, share),
        .max = 1,
        .fallback = "1",
        .help = "Share of the attempts that run that may be copies; one always may.",
        .source = "Hadoop, mapreduce.job.speculative.speculative-cap-running-tasks",
        .witness = "batch-speculation.json /job/execution/speculation/share=0.1",
    },
    {0},
};

static const struct field blacklist_fields[] = {
    {
        .key = "failures",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct blacklist_params, failures),
        .min = 1,
        .max = 1e7,
        .fallback = "3",
        .help = "Attempts that fail on a node, without the node itself, before it is left out.",
        .source = "Hadoop, mapreduce.job.maxtaskfailures.per.tracker",
        .witness = "batch-stages.json /job/execution/blacklist/failures=1",
    },
    {
        .key = "at_most",
        .kind = FIELD_REAL,
        .offset = offsetof(struct blacklist_params, at_most),
        .max = 1,
        .fallback = "0.33",
        .help = "Share of the nodes that may be left out; beyond it no more are.",
        .source = "Hadoop, yarn.app.mapreduce.am.job.node-blacklisting."
                  "ignore-threshold-node-percent",
        .witness = "batch-stages.json /job/execution/blacklist/at_most=0 "
                   "/job/execution/blacklist/failures=1",
    },
    {0},
};

const struct field execution_fields[] = {
    {
        .key = "restart",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct execution_params, restart),
        .choices = restart_names,
        .fallback = "\"task\"",
        .help = "What starts again after the failure of a process or node. task: the attempts "
                "that it cut off, and what they need; job: all that runs.",
        .source = "Flink, jobmanager.execution.failover-strategy",
        .witness = "batch-stages.json /job/execution/restart=\"job\"",
    },
    {
        .key = "keeps_outputs",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct execution_params, keeps_outputs),
        .fallback = "true",
        .help = "When the job starts again: whether it finds the outputs on nodes again. Durable "
                "ones it always finds.",
        .source = "Hadoop, yarn.app.mapreduce.am.job.recovery.enable",
        .witness = "batch-stages.json /job/execution/keeps_outputs=false "
                   "/job/execution/restart=\"job\"",
    },
    {
        .key = "max_attempts",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct execution_params, max_attempts),
        .min = 1,
        .max = 1e9,
        .help = "Failures of one task at which the job gives up; what goes down with a node does "
                "not count. Absent: it never does.",
        .source = "Spark, spark.task.maxFailures; Hadoop, mapreduce.map.maxattempts",
        .witness = "batch-stages.json /job/execution/max_attempts=1",
    },
    {
        .key = "slow_start",
        .kind = FIELD_REAL,
        .offset = offsetof(struct execution_params, slow_start),
        .max = 1,
        .fallback = "1",
        .help = "Share of the tasks of each stage it shuffles from that must be done for a task to "
                "take a slot. Below 1 it waits there, and reads what has come, until it must make "
                "room for the tasks it waits for.",
        .source = "Hadoop, mapreduce.job.reduce.slowstart.completedmaps",
        .witness = "batch-stages.json /job/execution/slow_start=0.05",
    },
    {
        .key = "fetch_timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct execution_params, fetch_timeout_s),
        .max = 1e9,
        .help = "Time after which a task that reads from a lost node reports it, if it is not "
                "noticed before. Absent: it waits for the detector.",
        .source = "Spark, spark.shuffle.io.maxRetries * spark.shuffle.io.retryWait",
        .witness = "batch-stages.json /job/execution/fetch_timeout=\"5 s\"",
    },
    {
        .key = "speculation",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct execution_params, speculation),
        .fields = speculation_fields,
        .optional = true,
        .help = "Copies of slow tasks on other nodes: who is done first counts. Absent: none.",
        .source = "Dean and Ghemawat, MapReduce, OSDI 2004; spark.speculation",
        .witness = "batch-speculation.json /job/execution/speculation=null",
    },
    {
        .key = "blacklist",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct execution_params, blacklist),
        .fields = blacklist_fields,
        .optional = true,
        .help = "Nodes on which tasks fail too often get no more of them. Absent: all do.",
        .witness = "batch-stages.json /job/execution/blacklist={\"failures\":1}",
    },
    {0},
};
