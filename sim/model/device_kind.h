// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Kinds of storage devices: what the keys of a device are where the scenario does not say. Data
 * alone: no code asks what kind a device is.
 */
#ifndef MODEL_DEVICE_KIND_H
#define MODEL_DEVICE_KIND_H

#include <stddef.h>

struct device_kind {
    const char *name;
    const char *fragment; /* JSON beneath the device's own keys */
    const char *help;
    const char *source; /* of its values, or NULL */
};

/* The first is the default; the last has no name. */
extern const struct device_kind device_kinds[];

/* The kind of that name, or NULL. */
const struct device_kind *device_kind_find(const char *name);
/* Name i, NULL past the end: for a row of a field table. */
const char *device_kind_name_at(size_t i);

#endif
