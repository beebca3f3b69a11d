// SPDX-License-Identifier: GPL-3.0-or-later
/* The numerical library's global state, set once for the whole program. */
#ifndef CORE_NUMERICS_H
#define CORE_NUMERICS_H

/*
 * The first call of main(), before any thread starts: GSL reports errors by
 * status from then on, where it would otherwise end the program.
 */
void numerics_start(void);

#endif
