// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 10, VALIDATION = 25 };

size_t support_scale(size_t n)
{
    if (getenv("CKPTSIM_VALIDATE"))
        return VALIDATION * n;
    const char *text = getenv("CKPTSIM_TEST_SCALE");
    size_t divisor = text ? strtoul(text, NULL, 10) : 1;
    if (divisor > 1)
        n /= divisor;
    return n > LEAST ? n : LEAST;
}

char *support_read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    char *content = NULL;
    *length = 0;
    for (size_t got = 1; got > 0; *length += got) {
        content = realloc(content, *length + 4096 + 1);
        assert_non_null(content);
        got = fread(content + *length, 1, 4096, file);
    }
    content[*length] = '\0';
    (void)fclose(file);
    return content;
}

void support_assert_near(double actual, double expected, double tolerance, const char *what,
                         const char *file, int line)
{
    if (fabs(actual - expected) <= tolerance)
        return;
    print_error("%s is %.17g, expected %.17g within %g (off by %g)\n", what, actual, expected,
                tolerance, actual - expected);
    _fail(file, line);
}

void support_assert_same_double(double actual, double expected, const char *what, const char *file,
                                int line)
{
    if (memcmp(&actual, &expected, sizeof actual) == 0)
        return;
    print_error("%s is %.17g (%a), expected %.17g (%a)\n", what, actual, actual, expected,
                expected);
    _fail(file, line);
}
