// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Built-in scenarios that a scenario may extend by name: the files of
 * scenarios/presets/, made part of the program by presets.sh when it is built.
 */
#ifndef SCENARIO_PRESETS_H
#define SCENARIO_PRESETS_H

struct preset {
    const char *name;
    const char *text; /* JSON */
};

extern const struct preset presets[]; /* ends with name == NULL */

#endif
