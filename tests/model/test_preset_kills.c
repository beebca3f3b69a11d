// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The presets of stream engines under failures everywhere: stream_kills.h says where, and what must
 * hold. The small job of that header stands in for the preset's own.
 */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "stream_kills.h"
#include "support.h"

/* Between its operators a job has channels as the engine has them. */
#define PRESET(name, channel)                                                                      \
    "{\"extends\": " name                                                                          \
    ", " KILL_JOB(channel) "\"failures\": [{\"at\": [\"1e9 s\", \"1e9 s\"]}], \"run\": "           \
                           "{\"duration\": \"4 h\", \"warmup\": null}}"
#define PIPELINED(name) PRESET(name, "\"capacity\": 3")
#define LOGGED(name) PRESET(name, "\"channel\": \"log\"")

/* What looks for messages every 10 ms does so to the end of the run. */
#define SHORT "/run/duration=2 min"
/* More than one checkpoint in the few seconds in which the small job is busy. */
#define OFTEN "/checkpoint/interval=1.7 s", "/checkpoint/trigger=fixed", "/run/duration=10 min"
/* No log between operators, whose readers would see again what a sender writes again. */
#define ONE_OPERATOR                                                                               \
    "/job/operators=[{\"name\": \"alone\", \"tasks\": 3, \"service\": \"57 ms\", \"state\": "      \
    "\"90 MB\", \"source\": {\"partitions\": 4, \"arrivals\": {\"process\": \"piecewise\", "       \
    "\"spacing\": \"even\", \"points\": [{\"at\": \"0 s\", \"rate\": \"55/s\"}, {\"at\": \"6 "     \
    "s\", \"rate\": \"0/s\"}]}}}]"
#define STRIKES(level)                                                                             \
    "/failures/0={\"strikes\": \"" level "\", \"at\": [{\"time\": \"1e9 s\", \"unit\": 0}, "       \
    "{\"time\": \"1e9 s\", \"unit\": 1}]}"
#define EXITS STRIKES("container")
#define NODE_FAILS STRIKES("node"), "/failures/0/repair=1 min"

static const struct {
    struct kill_setting setting;
    double recovered_s;
} settings[] = {
    {{"spark-streaming-hdfs", PIPELINED("\"spark-streaming-hdfs\""), {SHORT}}, 40},
    {{"spark-streaming-rocksdb", PIPELINED("\"spark-streaming-rocksdb\""), {SHORT}}, 40},
    {{"spark-streaming-changelog", PIPELINED("\"spark-streaming-changelog\""), {SHORT}}, 40},
    {{"spark-dstreams", PIPELINED("\"spark-dstreams\""), {SHORT}}, 40},
    {{"mesos-marathon", PIPELINED("[\"spark-streaming-hdfs\", \"mesos-marathon\"]"), {SHORT}}, 40},
    {{"yarn", PIPELINED("[\"spark-streaming-hdfs\", \"yarn\"]"), {SHORT}}, 40},
    {{"device-s3", PIPELINED("[\"spark-streaming-hdfs\", \"device-s3\"]"), {SHORT}}, 60},
    {{"hdfs-namenode",
      LOGGED("\"hdfs-namenode\""),
      {"/checkpoint/interval=1.7 s", "/checkpoint/content/materialize=5 s", SHORT}},
     40},
    {{"hdfs-namenode-cold",
      LOGGED("\"hdfs-namenode-cold\""),
      {"/checkpoint/interval=1.7 s", "/run/duration=5 min"}},
     100},
    {{"Samza", LOGGED("\"samza-kafka\""), {OFTEN, EXITS}}, 60},
    {{"Samza, host affinity", LOGGED("\"samza-host-affinity\""), {OFTEN, EXITS}}, 60},
    {{"Samza, standby", LOGGED("\"samza-standby\""), {OFTEN, NODE_FAILS, "/run/duration=1 h"}},
     900},
    {{"Samza, blob store", LOGGED("\"samza-blob\""), {OFTEN, EXITS}}, 60},
    {{"Kafka consumer", LOGGED("\"kafka-consumer\""), {OFTEN, EXITS}}, 90},
    {{"Kafka Streams", LOGGED("\"kafka-streams\""), {OFTEN, EXITS}}, 90},
    {{"Kafka Streams, a node is lost", LOGGED("\"kafka-streams\""), {OFTEN, NODE_FAILS}}, 90},
    {{"Kafka Streams, exactly once",
      LOGGED("\"kafka-streams-eos\""),
      {ONE_OPERATOR, EXITS, "/run/duration=10 min"}},
     90},
    {{"Flink", PIPELINED("\"flink-aligned\""), {OFTEN, EXITS}}, 60},
    {{"Flink, RocksDB", PIPELINED("\"flink-rocksdb-incremental\""), {OFTEN, EXITS}}, 60},
    {{"Flink, local recovery", PIPELINED("\"flink-local-recovery\""), {OFTEN, EXITS}}, 60},
    {{"Flink, unaligned", PIPELINED("\"flink-unaligned\""), {OFTEN, EXITS}}, 60},
    {{"Flink, changelog", PIPELINED("\"flink-changelog\""), {OFTEN, EXITS}}, 60},
    {{"Flink, adaptive", PIPELINED("\"flink-adaptive\""), {OFTEN, EXITS}}, 60},
    {{"Flink, adaptive, a node is lost", PIPELINED("\"flink-adaptive\""), {OFTEN, NODE_FAILS}},
     180},
};

static void presets_lose_nothing_whatever_fails_when(void **state)
{
    (void)state;
    enum { EFFORT = 10 };
    for (size_t i = 0; i < MEM_COUNT(settings) && settings[i].setting.name; i++) {
        kill_everywhere(&settings[i].setting, "completion_first", settings[i].recovered_s, EFFORT);
        kill_everywhere(&settings[i].setting, "failure_first", settings[i].recovered_s, EFFORT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_lose_nothing_whatever_fails_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
