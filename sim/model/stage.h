// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stages of a batch job: each is a number of tasks that run once, in the slots
 * of the nodes, and read the outputs of the stages before. What a stage puts
 * out lives on the node that made it and is lost with it, or is durable.
 *
 * Here are the parameters and the graph that they make; staging.h has the job
 * at work.
 */
#ifndef MODEL_STAGE_H
#define MODEL_STAGE_H

#include "core/dist.h"
#include "core/field.h"

struct job_params;

/* Which outputs of another stage a task reads: its partition's, or all of them. */
enum stage_route { STAGE_NARROW, STAGE_SHUFFLE };

/* Where outputs live: on the disk of the node that made them, or on storage that outlives it. */
enum stage_output { OUTPUT_ON_NODE, OUTPUT_DURABLE };

struct stage_input_params {
    const char *from; /* name of a stage listed before */
    int by;           /* enum stage_route */
};

/* Attempts that are slow by chance: the one disk, the one busy neighbour. */
struct straggler_params {
    double probability;
    double factor; /* of the work of an attempt that is one */
};

struct stage_params {
    const char *name;
    uint64_t tasks;
    struct dist work;   /* of one task */
    struct list inputs; /* of struct stage_input_params; none: the job's input */
    struct dist fetch;  /* time in which a task reads its inputs, before its work */
    struct dist write;  /* time in which a task writes its output, after its work */
    int output;         /* enum stage_output; that of a last stage is durable anyhow */
    struct straggler_params straggler;
    double output_bytes; /* of one task; 0: its size does not matter */
    const char *device;  /* where outputs are written and read; NULL: in direct times */
};

/* Copies of tasks that are slower than the others of their stage. */
struct speculation_params {
    double quantile;   /* share of the stage that must be done; */
    double multiplier; /* slow is who takes longer than this times their median */
    double interval_s; /* between two looks at who is slow */
    double share;      /* of the running tasks, that may have copies at a time */
};

struct blacklist_params {
    uint64_t failures; /* of tasks on a node, after which it gets no more of them */
    double at_most;    /* share of the nodes that may be left out */
};

/* What a failure starts again: the attempts that it cut off, or all that run. */
enum task_restart { RESTART_TASK, RESTART_JOB };

/* How tasks are scheduled, tried again and copied. */
struct execution_params {
    int restart;            /* enum task_restart */
    bool keeps_outputs;     /* when the job starts again, of outputs on nodes */
    uint64_t max_attempts;  /* failures of one task at which the job gives up; 0: never */
    double slow_start;      /* share of the inputs that must be there for a task to take a slot */
    double fetch_timeout_s; /* NaN: a fetch from a lost node waits for the detector */
    struct speculation_params speculation; /* all 0: none */
    struct blacklist_params blacklist;     /* all 0: none */
};

extern const struct field stage_element;
extern const struct field execution_fields[];

/* ---- the graph ---- */

struct stage_edge {
    uint32_t from, to; /* stages */
    enum stage_route by;
    uint32_t ratio; /* STAGE_NARROW: tasks of `from` per task of `to` */
};

struct stage_place {
    const struct stage_params *params; /* borrowed */
    uint32_t first_task;               /* of the job's, which are numbered stage by stage */
    uint32_t n_tasks;
    uint32_t first_input, n_inputs; /* among the edges, which are in the order of `to` */
    bool is_last;                   /* nobody reads its outputs: they are the job's result */
    bool durable;                   /* its outputs are */
};

struct stage_graph {
    struct stage_place *stages;
    uint32_t n_stages;
    struct stage_edge *edges;
    uint32_t n_edges;
    uint32_t n_tasks;
    uint32_t widest;    /* tasks of the stage that has most */
    double mean_work_s; /* task-seconds of all tasks, reading and writing included */
};

/*
 * The graph of the job's stages, in the arena: inputs come from stages listed before, so that
 * there is no cycle. NULL, with errors, when it makes no sense.
 */
const struct stage_graph *stage_graph_build(const struct job_params *job, struct arena *arena,
                                            struct err *err);

/* Whether any of its stages puts its outputs on a device. */
bool stages_use_devices(const struct stage_graph *graph);
/* Outputs of which a task reads all or a part, and bytes of them that it reads. */
uint32_t stage_edge_outputs(const struct stage_graph *graph, const struct stage_edge *edge);
double stage_edge_bytes(const struct stage_graph *graph, const struct stage_edge *edge);

/* The stage of a task. */
uint32_t stage_of_task(const struct stage_graph *graph, uint32_t task);

#endif
