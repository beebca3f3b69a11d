// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Every preset: it runs under failures with all identities intact, says where its values come from,
 * and takes as long over each phase of a recovery as the closed forms of its engine say.
 *
 * Fixed seed. A mean may lie 4.5 standard errors off: one row in 150,000 is refused by chance.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "fixture.h"
#include "scenario/presets.h"

enum { MAX_SETS = 8, PRESET_TEXT = 200, ENOUGH_EVENTS = 400, MOST_REPLICATIONS = 2000 };

static const double STANDARD_ERRORS = 4.5;

/*
 * The mean of a phase, per recovery, under the preset with these keys changed. Failures are put far
 * apart: one that comes before the last is caught up extends its recovery.
 */
struct phase_mean {
    const char *preset;
    enum metric metric;
    double mean_s;
    const char *why; /* the closed form */
    const char *sets[MAX_SETS];
};

#define HPC_FAILS                                                                                  \
    "/failures=[{\"strikes\": \"node\", \"at\": [\"5 d\", \"10 d\", \"15 d\", \"20 d\"]}]",        \
        "/checkpoint/trigger=fixed", "/checkpoint/interval=3 h"

/* Little to do, so that many recoveries are simulated. */
#define SPARK_FAILS(what, times)                                                                   \
    "/failures=[{\"strikes\": \"" what "\", \"at\": [" times "]}]",                                \
        "/job/operators/0/source/arrivals/rate=1/s", "/checkpoint/trigger=fixed",                  \
        "/checkpoint/interval=20 s"
#define EVERY_5_MIN                                                                                \
    "\"5 min\", \"10 min\", \"15 min\", \"20 min\", \"25 min\", \"30 min\", \"35 min\""
#define EVERY_250_S                                                                                \
    "\"250 s\", \"500 s\", \"750 s\", \"1000 s\", \"1250 s\", \"1500 s\", \"1750 s\", \"2000 "     \
    "s\", "                                                                                        \
    "\"2250 s\", \"2500 s\""
#define EVERY_HOUR "\"1 h\", \"2 h\", \"3 h\""
/* One task, of 10 MB. */
#define SMALL_JOB                                                                                  \
    "/job={\"operators\": [{\"name\": \"alone\", \"tasks\": 1, \"service\": \"1 ms\", "            \
    "\"state\": \"10 MB\", \"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": "       \
    "\"1/s\"}}}]}"
#define DEVICE_READ                                                                                \
    SMALL_JOB, "/failures=[{\"strikes\": \"job\", \"at\": [" EVERY_5_MIN "]}]",                    \
        "/checkpoint/content=full", "/checkpoint/trigger=fixed", "/checkpoint/interval=20 s"
#define NAMENODE_FAILS(what)                                                                       \
    "/failures=[{\"strikes\": \"" what "\", \"at\": [{\"time\": \"90 min\", \"unit\": 0}, "        \
    "{\"time\": \"90 min\", \"unit\": 1}]}]",                                                      \
        "/run/duration=2 h", "/run/warmup=null"
/* Three failures, 3 min and more after a checkpoint. */
#define STAGED_FAILS(what)                                                                         \
    "/failures=[{\"strikes\": \"" what "\", \"at\": [\"6.05 h\", \"20.05 h\", \"30.05 h\"]}]"
#define TASKS_FAIL                                                                                 \
    "/failures=[{\"strikes\": \"process\", \"at\": [{\"time\": \"1 min\", \"unit\": 0}]}]"
#define DISASTERS                                                                                  \
    "/failures=[{\"strikes\": \"job\", \"severity\": \"site\", \"at\": [\"6.05 h\", \"20.05 h\", " \
    "\"30.05 h\"]}]"
/* State that does not change, so that what is restored has always the same size. */
#define FROZEN(operator, size)                                                                     \
    "/job/operators/" operator"/state={\"size\": \"" size "\", \"dirty\": 0}"

/*
 * One of all units of a level fails at a time, and 20 to 21 min after it is up again the next: at
 * rates so low that there is nothing to catch up with.
 */
#define FAILS(level, low, high)                                                                    \
    "/failures=[{\"strikes\": \"" level "\", \"per\": \"system\", \"time_to_failure\": "           \
    "{\"dist\": \"uniform\", \"low\": \"" low "\", \"high\": \"" high "\"}}]"
#define QUIET(level)                                                                               \
    "/run/duration=20 h", "/job/operators/0/source/arrivals/rate=0.5/s",                           \
        FAILS(level, "20 min", "21 min")
#define EXITS(operator, size) QUIET("container"), FROZEN(operator, size)
#define NODE_FAILS(operator, size) QUIET("node"), "/failures/0/repair=1 min", FROZEN(operator, size)

/* After a recovery has given it up. */
#define NODE_COMES_BACK(operator, size)                                                            \
    QUIET("node"), "/failures/0/repair=10 min", FROZEN(operator, size)

/* A load of 0.6 in even steps on the operator that reads, and checkpoints that take no time. */
#define EVEN(rate, service)                                                                        \
    "/run/duration=20 h",                                                                          \
        "/job/operators/0/source/arrivals={\"process\": \"constant\", \"rate\": \"" rate "\"}",    \
        "/job/operators/0/service=" service

#define ROW(preset, metric, mean_s, why, ...)                                                      \
    {                                                                                              \
        preset, metric, mean_s, why,                                                               \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

#define SAMZA(preset)                                                                              \
    ROW(preset, M_DETECT, 1, "2 polls of 1 s", EXITS("0", "400 MB")),                              \
        ROW(preset, M_DETECT, 699.5, "600 s - 1 s / 2 + 200 s / 2", NODE_FAILS("0", "400 MB")),    \
        ROW(preset, M_ALLOCATE, 2.8, "(1 s + 1 s + 3.6 s) / 2", EXITS("0", "400 MB")),             \
        ROW(preset, M_LOCALISE, 1.75, "0.5 s to 3 s", EXITS("0", "400 MB")),                       \
        ROW(preset, M_START, 1.25, "0.5 s to 2 s", EXITS("0", "400 MB"))
#define NO_LOG_LATENCY "/storage/log/latency=0 s"

#define KAFKA(preset, more)                                                                        \
    ROW(preset, M_DETECT, 43.5, "45 s - 3 s / 2", EXITS("0", "400 MB"), more),                     \
        ROW(preset, M_RESTART, 1.5, "the next heartbeat, of 3 s", EXITS("0", "400 MB"), more)

/* Full checkpoints only, so that a restore reads as much each time. */
#define BASES "/checkpoint/content/base_every=1"

/* The back-off counts from the detection on, which the 0.1 s to cancel are part of. */
#define FLINK_BACKOFF "/recovery/backoff/reset=10 min"
#define FLINK(preset)                                                                              \
    ROW(preset, M_DETECT, 45, "50 s - 10 s / 2", NODE_FAILS("1", "2 GB")), FLINK_EXITS(preset)
#define FLINK_EXITS(preset)                                                                        \
    ROW(preset, M_DETECT, 15, "(2 - 1/2) x 10 s", EXITS("1", "2 GB")),                             \
        ROW(preset, M_CANCEL, 0.1, "as given", EXITS("1", "2 GB"), FLINK_BACKOFF),                 \
        ROW(preset, M_BACKOFF, 0.925, "1 s + 0.1 s / 4, less what cancelling takes",               \
            EXITS("1", "2 GB"), FLINK_BACKOFF)
#define FLINK_START(preset)                                                                        \
    ROW(preset, M_ALLOCATE, 1.1, "0.2 s to 2 s", EXITS("1", "2 GB")),                              \
        ROW(preset, M_LOCALISE, 1.75, "0.5 s to 3 s", EXITS("1", "2 GB")),                         \
        ROW(preset, M_START, 1.25, "0.5 s to 2 s", EXITS("1", "2 GB"))
#define S3_LATENCY "/storage/s3/latency=30 ms"

/* While tasks run on it; who fetches from it does not find out. */
#define NODE_IS_LOST                                                                               \
    "/failures=[{\"strikes\": \"node\", \"repair\": \"1 h\", \"at\": [\"90 s\"]}]",                \
        "/job/execution/fetch_timeout=2 h"

static const struct phase_mean phases[] = {
    {"hpc-single-level", M_DETECT, 0, "noticed at once", {HPC_FAILS}},
    {"hpc-single-level", M_RESTART, 60, "D = 1 min", {HPC_FAILS}},
    {"hpc-single-level", M_RESTORE, 600, "R = 10 min", {HPC_FAILS}},
    {"hpc-scr", M_DETECT, 10, "as given", {STAGED_FAILS("node")}},
    {"hpc-scr", M_RESTART, 60, "as given", {STAGED_FAILS("node")}},
    {"hpc-scr",
     M_RESTORE,
     11.71885,
     "0.1 ms, 3.90625 GB at 1 GB/s, and decoded at 500 MB/s",
     {STAGED_FAILS("node")}},
    {"hpc-scr", M_RESTORE, 41, "1 s, and 2 TB at 50 GB/s", {DISASTERS}},
    {"hpc-fti", M_RESTORE, 3.90635, "0.1 ms, and 3.90625 GB at 1 GB/s", {STAGED_FAILS("job")}},
    {"hpc-veloc", M_RESTORE, 3.90635, "0.1 ms, and 3.90625 GB at 1 GB/s", {STAGED_FAILS("job")}},
    {"hpc-veloc", M_RESTORE, 41, "1 s, and 2 TB at 50 GB/s", {DISASTERS}},
    {"ml-training", M_DETECT, 30, "as given", {STAGED_FAILS("job")}},
    {"ml-training", M_RESTART, 300, "as given", {STAGED_FAILS("job")}},
    {"ml-training", M_RESTORE, 0.87505, "50 us, and 17.5 GB at 20 GB/s", {STAGED_FAILS("job")}},
    {"ml-training", M_RESTORE, 29, "1 s, and 1120 GB at 40 GB/s", {DISASTERS}},
    {"spark-batch", M_DETECT, 0, "noticed at once", {TASKS_FAIL}},
    {"spark-batch", M_DETECT, 145, "120 s - 10 s/2 + 60 s/2", {NODE_IS_LOST}},
    {"mapreduce-yarn", M_DETECT, 699.5, "600 s - 1 s/2 + 200 s/2", {NODE_IS_LOST}},
    {"mapreduce-yarn", M_DETECT, 1, "n h/2 of 2 polls of 1 s", {TASKS_FAIL}},
    {"spark-streaming-hdfs",
     M_DETECT,
     0,
     "a connection breaks",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-streaming-hdfs",
     M_DETECT,
     1,
     "n h/2 of 2 polls of 1 s",
     {SPARK_FAILS("job", EVERY_5_MIN)}},
    {"spark-streaming-hdfs",
     M_DETECT,
     145,
     "120 s - 10 s/2 + 60 s/2",
     {SPARK_FAILS("node", EVERY_5_MIN)}},
    {"spark-streaming-hdfs",
     M_ALLOCATE,
     1.1,
     "(0.2 s + 2 s)/2",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-streaming-hdfs",
     M_LOCALISE,
     1.75,
     "(0.5 s + 3 s)/2",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-streaming-hdfs",
     M_START,
     1.25,
     "(0.5 s + 2 s)/2",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-streaming-hdfs",
     M_RESTORE,
     0.126,
     "a base of 25 MB at 200 MB/s after 1 ms",
     {SPARK_FAILS("container", EVERY_5_MIN), "/checkpoint/content=full"}},
    {"spark-streaming-rocksdb",
     M_DETECT,
     145,
     "120 s - 10 s/2 + 60 s/2",
     {SPARK_FAILS("node", EVERY_5_MIN)}},
    {"spark-streaming-rocksdb",
     M_RESTART,
     4.1,
     "1.1 s + 1.75 s + 1.25 s",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-streaming-rocksdb",
     M_RESTORE,
     0.251,
     "files of 50 MB at 200 MB/s after 1 ms",
     {SPARK_FAILS("container", EVERY_5_MIN), "/checkpoint/content=full"}},
    {"spark-streaming-changelog",
     M_DETECT,
     145,
     "120 s - 10 s/2 + 60 s/2",
     {SPARK_FAILS("node", EVERY_5_MIN)}},
    {"spark-streaming-changelog",
     M_RESTART,
     4.1,
     "1.1 s + 1.75 s + 1.25 s",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-dstreams", M_DETECT, 0, "a connection breaks", {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-dstreams",
     M_RESTART,
     4.1,
     "1.1 s + 1.75 s + 1.25 s",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"spark-dstreams",
     M_RESTORE,
     2.2,
     "1 s, and 0.5 s for each of 0 to 4 batches since, for 1, 2, 2, 2 and 3 s of each 10 s",
     {"/failures=[{\"strikes\": \"job\", \"time_to_failure\": {\"dist\": \"uniform\", \"low\": "
      "\"100 s\", \"high\": \"140 s\"}}]",
      "/job/operators/0/source/arrivals/rate=1/s"}},
    {"mesos-marathon",
     M_DETECT,
     0.05,
     "h/2 of 1 poll of 0.1 s",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"mesos-marathon",
     M_DETECT,
     82.5,
     "(k + 1/2) p of 5 pings every 15 s",
     {SPARK_FAILS("node", EVERY_5_MIN)}},
    {"mesos-marathon",
     M_BACKOFF,
     2.0303718238,
     "10 waits of 1.15^(n-1) s sum to 20.30 s",
     {SPARK_FAILS("container", EVERY_250_S), "/run/duration=44 min"}},
    {"mesos-marathon",
     M_ALLOCATE,
     0.5,
     "1 s/2 to the next offer",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"mesos-marathon",
     M_LOCALISE,
     1.75,
     "(0.5 s + 3 s)/2",
     {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"mesos-marathon", M_START, 1.25, "(0.5 s + 2 s)/2", {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"yarn", M_DETECT, 1, "n h/2 of 2 polls of 1 s", {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"yarn",
     M_DETECT,
     699.5,
     "600 s - 1 s/2 + 200 s/2",
     {SPARK_FAILS("node", EVERY_HOUR), "/run/duration=4 h"}},
    {"yarn", M_ALLOCATE, 1, "two heartbeats", {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"yarn", M_LOCALISE, 1.75, "(0.5 s + 3 s)/2", {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"yarn", M_START, 1.25, "(0.5 s + 2 s)/2", {SPARK_FAILS("container", EVERY_5_MIN)}},
    {"hdfs-namenode",
     M_DETECT,
     0.5,
     "h/2 of 1 health check a second",
     {NAMENODE_FAILS("container")}},
    {"hdfs-namenode", M_DETECT, 9.5, "10 s - 1 s/2", {NAMENODE_FAILS("node")}},
    {"hdfs-namenode", M_RESTART, 1, "fencing", {NAMENODE_FAILS("container")}},
    {"hdfs-namenode-cold",
     M_RESTORE,
     30.01,
     "an image of 3 GB at 100 MB/s after 10 ms",
     {NAMENODE_FAILS("container")}},
    {"hdfs-namenode-cold",
     M_RECOVERY_TIME,
     268.3444444444,
     "(O + rho X)/(1 - rho), O = 61.51 s, rho = 0.1, X = 30 min",
     {NAMENODE_FAILS("container"), "/checkpoint/trigger=fixed"}},
    {"device-s3",
     M_RESTORE,
     0.156772,
     "one request, 30 ms exp(0.8155^2/2), and 10 MB at 87 MB/s",
     {DEVICE_READ}},
    {"device-hdfs", M_RESTORE, 0.051, "1 ms, and 10 MB at 200 MB/s", {DEVICE_READ}},
    {"device-ssd", M_RESTORE, 0.0101, "0.1 ms, and 10 MB at 1 GB/s", {DEVICE_READ}},
    {"device-kafka-log",
     M_RESTORE,
     0.2067265,
     "5 ms exp(0.7702^2/2), and 10 MB at 50 MB/s",
     {DEVICE_READ}},
    SAMZA("samza-kafka"),
    {"samza-kafka",
     M_RESTORE,
     1,
     "L / r = 50 MB / 50 MB/s",
     {EXITS("0", "400 MB"), NO_LOG_LATENCY}},
    {"samza-kafka",
     M_RECOVERY_TIME,
     (1 + 2.8 + 1.75 + 1.25 + 1 + 0.6 * 30) / 0.4,
     "(O + rho T / 2) / (1 - rho)",
     {EVEN("50/s", "48 ms"), NO_LOG_LATENCY, FROZEN("0", "400 MB"), "/checkpoint/sync=0 s",
      FAILS("container", "5 min", "6 min")}},
    SAMZA("samza-host-affinity"),
    {"samza-host-affinity",
     M_RESTORE,
     0.1,
     "a look at the copy",
     {EXITS("0", "400 MB"), NO_LOG_LATENCY}},
    {"samza-host-affinity",
     M_RESTORE,
     0.1 + 1,
     "a look for a copy, L / r = 50 MB / 50 MB/s",
     {NODE_FAILS("0", "400 MB"), NO_LOG_LATENCY}},
    {"samza-host-affinity",
     M_RECOVERY_TIME,
     (1 + 2.8 + 1.75 + 1.25 + 0.1 + 0.6 * 30) / 0.4,
     "(O + rho T / 2) / (1 - rho)",
     {EVEN("50/s", "48 ms"), NO_LOG_LATENCY, FROZEN("0", "400 MB"), "/checkpoint/sync=0 s",
      FAILS("container", "5 min", "6 min")}},
    SAMZA("samza-standby"),
    {"samza-standby", M_RESTORE, 0.1, "a look at the copy", {EXITS("0", "400 MB"), NO_LOG_LATENCY}},
    {"samza-standby",
     M_RESTORE,
     0.1,
     "a look for a copy, a standby that lacks nothing",
     {NODE_FAILS("0", "400 MB"), NO_LOG_LATENCY}},
    SAMZA("samza-blob"),
    {"samza-blob", M_RESTORE, 0.1, "a look at the copy", {EXITS("0", "400 MB")}},
    {"samza-blob",
     M_RESTORE,
     0.1 + 0.03 + 50.0 / (64 * 87) + 128 / 5500.0,
     "a look for a copy, L + 50 MB / (64 x 87 MB/s), 128 requests",
     {NODE_FAILS("0", "400 MB"), "/storage/blobs/latency=30 ms", BASES}},
    KAFKA("kafka-consumer", NULL),
    {"kafka-consumer",
     M_DETECT,
     300,
     "max.poll.interval",
     {QUIET("process"), "/failures/0/loses=nothing"}},
    {"kafka-consumer",
     M_RECOVERY_TIME,
     (43.5 + 1.5 + 0.6 * 2.5) / 0.4,
     "(O + rho T / 2) / (1 - rho)",
     {EVEN("50/s", "48 ms"), NO_LOG_LATENCY, "/checkpoint/coordination/phase=together",
      FAILS("container", "5 min", "6 min")}},
    KAFKA("kafka-streams", NULL),
    {"kafka-streams", M_DETECT, 43.5, "45 s - 3 s / 2", {NODE_FAILS("0", "400 MB")}},
    {"kafka-streams",
     M_RESTORE,
     0,
     "all is in the .checkpoint file",
     {EXITS("0", "400 MB"), NO_LOG_LATENCY}},
    {"kafka-streams",
     M_RESTORE,
     2,
     "L / r = 100 MB / 50 MB/s",
     {NODE_FAILS("0", "400 MB"), NO_LOG_LATENCY}},
    {"kafka-streams",
     M_RECOVERY_TIME,
     (43.5 + 1.5 + 0.6 * 15) / 0.4,
     "(O + rho T / 2) / (1 - rho)",
     {EVEN("50/s", "48 ms"), NO_LOG_LATENCY, FROZEN("0", "400 MB"), "/checkpoint/sync=0 s",
      FAILS("container", "5 min", "6 min")}},
    KAFKA("kafka-streams-eos", "/checkpoint/interval=30 s"),
    {"kafka-streams-eos",
     M_RESTORE,
     2,
     "L / r = 100 MB / 50 MB/s",
     {EXITS("0", "400 MB"), NO_LOG_LATENCY, "/checkpoint/interval=30 s"}},
    FLINK("flink-aligned"),
    FLINK_START("flink-aligned"),
    {"flink-aligned",
     M_RESTORE,
     2 * 0.03 + 500.0 / (4 * 87) + 32 / 5500.0,
     "2 L + 500 MB / (4 x 87 MB/s), 32 requests",
     {EXITS("1", "2 GB"), S3_LATENCY}},
    {"flink-aligned",
     M_RECOVERY_TIME,
     (15 + 0.1 + 0.925 + 1.1 + 1.75 + 1.25 + 0.6 * 30) / 0.4,
     "(O + rho T / 2) / (1 - rho)",
     {EVEN("20/s", "60 ms"), FROZEN("1", "0 B"), "/job/operators/1/service=0 s",
      "/checkpoint/sync=0 s", FLINK_BACKOFF, FAILS("container", "11 min", "12 min")}},
    FLINK("flink-rocksdb-incremental"),
    FLINK_START("flink-rocksdb-incremental"),
    {"flink-rocksdb-incremental",
     M_RESTORE,
     0.03 + 62.5 / 87 + 32 / 5500.0,
     "L + 500 MB / (8 x 87 MB/s), 32 requests",
     {EXITS("1", "2 GB"), S3_LATENCY, BASES}},
    FLINK("flink-local-recovery"),
    FLINK_START("flink-local-recovery"),
    {"flink-local-recovery", M_RESTORE, 0.01, "links to files", {EXITS("1", "2 GB"), S3_LATENCY}},
    {"flink-local-recovery",
     M_RESTORE,
     0.01 + 0.03 + 62.5 / 87 + 8 / 5500.0,
     "a look for a copy, L + 500 MB / (8 x 87 MB/s), 8 requests, of the task that is moved",
     {NODE_FAILS("1", "2 GB"), S3_LATENCY, BASES}},
    FLINK("flink-unaligned"),
    FLINK_START("flink-unaligned"),
    {"flink-unaligned",
     M_RESTORE,
     0.03 + 62.5 / 87 + 32 / 5500.0,
     "L + 500 MB / (8 x 87 MB/s), 32 requests",
     {EXITS("1", "2 GB"), S3_LATENCY, BASES}},
    FLINK("flink-changelog"),
    FLINK_START("flink-changelog"),
    {"flink-changelog",
     M_RESTORE,
     0.03 + 62.5 / 87 + 32 / 5500.0,
     "L + 500 MB / (8 x 87 MB/s), 32 requests",
     {EXITS("1", "2 GB"), S3_LATENCY}},
    FLINK_EXITS("flink-adaptive"),
    FLINK_START("flink-adaptive"),
    {"flink-adaptive",
     M_ALLOCATE,
     10 / 2.0 + 1.1,
     "10 s of stabilisation at the loss of a node, none when it is back; 0.2 s to 2 s at both",
     {NODE_COMES_BACK("1", "2 GB")}},
    {"flink-adaptive",
     M_DETECT,
     45 / 2.0,
     "50 s - 10 s / 2 at the loss of a node, none when it is back",
     {NODE_COMES_BACK("1", "2 GB")}},
    {"flink-adaptive",
     M_RESTORE,
     0.03 + 62.5 / 87 + 32 / 5500.0,
     "L + 500 MB / (8 x 87 MB/s), 32 requests",
     {EXITS("1", "2 GB"), S3_LATENCY, BASES}},
};

/* Presets that are parts of scenarios, such as a device, and one that they can go over. */
static const struct part {
    const char *name;
    const char *over;
} parts[] = {
    {"mesos-marathon", "spark-streaming-hdfs"},
    {"yarn", "spark-streaming-hdfs"},
    {"device-s3", "spark-streaming-hdfs"},
    {"device-hdfs", "spark-streaming-hdfs"},
    {"device-ssd", "spark-streaming-hdfs"},
    {"device-kafka-log", "spark-streaming-hdfs"},
    {NULL, NULL},
};

static void open_preset(struct fixture *fixture, const char *name, const char *const *sets)
{
    char text[PRESET_TEXT];
    (void)snprintf(text, sizeof text, "{\"extends\": \"%s\"}", name);
    for (const struct part *part = parts; part->name; part++)
        if (strcmp(part->name, name) == 0)
            (void)snprintf(text, sizeof text, "{\"extends\": [\"%s\", \"%s\"]}", part->over, name);
    if (!fixture_init(fixture, text, sets, MAX_SETS))
        fail_msg("preset %s", name);
}

static void presets_run_under_failures(void **state)
{
    (void)state;
    enum { REPLICATIONS = 3 };
    static const char *const none[MAX_SETS] = {NULL};
    for (const struct preset *preset = presets; preset->name; preset++) {
        struct fixture fixture;
        double failures = 0;
        open_preset(&fixture, preset->name, none);
        for (uint64_t i = 0; i < REPLICATIONS; i++) {
            struct metrics metrics;
            if (!fixture_replicate(&fixture, 1, i, &metrics))
                fail_msg("preset %s", preset->name);
            failures += metrics.value[M_FAILURES];
        }
        if (!(failures > 0))
            fail_msg("preset %s: no failure in %d replications", preset->name, REPLICATIONS);
        fixture_release(&fixture);
    }
}

static void presets_say_where_values_come_from(void **state)
{
    (void)state;
    enum { FEW = 3 };
    static const char *const none[MAX_SETS] = {NULL};
    for (const struct preset *preset = presets; preset->name; preset++) {
        struct fixture fixture;
        open_preset(&fixture, preset->name, none);
        if (fixture.scenario.provenance.n < FEW)
            fail_msg("preset %s: the source of %zu values only", preset->name,
                     fixture.scenario.provenance.n);
        fixture_release(&fixture);
    }
}

/* ---- phases ---- */

struct mean {
    double n, sum, square; /* about the expected mean */
};

static void add(struct mean *mean, const struct metrics *metrics, enum metric metric,
                double expected)
{
    double n = metrics->count[metric];
    double off = metrics->value[metric] - n * expected;
    mean->n += n;
    mean->sum += off;
    if (n > 0)
        mean->square += metrics->m2[metric] + off * off / n;
}

static void check_phase(const struct phase_mean *phase)
{
    struct fixture fixture;
    struct mean mean = {0};
    size_t enough = support_scale(ENOUGH_EVENTS);
    open_preset(&fixture, phase->preset, phase->sets);
    for (uint64_t i = 0; i < MOST_REPLICATIONS && mean.n < (double)enough; i++) {
        struct metrics metrics;
        if (!fixture_replicate(&fixture, 1, i, &metrics))
            fail_msg("preset %s", phase->preset);
        add(&mean, &metrics, phase->metric, phase->mean_s);
    }
    fixture_release(&fixture);
    const char *name = metric_rows[phase->metric].name;
    if (mean.n < (double)enough)
        fail_msg("%s, %s: %g events only", phase->preset, name, mean.n);
    double error_s = sqrt(fmax(mean.square - mean.sum * mean.sum / mean.n, 0)) / mean.n;
    double off_s = mean.sum / mean.n;
    print_message("%s, %s: %.6g s, expected %.6g s (%s), standard error %.2g s\n", phase->preset,
                  name, phase->mean_s + off_s, phase->mean_s, phase->why, error_s);
    if (!(fabs(off_s) <= STANDARD_ERRORS * error_s + 1e-9 * (1 + phase->mean_s)))
        fail_msg("%s, %s: %g s instead of %g s: %g standard errors", phase->preset, name,
                 phase->mean_s + off_s, phase->mean_s, off_s / error_s);
}

static void phases_have_the_means_of_the_closed_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(phases); i++)
        check_phase(&phases[i]);
}

static void every_preset_has_its_phases_checked(void **state)
{
    (void)state;
    for (const struct preset *preset = presets; preset->name; preset++) {
        size_t i = 0;
        while (i < MEM_COUNT(phases) && strcmp(phases[i].preset, preset->name) != 0)
            i++;
        if (i == MEM_COUNT(phases))
            fail_msg("no phase of preset %s is checked", preset->name);
    }
}

/* ---- batch jobs, killed at every instant ---- */

enum { MOST_INSTANTS = 60 };

struct instants {
    double times_s[100000];
    size_t n;
};

static void note_instant(void *context, double time_s, const char *event,
                         const struct trace_value *values, size_t n)
{
    (void)event;
    (void)values;
    (void)n;
    struct instants *instants = context;
    if (instants->n == MEM_COUNT(instants->times_s) ||
        (instants->n > 0 && !(time_s > instants->times_s[instants->n - 1])))
        return;
    instants->times_s[instants->n++] = time_s;
}

static void run_to_the_end(struct fixture *fixture, const char *name)
{
    struct metrics metrics;
    if (!fixture_replicate(fixture, 1, 0, &metrics))
        fail_msg("preset %s", name);
    if (metrics.value[M_UNFINISHED] > 0)
        fail_msg("preset %s: the job does not end", name);
}

/* A failure at up to so many instants at which something happens without: identities hold. */
static void kill_batch(struct fixture *fixture, const char *name, struct instants *instants)
{
    struct trace_sink sink = {.record = note_instant, .context = instants};
    const struct failure_params *failures = fixture->scenario.model.failures.items;
    struct scripted_failure *at = failures[0].at.items;
    instants->n = 0;
    fixture->run.trace = &sink;
    run_to_the_end(fixture, name);
    fixture->run.trace = NULL;
    size_t most = support_scale(MOST_INSTANTS);
    size_t tried = instants->n < most ? instants->n : most;
    for (size_t i = 0; i < tried; i++) {
        at[0].time_s = instants->times_s[i * instants->n / tried];
        run_to_the_end(fixture, name);
    }
    print_message("%s: killed at %zu of %zu instants\n", name, tried, instants->n);
}

static void batch_presets_end_whatever_fails_when(void **state)
{
    (void)state;
    static const char *const names[] = {"spark-batch", "mapreduce-yarn", "hpc-scr",
                                        "hpc-fti",     "hpc-veloc",      "ml-training"};
    static const char *const sets[MAX_SETS] = {
        "/failures=[{\"strikes\": \"node\", \"at\": [{\"time\": \"1e9 s\", \"unit\": 0}]}]"};
    struct instants *instants = mem_alloc(1, sizeof *instants);
    for (size_t i = 0; i < MEM_COUNT(names); i++) {
        struct fixture fixture;
        open_preset(&fixture, names[i], sets);
        kill_batch(&fixture, names[i], instants);
        fixture_release(&fixture);
    }
    free(instants);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_run_under_failures),
        cmocka_unit_test(presets_say_where_values_come_from),
        cmocka_unit_test(every_preset_has_its_phases_checked),
        cmocka_unit_test(batch_presets_end_whatever_fails_when),
        cmocka_unit_test(phases_have_the_means_of_the_closed_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
