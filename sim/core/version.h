// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The version of the program, as --version and results.json give it. Results
 * depend on scenario, seed and version only.
 */
#ifndef CORE_VERSION_H
#define CORE_VERSION_H

#define CKPTSIM_VERSION "0.1.0"

#endif
