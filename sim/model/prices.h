// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What things cost: elements of the scenario. Money is a plain number, in whatever currency the
 * prices are; a gigabyte is 10^9 bytes and a month 30 days.
 */
#ifndef MODEL_PRICES_H
#define MODEL_PRICES_H

#include "core/field.h"

/* Of a device. */
struct device_prices {
    double requests[2]; /* by direction, per 1000 */
    double moved[2];    /* by direction, per GB */
    double storage;     /* per GB and month */
};

/* Of the job as a whole. */
struct prices {
    double node_hour;
    double kwh;
};

/* That a node takes, in watts. */
struct power_params {
    double idle, busy, down;
};

extern const struct field device_prices_fields[];
extern const struct field prices_fields[];
extern const struct field power_fields[];

#endif
