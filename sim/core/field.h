// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Field tables: one row per scenario key. A row drives reading, checking,
 * defaults, `explain`, `list keys`, the JSON Schema and the key tables of the
 * documentation, so that none of them can disagree.
 *
 * A module owns `struct X_params` (plain data) and `const struct field
 * X_fields[]`, which ends with a row whose key is NULL. The reader in
 * scenario/ interprets the rows; modules know nothing of JSON.
 */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "core/memory.h"
#include "core/units.h"

enum field_kind {
    FIELD_REAL,   /* double at offset; a quantity string unless dimension is NONE; absent: NaN */
    FIELD_COUNT,  /* uint64_t: a whole number, or a string such as "5M"; absent: `absent` */
    FIELD_BOOL,   /* bool */
    FIELD_TEXT,   /* const char *: borrowed from the arena; absent: NULL */
    FIELD_PATH,   /* as TEXT, made relative to the folder of the file that says it; "-" stays */
    FIELD_CHOICE, /* int: index into `choices` */
    FIELD_FLAGS,  /* unsigned: a list of `choices`, bit i for choices[i] */
    FIELD_OBJECT, /* a struct in place, read by `fields`; absent: as if {}; if optional, zeroed */
    FIELD_UNION,  /* struct tagged, by `variants`; absent: {NULL, NULL} */
    FIELD_LIST,   /* struct list of `element` (its offset 0, its key for messages) */
    FIELD_RAW,    /* kept in the tree for another reader (sweep axes); nothing is stored */
    FIELD_MAP,    /* struct list of `element`, one per member; the member's name goes to
                     a `const char *` at the start of each item */
};

/* A value that chooses its type: {"dist": "weibull", ...}, {"kind": "timeout", ...}. */
struct tagged {
    const struct variant *variant; /* NULL: absent */
    void *params;                  /* in the arena: variant->size bytes filled by its fields */
};

struct list {
    void *items; /* in the arena */
    size_t n;
};

struct text_cache; /* core/text_reader.h */

/* What a variant's prepare() is given beside its parameters. */
struct field_context {
    struct arena *arena;
    struct err *err;
    const char *pointer;      /* JSON Pointer of the value */
    enum dimension dimension; /* of the key that holds it */
    bool lenient;             /* `check --no-files`, unit tests: do not open files */
    struct text_cache *texts; /* remembers the files of this command; NULL: read each time */
};

/*
 * One choice of a union. Modules embed it as the first member of their tables
 * of operations (struct dist_type, struct trigger_ops, ...).
 */
struct variant {
    const char *name;
    const char *help;           /* one sentence: what it is, and when to use it */
    const char *source;         /* paper, engine and key, or NULL */
    size_t size;                /* of the parameters; 0 when it has none */
    const struct field *fields; /* NULL when it has none */
    /* Checks that involve several keys, derived constants, files. May be NULL. */
    bool (*prepare)(void *params, const struct field_context *context);
};

struct union_type {
    const char *name;                      /* for `list`: "distribution", "trigger", ... */
    const char *tag;                       /* the key that chooses: "dist", "kind" */
    const struct variant *const *variants; /* ends with NULL */
    /*
     * A text that names a variant stands for {tag: text}. Any other scalar
     * stands for {tag: shorthand->name, shorthand_key: scalar}, where there is
     * one; so does an object without the tag, if all its keys are that variant's.
     */
    const struct variant *shorthand;
    const char *shorthand_key;
    /* An object without the tag, not the shorthand's, is the first variant that has all its keys.
     */
    bool by_keys;
};

struct field {
    const char *key;
    enum field_kind kind;
    enum dimension dimension; /* REAL, and UNION of distributions */
    size_t offset;
    double min, max; /* REAL and COUNT, in base units; both 0: any finite number */
    bool above_min;  /* min itself is excluded */
    bool required;
    bool optional;              /* OBJECT: absent means absent, its own defaults do not apply */
    const char *shorthand_key;  /* OBJECT: a scalar stands for {shorthand_key: scalar}, or NULL */
    const char *fallback;       /* default, as JSON text; NULL: absent */
    uint64_t absent;            /* COUNT: what stands for a key that is not given; else 0 */
    const char *const *choices; /* CHOICE, FLAGS: ends with NULL */
    const char *(*choice_at)(size_t i); /* CHOICE from a table: name i, NULL past the end */
    const struct field *fields;         /* OBJECT */
    const struct union_type *types;     /* UNION */
    const struct field *element;        /* LIST, MAP: one row that describes an item */
    size_t element_size;                /* LIST, MAP */
    const char *help;                   /* one sentence in plain words */
    const char *source;                 /* where the meaning comes from, or NULL */
    /*
     * A shipped scenario in which changing the key changes a result:
     * "FILE POINTER=VALUE", FILE relative to scenarios/, VALUE as JSON without
     * spaces outside texts. Other keys' settings may follow where they must change with it.
     */
    const char *witness;
    bool inert; /* about the file or the experiment: no replication can depend on it, nor has it
                   a witness */
};

#endif
