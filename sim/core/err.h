// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Problems in what the user wrote, as values: several may be collected before
 * they are shown. Each has a message in lower case that says the cause first,
 * with the value and what is allowed; where it has one, the JSON Pointer
 * (RFC 6901) of the key, the place "file:line:column", and a hint.
 *
 * Mistakes of the programmer are asserts, not values of this type.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdbool.h>
#include <stddef.h>

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

struct problem {
    enum severity severity;
    char *place;   /* owned: "file:line:column" or NULL */
    char *pointer; /* owned: JSON Pointer, or NULL when no key is to blame */
    char *message; /* owned */
    char *hint;    /* owned: "did you mean 'interval'?", or NULL */
};

struct err {
    struct problem *problems; /* owned */
    size_t n_problems;
    size_t capacity;
    size_t n_errors; /* how many of them are errors */
};

/* Adds an error and returns false, so that a check can end with it. */
bool err_add(struct err *err, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds a warning: the run goes on, and results.json carries the text. */
void err_warn(struct err *err, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Gives the problem added last a hint, or a place. */
void err_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void err_place(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline bool err_ok(const struct err *err)
{
    return err->n_errors == 0;
}

/* "place: pointer: message; hint" in a block that the caller frees. */
char *problem_text(const struct problem *problem);
void err_release(struct err *err);

/*
 * The name in names[0..n) that is nearest to `text` by edit distance (insert,
 * delete, replace, swap of neighbours), or NULL when none is near enough to
 * be worth suggesting.
 */
const char *err_nearest(const char *text, const char *const *names, size_t n);

#endif
