// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/model.h"

#include <math.h>
#include <string.h>

#include "model/model_internal.h"

static const char *const ties_names[] = {"completion_first", "failure_first", NULL};

const struct field cluster_fields[] = {
    {
        .key = "nodes",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cluster_params, nodes),
        .min = 1,
        .max = 1e7,
        .help = "Nodes of the cluster; those that host no task are spares. Absent: as many as the "
                "tasks, or the containers of a stream job, need.",
        .witness = "batch-cluster.json /cluster/nodes=64",
    },
    {
        .key = "slots_per_node",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cluster_params, slots_per_node),
        .min = 1,
        .max = 1e7,
        .fallback = "1",
        .help = "Tasks that a node can host; of a stream job, containers.",
        .witness = "batch-cluster.json /cluster/slots_per_node=32",
    },
    {
        .key = "nodes_per_rack",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cluster_params, nodes_per_rack),
        .min = 1,
        .max = 1e7,
        .help = "Nodes of a rack, which are neighbours: rack 0 has the nodes 0, 1, ... Absent: all "
                "nodes are in one rack.",
        .witness = "batch-racks.json /cluster/nodes_per_rack=6",
    },
    {
        .key = "racks_per_zone",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cluster_params, racks_per_zone),
        .min = 1,
        .max = 1e7,
        .help = "Racks of a zone, likewise. Absent: all racks are in one zone.",
        .witness = "batch-racks.json /cluster/racks_per_zone=1",
    },
    {
        .key = "zones_per_site",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cluster_params, zones_per_site),
        .min = 1,
        .max = 1e7,
        .help = "Zones of a site, likewise. Absent: all zones are in one site.",
        .witness = "batch-racks.json /cluster/zones_per_site=1",
    },
    {
        .key = "power",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct cluster_params, power),
        .fields = power_fields,
        .help = "Electric power that a node takes.",
        .witness = "batch-costs.json /cluster/power={\"busy\":300}",
    },
    {0},
};

const struct field run_fields[] = {
    {
        .key = "replications",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct run_params, replications),
        .min = 1,
        .max = 1e7,
        .fallback = "30",
        .help = "Independent repetitions.",
        .witness = "batch-exponential.json /run/replications=10",
    },
    {
        .key = "seed",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct run_params, seed),
        .max = 0x1p53 - 1, /* all whole numbers up to here are exact in JSON */
        .fallback = "1",
        .help = "Master seed of all random streams.",
        .witness = "batch-exponential.json /run/seed=2",
    },
    {
        .key = "time_limit",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct run_params, time_limit_s),
        .max = 1e15,
        .above_min = true,
        .help = "Batch jobs: a replication that is not done by then is cut off and counted as "
                "unfinished. Absent: 1000 times the work.",
        .witness = "batch-exponential.json /run/time_limit=\"33 d\"",
    },
    {
        .key = "duration",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct run_params, duration_s),
        .max = 1e12,
        .above_min = true,
        .help = "Stream jobs, which have no end: how much of one is simulated.",
        .witness = "stream-queue.json /run/duration=\"20 min\"",
    },
    {
        .key = "warmup",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct run_params, warmup_s),
        .max = 1e12,
        .help = "Stream jobs: the beginning of the run, which is simulated but not counted: the "
                "job starts empty. Absent: none.",
        .witness = "stream-queue.json /run/warmup=\"5 min\"",
    },
    {
        .key = "sample",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct run_params, sample_s),
        .max = 1e12,
        .above_min = true,
        .help = "Stream jobs: step of the time series of the first replication. Absent: none.",
        .witness = "stream-queue.json /run/sample=\"10 s\"",
    },
    {
        .key = "ties",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct run_params, ties),
        .choices = ties_names,
        .fallback = "\"completion_first\"",
        .help = "Which of a completion and a failure at the same instant comes first (S8).",
        .source = "S8, scenarios/README.md",
        .witness = "batch-scripted.json /run/ties=\"failure_first\" /failures/0/at=[\"11 s\"]",
    },
    {0},
};

uint64_t model_nodes_needed(const struct model *model)
{
    uint64_t slots = model->cluster.slots_per_node;
    uint64_t hosted = job_is_stream(&model->job) ? model->job.containers : model->job.tasks;
    return (hosted + slots - 1) / slots;
}

const struct device_params *model_device(const struct model *model, const char *name)
{
    const struct device_params *devices = model->storage.items;
    for (size_t i = 0; i < model->storage.n; i++)
        if (strcmp(devices[i].name, name) == 0)
            return &devices[i];
    return NULL;
}

void model_miss_device(const struct model *model, const char *name, const char *pointer,
                       struct err *err)
{
    const struct device_params *devices = model->storage.items;
    size_t n = model->storage.n;
    const char **names = mem_alloc(n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = devices[i].name;
    const char *nearest = err_nearest(name, names, n);
    (void)err_add(err, pointer, "no device '%s' in storage", name);
    if (nearest)
        err_hint(err, "did you mean '%s'?", nearest);
    else if (n == 1)
        err_hint(err, "it has '%s' only", names[0]);
    free(names);
}

/* n x size, but no more than all of them; a size of 0 is all of them. */
static uint64_t group(uint64_t n, uint64_t size, uint64_t all)
{
    return size == 0 || n > all / size ? all : n * size;
}

uint64_t model_nodes_in(const struct model *model, enum domain domain)
{
    const struct cluster_params *cluster = &model->cluster;
    const uint64_t sizes[N_DOMAINS] = {
        [DOMAIN_RACK] = cluster->nodes_per_rack,
        [DOMAIN_ZONE] = cluster->racks_per_zone,
        [DOMAIN_SITE] = cluster->zones_per_site,
    };
    uint64_t n = 1;
    for (int wider = DOMAIN_RACK; wider <= (int)domain && wider < N_DOMAINS; wider++)
        n = group(n, sizes[wider], cluster->nodes);
    return n;
}

uint64_t model_units(const struct model *model, const struct failure_params *failure)
{
    uint64_t n_nodes;
    switch ((enum strikes)failure->strikes) {
    case STRIKES_PROCESS:
        return model->job.tasks;
    case STRIKES_CONTAINER:
        return model->job.containers;
    case STRIKES_NODE:
    case STRIKES_RACK:
    case STRIKES_ZONE:
    case STRIKES_SITE:
        n_nodes = model_nodes_in(model, failure_domain(failure));
        return (model->cluster.nodes + n_nodes - 1) / n_nodes;
    case STRIKES_DEVICE:
    case STRIKES_COORDINATOR:
    case STRIKES_JOB:
    default:
        return 1;
    }
}

bool model_has_power(const struct model *model)
{
    const struct power_params *power = &model->cluster.power;
    return power->idle > 0 || power->busy > 0 || power->down > 0;
}

static void prepare_nodes(struct model *model, struct err *err)
{
    uint64_t needed = model_nodes_needed(model);
    if (model->cluster.nodes == 0)
        model->cluster.nodes = needed;
    if (model->cluster.nodes < needed)
        (void)err_add(err, "/cluster/nodes",
                      "%llu nodes of %llu slots cannot host %llu tasks; at least %llu are needed",
                      (unsigned long long)model->cluster.nodes,
                      (unsigned long long)model->cluster.slots_per_node,
                      (unsigned long long)model->job.tasks, (unsigned long long)needed);
}

/* Whether failures strike racks or what is wider, or spread within them. */
static bool has_wide_failures(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (failure_domain(&failures[i]) >= DOMAIN_RACK ||
            (failure_has_cascade(&failures[i]) &&
             failure_cascade_domain(&failures[i]) >= DOMAIN_RACK))
            return true;
    return false;
}

/* Racks and what is wider are there for failures alone. */
static void warn_of_racks(const struct model *model, struct err *err)
{
    const struct cluster_params *cluster = &model->cluster;
    if (cluster->nodes_per_rack + cluster->racks_per_zone + cluster->zones_per_site > 0 &&
        !has_wide_failures(model))
        err_warn(err, "/cluster",
                 "no failure strikes racks, zones or sites, or goes on within them: how many nodes "
                 "they have has no effect");
}

static void prepare_prices(const struct model *model, struct err *err)
{
    if (model->prices.kwh > 0 && !model_has_power(model))
        (void)err_add(err, "/prices/kwh", "the nodes use no energy: give /cluster/power");
}

bool model_prepare(struct model *model, struct arena *arena, struct err *err)
{
    if (!model_prepare_kind(model, arena, err))
        return false;
    prepare_nodes(model, err);
    prepare_prices(model, err);
    model_prepare_failures(model, arena, err);
    warn_of_racks(model, err);
    recovery_prepare(model, err);
    model_prepare_checkpoint(model, arena, err);
    model_check_contents(model, err);
    return err_ok(err);
}
