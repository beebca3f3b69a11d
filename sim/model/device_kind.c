// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/device_kind.h"

#include <string.h>

const struct device_kind device_kinds[] = {
    {
        .name = "custom",
        .fragment = "{}",
        .help = "What its keys say, and nothing else.",
    },
    {
        .name = "local",
        .fragment = "{\"kind\": \"local\", \"latency\": \"100 us\","
                    " \"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\"}",
        .help = "A disk or memory of the node that writes.",
        .source = "assumed",
    },
    {
        .name = "peer",
        .fragment = "{\"kind\": \"peer\", \"latency\": \"50 us\","
                    " \"stream_write\": \"2.5 GB/s\", \"stream_read\": \"2.5 GB/s\"}",
        .help = "Memory of another node, over the network.",
        .source = "a share of a 200 Gb/s network; assumed",
    },
    {
        .name = "partner",
        .fragment = "{\"kind\": \"partner\", \"latency\": \"100 us\", \"hop_latency\": \"50 us\","
                    " \"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\","
                    " \"replication\": 2}",
        .help = "The node's own disk, and a copy on that of a partner.",
        .source = "SCR, FTI level 2; speeds assumed",
    },
    {
        .name = "xor",
        .fragment = "{\"kind\": \"xor\", \"latency\": \"100 us\","
                    " \"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\","
                    " \"group\": 8, \"redundancy\": 1, \"encode\": \"500 MB/s\"}",
        .help = "The nodes' own disks, with the parity of each group of nodes spread over it.",
        .source = "SCR_SET_SIZE 8; speeds assumed",
    },
    {
        .name = "reed_solomon",
        .fragment = "{\"kind\": \"reed_solomon\", \"latency\": \"100 us\","
                    " \"stream_write\": \"1 GB/s\", \"stream_read\": \"1 GB/s\","
                    " \"group\": 8, \"redundancy\": 2, \"encode\": \"250 MB/s\"}",
        .help = "As xor, with as many redundant parts in each group as redundancy says.",
        .source = "SCR_SET_FAILURES 2; speeds assumed",
    },
    {
        .name = "dfs",
        .fragment = "{\"kind\": \"dfs\", \"latency\": \"1 ms\", \"hop_latency\": \"3 ms\","
                    " \"stream_write\": \"200 MB/s\", \"stream_read\": \"200 MB/s\","
                    " \"replication\": 3}",
        .help = "A distributed file system that writes to replicas in a pipeline.",
        .source = "dfs.replication 3; speeds assumed",
    },
    {
        .name = "object",
        .fragment = "{\"kind\": \"object\","
                    " \"latency\": {\"dist\": \"lognormal\", \"median\": \"30 ms\","
                    " \"p99\": \"200 ms\"},"
                    " \"stream_write\": \"87 MB/s\", \"stream_read\": \"87 MB/s\","
                    " \"part\": \"64 MB\", \"connections\": 4,"
                    " \"request_rate_write\": \"3500/s\", \"request_rate_read\": \"5500/s\"}",
        .help = "An object store, bound by requests as much as by bytes.",
        .source = "S3: optimizing performance; core-default.xml of Hadoop S3A",
    },
    {
        .name = "log",
        .fragment = "{\"kind\": \"log\","
                    " \"latency\": {\"dist\": \"lognormal\", \"median\": \"5 ms\","
                    " \"p99\": \"30 ms\"},"
                    " \"stream_write\": \"50 MB/s\", \"stream_read\": \"50 MB/s\","
                    " \"replication\": 3}",
        .help = "A replicated durable log.",
        .source = "Samza: 50 MB/s as a rule of thumb; latency assumed",
    },
    {0},
};

const char *device_kind_name_at(size_t i)
{
    return device_kinds[i].name;
}

const struct device_kind *device_kind_find(const char *name)
{
    for (const struct device_kind *kind = device_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}
