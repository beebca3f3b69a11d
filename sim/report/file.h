// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Files that appear whole or not at all: what is written goes to a temporary
 * file in the same folder, which is flushed to the disk and renamed at the
 * end. Devices and pipes are written directly; "-" and /dev/stdout are
 * standard output.
 */
#ifndef REPORT_FILE_H
#define REPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct file_writer {
    int fd;
    const char *name; /* borrowed: as the user wrote it, for messages */
    char *target;     /* owned: symbolic links followed; NULL: written directly */
    char *temporary;  /* owned */
    int error;        /* errno of the first write that failed; 0: none */
};

bool file_open(struct file_writer *writer, const char *name, struct err *err);
/* Remembers a failure; the next commit reports it. */
void file_append(struct file_writer *writer, const char *data, size_t n);
/* Makes what was written appear under its name. False, and no trace of it, when that failed. */
bool file_commit(struct file_writer *writer, struct err *err);
/* Gives up: nothing remains. */
void file_abandon(struct file_writer *writer);

/* Whether the name is that of standard output, "-" or /dev/stdout. */
bool file_is_standard_output(const char *name);
/* Whether two names are of one file that can be replaced; devices cannot. */
bool file_is_same(const char *one, const char *other);
/* Whether the file could be written now: better known before long work than after it. */
bool file_can_write(const char *name, struct err *err);

/* Open, append, commit. */
bool file_write(const char *name, const char *data, size_t n, struct err *err);

/* From now on SIGINT, SIGTERM and SIGHUP take the temporary files with them. */
void file_clean_up_on_signals(void);

/*
 * A fresh temporary name in the folder of `target` that ends like it (its
 * extension included); the caller frees it. Nothing is created.
 */
char *file_temporary_name(const char *target, unsigned attempt);

#endif
