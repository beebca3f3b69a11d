// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/err.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static void add(struct err *err, enum severity severity, const char *pointer, const char *format,
                va_list args) __attribute__((format(printf, 4, 0)));

static void add(struct err *err, enum severity severity, const char *pointer, const char *format,
                va_list args)
{
    err->problems = mem_grow(err->problems, err->n_problems, &err->capacity, sizeof *err->problems);
    err->problems[err->n_problems++] = (struct problem){
        .severity = severity,
        .pointer = pointer ? mem_strdup(pointer) : NULL,
        .message = mem_vformat(format, args),
    };
    err->n_errors += severity == SEVERITY_ERROR;
}

bool err_add(struct err *err, const char *pointer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(err, SEVERITY_ERROR, pointer, format, args);
    va_end(args);
    return false;
}

void err_warn(struct err *err, const char *pointer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(err, SEVERITY_WARNING, pointer, format, args);
    va_end(args);
}

static void replace(char **text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void replace(char **text, const char *format, va_list args)
{
    free(*text);
    *text = mem_vformat(format, args);
}

void err_hint(struct err *err, const char *format, ...)
{
    assert(err->n_problems > 0);
    va_list args;
    va_start(args, format);
    replace(&err->problems[err->n_problems - 1].hint, format, args);
    va_end(args);
}

void err_place(struct err *err, const char *format, ...)
{
    assert(err->n_problems > 0);
    va_list args;
    va_start(args, format);
    replace(&err->problems[err->n_problems - 1].place, format, args);
    va_end(args);
}

char *problem_text(const struct problem *problem)
{
    const char *pointer = problem->pointer && *problem->pointer ? problem->pointer : NULL;
    return mem_format("%s%s%s%s%s%s%s", problem->place ? problem->place : "",
                      problem->place ? ": " : "", pointer ? pointer : "", pointer ? ": " : "",
                      problem->message, problem->hint ? "; " : "",
                      problem->hint ? problem->hint : "");
}

void err_release(struct err *err)
{
    for (size_t i = 0; i < err->n_problems; i++) {
        free(err->problems[i].place);
        free(err->problems[i].pointer);
        free(err->problems[i].message);
        free(err->problems[i].hint);
    }
    free(err->problems);
    *err = (struct err){0};
}

/* Damerau-Levenshtein distance (optimal string alignment), for words below 64 letters. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t n = strlen(a);
    size_t m = strlen(b);
    if (n >= LONGEST || m >= LONGEST)
        return SIZE_MAX; /* far from everything */
    size_t d[LONGEST][LONGEST];
    for (size_t i = 0; i <= n; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    return d[n][m];
}

const char *err_nearest(const char *text, const char *const *names, size_t n)
{
    const char *nearest = NULL;
    size_t limit = strlen(text) / 3 + 1; /* "intervl" yes, "speed" for "state" no */
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(text, names[i]);
        if (d <= limit) {
            nearest = names[i];
            limit = d ? d - 1 : 0;
        }
    }
    return nearest;
}
