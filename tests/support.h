// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the test programs share. Including this file is all they need for cmocka.
 *
 * A statistical test has a fixed seed and states its error level. It asks
 * support_scale() how many replications to run: all of them in `make test`,
 * a fiftieth under the sanitizers, many times more in `make validate`.
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * n / $CKPTSIM_TEST_SCALE, at least 10; n times 25 when CKPTSIM_VALIDATE is set, which
 * finds a fifth of the bias. n itself when neither is.
 */
size_t support_scale(size_t n);

/* Fails the running test unless |actual - expected| <= tolerance; NaN fails. */
#define assert_near(actual, expected, tolerance)                                                   \
    support_assert_near(actual, expected, tolerance, #actual, __FILE__, __LINE__)
void support_assert_near(double actual, double expected, double tolerance, const char *what,
                         const char *file, int line);

/* The content of a file with a NUL behind it, which the caller frees; its bytes in *length. */
char *support_read_file(const char *path, size_t *length);

/* The same bits: for results that must not depend on how they were come by. */
#define assert_same_double(actual, expected)                                                       \
    support_assert_same_double(actual, expected, #actual, __FILE__, __LINE__)
void support_assert_same_double(double actual, double expected, const char *what, const char *file,
                                int line);

#endif
