// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/prices.h"

#define PRICE_ROW(type, name, member, text, origin, example)                                       \
    {                                                                                              \
        .key = (name), .kind = FIELD_REAL, .offset = offsetof(type, member), .max = 1e12,          \
        .fallback = "0", .help = (text), .source = (origin), .witness = (example),                 \
    }

const struct field device_prices_fields[] = {
    PRICE_ROW(struct device_prices, "write_requests", requests[0],
              "Of 1000 requests to write, aborted ones included.", "S3 PUT: 0.005 USD",
              "batch-costs.json /storage/s3/price/write_requests=1"),
    PRICE_ROW(struct device_prices, "read_requests", requests[1],
              "Of 1000 requests to read, aborted ones included.", "S3 GET: 0.0004 USD",
              "batch-costs.json /storage/s3/price/read_requests=1"),
    PRICE_ROW(struct device_prices, "write", moved[0], "Of each GB written.", NULL,
              "batch-costs.json /storage/s3/price/write=1"),
    PRICE_ROW(struct device_prices, "read", moved[1], "Of each GB read.", NULL,
              "batch-costs.json /storage/s3/price/read=1"),
    PRICE_ROW(struct device_prices, "storage", storage,
              "Of each GB that checkpoints keep for a month of 30 days, with its copies and "
              "redundant parts.",
              "S3: 0.023 USD", "batch-costs.json /storage/s3/price/storage=1"),
    {0},
};

const struct field prices_fields[] = {
    PRICE_ROW(struct prices, "node_hour", node_hour,
              "Of each node for an hour, spare ones included.", NULL,
              "batch-costs.json /prices/node_hour=5"),
    PRICE_ROW(struct prices, "kwh", kwh, "Of a kilowatt-hour that the nodes use.", NULL,
              "batch-costs.json /prices/kwh=5"),
    {0},
};

const struct field power_fields[] = {
    PRICE_ROW(struct power_params, "idle", idle,
              "Watts of a node that does nothing: it is spare, or its tasks wait, start, write "
              "checkpoints or are restored.",
              "OpenDC: 100 W idle", "batch-costs.json /cluster/power/idle=90"),
    PRICE_ROW(struct power_params, "busy", busy,
              "Watts of a node all of whose tasks work; in between, in proportion.",
              "OpenDC: 200 W at full load", "batch-costs.json /cluster/power/busy=300"),
    PRICE_ROW(struct power_params, "down", down, "Watts of a node whose tasks are down.", NULL,
              "batch-costs.json /cluster/power/down=70"),
    {0},
};
