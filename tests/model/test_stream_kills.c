// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Every strategy under failures everywhere: stream_kills.h says where, and what must hold.
 */
#include <string.h>

#include "core/memory.h"
#include "strategy/strategy.h"
#include "stream_kills.h"
#include "support.h"

#define GRAPH(channel)                                                                             \
    "{" KILL_JOB(channel) " \"checkpoint\": {\"interval\": \"1.7 s\", \"cost\": \"0.13 s\"},"      \
                          " \"storage\": {\"dfs\": {\"latency\": \"20 ms\", \"stream_write\": "    \
                          "\"500 MB/s\","                                                          \
                          "   \"total_write\": \"800 MB/s\", \"stream_read\": \"700 MB/s\"}},"     \
                          " \"cluster\": {\"nodes\": 2},"                                          \
                          " \"failures\": [{\"at\": [\"1e9 s\", \"1e9 s\"]}],"                     \
                          " \"recovery\": {\"detector\": \"0.31 s\", \"downtime\": \"0.4 s\", "    \
                          "\"restore\": \"0.25 s\","                                               \
                          "   \"restart\": {\"delay\": \"0.2 s\"}},"                               \
                          " \"run\": {\"duration\": \"120 s\"}}"

static const char pipelined[] = GRAPH("\"capacity\": 3");
static const char logged[] = GRAPH("\"channel\": \"log\"");

#define ASYNC "/checkpoint/mode=async", "/checkpoint/sync=40 ms", "/checkpoint/share=0.25"
#define DEVICE "/checkpoint/cost=null", "/checkpoint/device=dfs"
#define GUARANTEE(name) "/job/guarantee=" name
/* So that a lost message is a lost output, wherever it is lost. */
#define AT_MOST_ONCE GUARANTEE("at_most_once"), "/job/operators/1/selectivity=1"
/* No log between operators. */
#define ONE_OPERATOR                                                                               \
    "/job/operators=[{\"name\": \"alone\", \"tasks\": 3, \"service\": \"57 ms\", \"state\": "      \
    "\"90 MB\", \"source\": {\"partitions\": 4, \"arrivals\": {\"process\": \"piecewise\", "       \
    "\"spacing\": \"even\", \"points\": [{\"at\": \"0 s\", \"rate\": \"55/s\"}, {\"at\": \"6 "     \
    "s\", "                                                                                        \
    "\"rate\": \"0/s\"}]}}}]"
#define KEYED "/job/operators/1/state={\"kind\": \"keyed\", \"keys\": 1000, \"value\": \"90 kB\"}"
/* Restored from what is listed, in place of a direct time. */
#define SOURCES(list) "/recovery/restore=null", "/recovery/sources=[" list "]"
#define REPAIRED_NODES                                                                             \
    "/failures/0={\"strikes\": \"node\", \"repair\": \"1.3 s\", \"at\": [{\"time\": \"1e9 s\", "   \
    "\"unit\": 0}, {\"time\": \"1e9 s\", \"unit\": 1}]}"
#define STRIKES(level)                                                                             \
    "/failures/0={\"strikes\": \"" level "\", \"at\": [{\"time\": \"1e9 s\", \"unit\": 0}, "       \
    "{\"time\": \"1e9 s\", \"unit\": 1}]}"

#define RESTART_PHASES                                                                             \
    "/recovery/backoff={\"initial\": \"50 ms\", \"max\": \"0.2 s\", \"factor\": 2, \"jitter\": "   \
    "0.2}",                                                                                        \
        "/recovery/restart={\"cancel\": \"70 ms\", \"allocate\": \"30 ms\", \"localise\": \"60 "   \
        "ms\", \"delay\": \"0.2 s\"}",                                                             \
        "/recovery/coordinator={\"time_to_failure\": \"1.1 s\", \"restart\": \"0.3 s\"}",          \
        "/recovery/scheduler/polls=[\"80 ms\", \"50 ms\"]",                                        \
        "/recovery/detectors=[{\"struck\": \"process\", \"detector\": {\"kind\": "                 \
        "\"exit_notice\", \"period\": \"0.1 s\"}, \"false_alarm_every\": \"60 s\"}]"

/* Two nodes host; what fails second is where the job has gone, or another part of it. */
#define RACKS(nodes_per_rack)                                                                      \
    "/cluster={\"nodes\": 4, \"nodes_per_rack\": " nodes_per_rack "}",                             \
        "/failures/0={\"strikes\": \"rack\", \"repair\": \"0.9 s\", \"at\": [{\"time\": \"1e9 "    \
        "s\", "                                                                                    \
        "\"unit\": 0}, {\"time\": \"1e9 s\", \"unit\": 1}], "                                      \
        "\"cascade\": {\"probability\": 0.5, \"delay\": \"0.3 s\", \"within\": \"site\"}}"

#define SLOW                                                                                       \
    "/failures=[{\"strikes\": \"process\", \"at\": [\"1e9 s\", {\"time\": \"1e9 s\", "             \
    "\"unit\": 3}]}, {\"strikes\": \"process\", \"at\": [\"0.9 s\", {\"time\": \"1.7 s\", "        \
    "\"unit\": 3}], \"slows\": {\"to\": 0.3, \"for\": \"1.9 s\"}}, {\"strikes\": \"node\", "       \
    "\"at\": [\"2.2 s\"], \"slows\": {\"to\": 0.6, \"for\": \"1.1 s\"}}]"

/* Of two cuts one may heal, and the other not. */
#define CUTS(strikes)                                                                              \
    "/failures/0={\"strikes\": \"" strikes "\", \"loses\": \"contact\", \"at\": [\"1e9 s\", "      \
    "{\"time\": \"1e9 s\", \"unit\": 1}], \"repair\": {\"dist\": \"uniform\", \"low\": \"0.1 "     \
    "s\", "                                                                                        \
    "\"high\": \"0.5 s\"}}",                                                                       \
        "/recovery/detector=0.3 s"

/* The coordinator fails, then a task; or the other way round. */
#define COORDINATOR                                                                                \
    "/failures=[{\"strikes\": \"coordinator\", \"at\": [\"1e9 s\"]}, {\"strikes\": \"process\", "  \
    "\"at\": [\"1e9 s\"]}]"
#define BEFORE_COORDINATOR                                                                         \
    "/failures=[{\"strikes\": \"process\", \"at\": [\"1e9 s\"]}, {\"strikes\": \"coordinator\", "  \
    "\"at\": [\"1e9 s\"]}]"

/* Some go on with the nodes that are left, until the others are back. */
#define RESCALES                                                                                   \
    "/cluster={\"nodes\": 2}",                                                                     \
        "/failures/0={\"strikes\": \"node\", \"repair\": \"1.3 s\", \"at\": [\"1e9 s\", "          \
        "{\"time\": "                                                                              \
        "\"1e9 s\", \"unit\": 1}]}",                                                               \
        "/recovery/scheduler/rescale_after=0.2 s"

static const struct kill_setting settings[] = {
    {"none", pipelined, {"/checkpoint/strategy=none"}},
    {"stop the world", pipelined, {"/checkpoint/strategy=stop_world"}},
    {"stop the world inside messages",
     pipelined,
     {"/checkpoint/strategy=stop_world", "/checkpoint/cut=preempt", DEVICE}},
    {"stop the world, async", pipelined, {"/checkpoint/strategy=stop_world", ASYNC}},
    {"barrier", pipelined, {"/checkpoint/strategy=barrier"}},
    {"barrier, async, a container fails",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, DEVICE, STRIKES("container")}},
    {"barrier, a task fails", pipelined, {"/checkpoint/strategy=barrier", STRIKES("process")}},
    {"barrier, async, a coordinator without which no checkpoint goes on",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, DEVICE,
      "/recovery/coordinator={\"time_to_failure\": \"1.7 s\", \"restart\": \"0.3 s\", \"blocks\": "
      "\"checkpoints\"}"}},
    {"stop the world, a coordinator without which nothing goes on",
     pipelined,
     {"/checkpoint/strategy=stop_world", STRIKES("process"),
      "/recovery/coordinator={\"time_to_failure\": \"1.7 s\", \"restart\": \"0.3 s\", \"blocks\": "
      "\"everything\"}"}},
    {"barrier, async, a coordinator that is struck before a task",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, DEVICE, COORDINATOR,
      "/recovery/coordinator={\"restart\": \"0.3 s\", \"blocks\": \"checkpoints\"}"}},
    {"independent, a coordinator that is struck after a task",
     logged,
     {"/checkpoint/strategy=periodic", "/recovery/restart/scope=container", BEFORE_COORDINATOR,
      "/recovery/coordinator={\"restart\": \"0.3 s\", \"blocks\": \"everything\"}"}},
    {"barrier, every phase of a restart",
     pipelined,
     {"/checkpoint/strategy=barrier", RESTART_PHASES, STRIKES("process")}},
    {"independent, every phase of a restart alone",
     logged,
     {"/checkpoint/strategy=periodic", RESTART_PHASES, "/recovery/restart/scope=container",
      STRIKES("process")}},
    {"barrier, racks fail, some after others",
     pipelined,
     {"/checkpoint/strategy=barrier", RACKS("2"), ASYNC}},
    {"independent, racks fail, a container restarts alone",
     logged,
     {"/checkpoint/strategy=periodic", "/recovery/restart/scope=container", RACKS("1")}},
    {"stop the world, a region restarts alone",
     pipelined,
     {"/checkpoint/strategy=stop_world", "/recovery/restart/scope=region",
      "/job/operators/2/inputs/0={\"from\": \"count\", \"channel\": \"log\"}", STRIKES("process")}},
    {"barrier, async, some are slow for a time",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, SLOW}},
    {"independent, slow nodes, a container restarts alone",
     logged,
     {"/checkpoint/strategy=periodic", "/recovery/restart/scope=container", SLOW}},
    {"interrupted", pipelined, {"/checkpoint/strategy=barrier", "/failures/0/loses=nothing"}},
    {"barrier, async, containers are cut off, noticed or not",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, CUTS("container")}},
    {"independent, nodes are cut off, a container restarts alone",
     logged,
     {"/checkpoint/strategy=periodic", "/recovery/restart/scope=container", CUTS("node")}},
    {"barrier, async, with the nodes that are left",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, RESCALES}},
    {"independent, a container restarts alone, with the nodes that are left",
     logged,
     {"/checkpoint/strategy=periodic", "/recovery/restart/scope=container", RESCALES}},
    {"independent, logs", logged, {"/checkpoint/strategy=periodic"}},
    {"independent, staggered, a task restarts alone",
     logged,
     {"/checkpoint/strategy=periodic",
      "/checkpoint/coordination={\"kind\": \"independent\", \"phase\": \"staggered\"}",
      "/recovery/restart/scope=task", STRIKES("process"), ASYNC}},
    {"independent, deltas",
     logged,
     {"/checkpoint/strategy=incremental",
      "/checkpoint/content={\"base_every\": 3, \"cost\": \"30 ms\", \"restore\": \"70 ms\"}"}},
    {"independent, a container restarts alone",
     logged,
     {"/checkpoint/strategy=periodic", "/recovery/restart/scope=container", STRIKES("container"),
      DEVICE}},
    {"containers, one task after the other",
     logged,
     {"/checkpoint/strategy=container_serial", "/recovery/restart/scope=container",
      STRIKES("container")}},
    {"several in progress, writes that fail",
     pipelined,
     {"/checkpoint/strategy=barrier", "/checkpoint/interval=0.7 s", "/checkpoint/max_concurrent=3",
      "/checkpoint/queue=5", "/checkpoint/min_pause=50 ms", ASYNC,
      "/checkpoint/cost={\"dist\": \"uniform\", \"low\": \"0.2 s\", \"high\": \"2 s\"}",
      "/checkpoint/write_failures={\"probability\": 0.1, \"retries\": 1, \"delay\": \"90 ms\"}"}},
    {"several in progress that take no time",
     pipelined,
     {"/checkpoint/strategy=message_logging", "/checkpoint/interval=null", DEVICE,
      "/checkpoint/trigger={\"kind\": \"random\", \"law\": {\"dist\": \"exponential\", \"mean\": "
      "\"60 ms\"}}",
      "/checkpoint/max_concurrent=4", "/job/operators/1/state=null"}},
    {"several in progress, calls that take different times",
     pipelined,
     {"/checkpoint/strategy=barrier", "/checkpoint/interval=0.1 s", "/checkpoint/max_concurrent=3",
      "/checkpoint/coordination={\"latency\": {\"dist\": \"exponential\", \"mean\": \"80 ms\"}}",
      ASYNC}},
    {"inside messages, and the next one blocks",
     pipelined,
     {"/checkpoint/strategy=barrier", "/checkpoint/interval=0.2 s", "/checkpoint/cut=preempt",
      "/checkpoint/overrun=block", DEVICE}},
    {"at most once, a container restarts alone, some have acknowledged",
     pipelined,
     {"/checkpoint/strategy=barrier", AT_MOST_ONCE, DEVICE, "/checkpoint/interval=0.5 s",
      "/recovery/restart/scope=container", STRIKES("container")}},
    {"restarts because checkpoints expire",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, "/checkpoint/interval=null",
      "/checkpoint/trigger={\"kind\": \"planned\", \"at\": [\"1 s\", \"2.2 s\", \"4.5 s\", \"7 "
      "s\", "
      "\"9 s\"]}",
      "/checkpoint/cost={\"dist\": \"uniform\", \"low\": \"0.2 s\", \"high\": \"1.6 s\"}",
      "/checkpoint/timeout=1.5 s", "/checkpoint/tolerable_failures=0"}},
    {"multilevel, as barrier", pipelined, {"/checkpoint/strategy=multilevel", DEVICE}},
    {"adaptive",
     pipelined,
     {"/checkpoint/strategy=adaptive", "/checkpoint/trigger/mtbf=6 s",
      "/checkpoint/trigger/min=0.3 s"}},
    {"changelog",
     logged,
     {"/checkpoint/strategy=changelog", "/recovery/restart/scope=task", STRIKES("process"),
      DEVICE}},
    {"base and log",
     pipelined,
     {"/checkpoint/strategy=base_log", "/checkpoint/content/materialize=1.1 s", DEVICE,
      "/job/operators/1/state={\"kind\": \"keyed\", \"keys\": 1000, \"value\": \"90 kB\"}"}},
    {"a local copy or all of the changelog, a task restarts alone",
     logged,
     {"/checkpoint/strategy=changelog", "/recovery/restart/scope=task", STRIKES("process"), DEVICE,
      KEYED,
      SOURCES("{\"from\": \"local\", \"max_age\": \"1.9 s\", \"rate\": \"20 MB/s\", \"check\": "
              "\"0.1 s\"}, {\"from\": \"replay\", \"rate\": \"400 MB/s\"}")}},
    {"local copies are lost with nodes, one task at a time",
     logged,
     {"/checkpoint/strategy=changelog", "/cluster/nodes=3", REPAIRED_NODES, DEVICE, KEYED,
      SOURCES("{\"from\": \"local\", \"target\": \"newest\"}, {\"from\": \"replay\", "
              "\"rate\": \"400 MB/s\"}"),
      "/recovery/parallel=1", "/recovery/on_failure=restore"}},
    {"containers wait for nodes that keep their disks, or do not come in time",
     logged,
     {"/checkpoint/strategy=changelog", "/recovery/restart/scope=container", "/cluster/nodes=3",
      REPAIRED_NODES, "/failures/0/severity=container", DEVICE, KEYED,
      SOURCES("\"local\", {\"from\": \"replay\", \"rate\": \"400 MB/s\"}"),
      "/recovery/scheduler/preferred_host=1.1 s"}},
    {"standby copies, a container restarts alone",
     logged,
     {"/checkpoint/strategy=changelog", "/recovery/restart/scope=container", REPAIRED_NODES, DEVICE,
      KEYED,
      SOURCES("{\"from\": \"standby\", \"lag\": \"0.8 s\", \"rate\": \"30 MB/s\"}, \"replay\""),
      "/recovery/parallel=1"}},
    {"copies on the node, on its peer, and remote",
     pipelined,
     {"/checkpoint/strategy=incremental", "/checkpoint/coordination=barrier", REPAIRED_NODES,
      DEVICE, KEYED,
      SOURCES(
          "{\"from\": \"local\", \"copy\": \"read\", \"device\": \"dfs\"}, {\"from\": \"peer\", "
          "\"device\": \"dfs\"}, {\"from\": \"remote\", \"streams\": 3, \"rate\": \"90 MB/s\"}"),
      "/recovery/on_failure=defer"}},
    {"copies on the node and on its peer, on devices that lose them",
     pipelined,
     {"/checkpoint/strategy=incremental", "/checkpoint/coordination=barrier", STRIKES("process"),
      DEVICE, KEYED, "/storage/ssd={\"stream_read\": \"200 MB/s\"}",
      "/storage/peers={\"stream_read\": \"90 MB/s\"}",
      "/failures/1={\"strikes\": \"device\", \"device\": \"ssd\", \"loses\": \"contents\", "
      "\"at\": [\"1 s\", \"2.6 s\", \"4.1 s\", \"5.9 s\"]}",
      "/failures/2={\"strikes\": \"device\", \"device\": \"peers\", \"loses\": \"contents\", "
      "\"at\": [\"2.9 s\", \"4.3 s\", \"6.1 s\"]}",
      SOURCES("{\"from\": \"local\", \"copy\": \"read\", \"device\": \"ssd\"}, {\"from\": "
              "\"peer\", \"device\": \"peers\"}, \"remote\""),
      "/recovery/parallel=1"}},
    {"copies that are written with each checkpoint, retries",
     pipelined,
     {"/checkpoint/strategy=incremental", "/checkpoint/coordination=barrier", ASYNC,
      "/checkpoint/write_failures={\"probability\": 0.3, \"retries\": 3, \"delay\": \"20 ms\"}",
      STRIKES("process"), DEVICE, KEYED,
      "/storage/ssd={\"stream_read\": \"200 MB/s\", \"stream_write\": \"150 MB/s\"}",
      SOURCES("{\"from\": \"local\", \"copy\": \"read\", \"device\": \"ssd\", \"written\": true}, "
              "{\"from\": \"peer\", \"device\": \"dfs\", \"written\": true}, \"remote\"")}},
    {"copies that are written with each checkpoint, stopping all",
     pipelined,
     {"/checkpoint/strategy=stop_world", STRIKES("process"), DEVICE, KEYED,
      SOURCES("{\"from\": \"peer\", \"device\": \"dfs\", \"written\": true}, \"remote\"")}},
    {"micro-batches, a local copy of a base and its log",
     pipelined,
     {"/checkpoint/strategy=microbatch",
      "/checkpoint/content={\"kind\": \"base_log\", \"materialize\": \"1.1 s\"}", DEVICE, KEYED,
      STRIKES("process"),
      SOURCES("{\"from\": \"local\", \"clean_close_only\": true}, {\"from\": \"remote\", "
              "\"rate\": \"90 MB/s\"}")}},
    {"object store with outages",
     logged,
     {"/checkpoint/strategy=changelog", "/recovery/restart/scope=task", STRIKES("process"), DEVICE,
      "/storage/dfs={\"part\": \"4 MB\", \"connections\": 2, \"request_rate_write\": \"40/s\", "
      "\"request_rate_read\": \"90/s\", \"total\": \"300 MB/s\", "
      "\"outage\": {\"time_to_failure\": \"1.7 s\", \"repair\": \"0.3 s\"}, "
      "\"price\": {\"storage\": 1}}"}},
    {"unaligned", pipelined, {"/checkpoint/strategy=unaligned"}},
    {"unaligned, a task fails, deltas on a device",
     pipelined,
     {"/checkpoint/strategy=unaligned", "/checkpoint/content=delta", DEVICE, STRIKES("process"),
      "/checkpoint/coordination/overdraft=false"}},
    {"aligned for a while",
     pipelined,
     {"/checkpoint/strategy=unaligned", "/checkpoint/coordination/alignment_timeout=90 ms", ASYNC,
      "/job/guarantee=exactly_once_output", STRIKES("container")}},
    {"unaligned, interrupted",
     pipelined,
     {"/checkpoint/strategy=unaligned", "/checkpoint/coordination/alignment_timeout=40 ms",
      "/failures/0/loses=nothing", "/checkpoint/timeout=1.2 s"}},
    {"at least once",
     pipelined,
     {"/checkpoint/strategy=barrier", "/job/guarantee=at_least_once", ASYNC}},
    {"planned stops",
     pipelined,
     {"/checkpoint/strategy=barrier",
      "/checkpoint/trigger={\"kind\": \"any_of\", \"of\": [{\"kind\": \"fixed\"}, {\"kind\": "
      "\"count\", \"messages\": 45}, {\"kind\": \"planned\", \"at\": [\"2.3 s\", \"5 s\"], "
      "\"restart\": true}]}"}},
    {"barrier, transactional sinks, a task fails",
     pipelined,
     {"/checkpoint/strategy=barrier", GUARANTEE("exactly_once_output"), ASYNC, STRIKES("process")}},
    {"stop the world, transactional sinks",
     pipelined,
     {"/checkpoint/strategy=stop_world", GUARANTEE("exactly_once_output"), DEVICE}},
    {"independent transactional sinks, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=periodic", ONE_OPERATOR, GUARANTEE("exactly_once_output"),
      "/recovery/restart/scope=task", STRIKES("process"), ASYNC}},
    {"at most once, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=periodic", AT_MOST_ONCE, "/recovery/restart/scope=task",
      STRIKES("process")}},
    {"at most once, logs, a container restarts alone",
     logged,
     {"/checkpoint/strategy=periodic", AT_MOST_ONCE, "/recovery/restart/scope=container",
      STRIKES("container"), ASYNC}},
    {"at most once, barrier, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=barrier", AT_MOST_ONCE, "/recovery/restart/scope=task",
      STRIKES("process")}},
    {"micro-batches",
     pipelined,
     {"/checkpoint/strategy=microbatch",
      "/checkpoint/coordination={\"log\": \"70 ms\", \"max_messages\": 60}"}},
    {"micro-batches, a task is interrupted",
     pipelined,
     {"/checkpoint/strategy=microbatch", DEVICE, STRIKES("process"), "/failures/0/loses=nothing"}},
    {"micro-batches, logs, deltas, a task restarts alone",
     logged,
     {"/checkpoint/strategy=microbatch", "/checkpoint/coordination={\"log\": \"70 ms\"}",
      "/checkpoint/content={\"kind\": \"delta\", \"base_every\": 3, \"cost\": \"30 ms\", "
      "\"restore\": \"70 ms\"}",
      "/recovery/restart/scope=task", STRIKES("process")}},
    {"senders log", pipelined, {"/checkpoint/strategy=message_logging"}},
    {"senders log, staggered, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=message_logging", "/checkpoint/coordination/phase=staggered",
      "/recovery/restart/scope=task", STRIKES("process"), ASYNC}},
    {"senders log, a container restarts alone",
     pipelined,
     {"/checkpoint/strategy=message_logging", "/recovery/restart/scope=container",
      STRIKES("container"), DEVICE}},
    {"a maximal line, senders log",
     pipelined,
     {"/checkpoint/strategy=uncoordinated", "/checkpoint/coordination/phase=staggered",
      "/checkpoint/coordination/logging=sender", ASYNC}},
    {"communication-induced", pipelined, {"/checkpoint/strategy=communication_induced"}},
    {"communication-induced, staggered, async",
     pipelined,
     {"/checkpoint/strategy=communication_induced", "/checkpoint/coordination/phase=staggered",
      STRIKES("process"), ASYNC, DEVICE}},
};

static void streams_lose_nothing_whatever_fails_when(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(settings); i++) {
        kill_everywhere(&settings[i], "completion_first", KILL_BUSY_S, 1);
        kill_everywhere(&settings[i], "failure_first", KILL_BUSY_S, 1);
    }
}

static bool is_tried(const char *name)
{
    for (size_t i = 0; i < MEM_COUNT(settings); i++) {
        const char *strategy = settings[i].sets[0];
        if (strcmp(strrchr(strategy, '=') + 1, name) == 0)
            return true;
    }
    return false;
}

static void every_strategy_is_among_the_settings(void **state)
{
    (void)state;
    for (const struct strategy *strategy = strategies; strategy->name; strategy++)
        if (!is_tried(strategy->name))
            fail_msg("no setting tries the strategy %s", strategy->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_strategy_is_among_the_settings),
        cmocka_unit_test(streams_lose_nothing_whatever_fails_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
