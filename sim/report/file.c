// SPDX-License-Identifier: GPL-3.0-or-later
#define _XOPEN_SOURCE 700 // NOLINT(bugprone-reserved-identifier,cert-*): asks for realpath()

#include "report/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"

/* ---- what a signal must take away ---- */

/* Temporary files that exist; two are written at a time, results and trace. */
enum { MOST_TEMPORARIES = 8 };
static const char *volatile temporaries[MOST_TEMPORARIES];

static void replace_temporary(const char *old, const char *new)
{
    for (size_t i = 0; i < MOST_TEMPORARIES; i++)
        if (temporaries[i] == old) {
            temporaries[i] = new;
            return;
        }
}

/* Only what may be called from a handler. */
static void clean_up_and_die(int number)
{
    for (size_t i = 0; i < MOST_TEMPORARIES; i++)
        if (temporaries[i])
            (void)unlink(temporaries[i]);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static const int clean_up_signals[] = {SIGINT, SIGTERM, SIGHUP};

void file_clean_up_on_signals(void)
{
    for (size_t i = 0; i < MEM_COUNT(clean_up_signals); i++)
        if (signal(clean_up_signals[i], clean_up_and_die) == SIG_IGN) /* by nohup, for instance */
            (void)signal(clean_up_signals[i], SIG_IGN);
}

/* Creates the file; a signal finds it either not there or in the list of what to take away. */
static int create_temporary(const char *name, mode_t mode)
{
    sigset_t signals;
    sigset_t before;
    (void)sigemptyset(&signals);
    for (size_t i = 0; i < MEM_COUNT(clean_up_signals); i++)
        (void)sigaddset(&signals, clean_up_signals[i]);
    (void)sigprocmask(SIG_BLOCK, &signals, &before);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    int error = errno;
    if (fd >= 0)
        replace_temporary(NULL, name);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return fd;
}

/* ---- files ---- */

bool file_is_standard_output(const char *name)
{
    return strcmp(name, "-") == 0 || strcmp(name, "/dev/stdout") == 0;
}

bool file_is_same(const char *one, const char *other)
{
    struct stat a;
    struct stat b;
    if (stat(one, &a) != 0)
        return strcmp(one, other) == 0;
    return S_ISREG(a.st_mode) && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool fail_write(struct err *err, const char *name, int error)
{
    if (file_is_standard_output(name))
        return err_add(err, NULL, "cannot write standard output: %s", strerror(error));
    return err_add(err, NULL, "cannot write '%s': %s", name, strerror(error));
}

char *file_temporary_name(const char *target, unsigned attempt)
{
    enum { LONGEST = 200 }; /* leaves room for the prefix below the usual limit of 255 */
    const char *slash = strrchr(target, '/');
    const char *base = slash ? slash + 1 : target;
    size_t length = strlen(base);
    return mem_format("%.*s.%ld-%u-%s", (int)(base - target), target, (long)getpid(), attempt,
                      length > LONGEST ? base + length - LONGEST : base);
}

/* Creates the temporary file beside the target, with the rights the target has or would get. */
static bool open_temporary(struct file_writer *writer, mode_t mode, struct err *err)
{
    enum { ATTEMPTS = 100 };
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        writer->temporary = file_temporary_name(writer->target, attempt);
        writer->fd = create_temporary(writer->temporary, mode);
        if (writer->fd >= 0)
            return true;
        int error = errno;
        free(writer->temporary);
        writer->temporary = NULL;
        if (error != EEXIST)
            return fail_write(err, writer->name, error);
    }
    return fail_write(err, writer->name, EEXIST);
}

bool file_open(struct file_writer *writer, const char *name, struct err *err)
{
    *writer = (struct file_writer){.fd = -1, .name = name};
    if (file_is_standard_output(name)) {
        writer->fd = STDOUT_FILENO;
        return true;
    }
    struct stat info;
    bool exists = stat(name, &info) == 0;
    if (strncmp(name, "/dev/", 5) == 0 || (exists && !S_ISREG(info.st_mode))) {
        writer->fd = open(name, O_WRONLY | O_CLOEXEC);
        return writer->fd >= 0 || fail_write(err, name, errno);
    }
    if (exists && access(name, W_OK) != 0)
        return fail_write(err, name, errno);
    /* A link stays a link: its target is replaced. */
    char *resolved = exists ? realpath(name, NULL) : NULL;
    writer->target = resolved ? resolved : mem_strdup(name);
    if (open_temporary(writer, exists ? info.st_mode & 0777 : 0666, err))
        return true;
    file_abandon(writer);
    return false;
}

bool file_can_write(const char *name, struct err *err)
{
    struct file_writer probe;
    if (!file_open(&probe, name, err))
        return false;
    file_abandon(&probe);
    return true;
}

void file_append(struct file_writer *writer, const char *data, size_t n)
{
    while (n > 0 && !writer->error) {
        ssize_t written = write(writer->fd, data, n);
        if (written < 0 && errno != EINTR)
            writer->error = errno;
        if (written > 0) {
            data += written;
            n -= (size_t)written;
        }
    }
}

bool file_commit(struct file_writer *writer, struct err *err)
{
    bool is_stdout = writer->fd == STDOUT_FILENO;
    if (!writer->error && writer->target && fsync(writer->fd) != 0)
        writer->error = errno;
    if (!is_stdout && close(writer->fd) != 0 && !writer->error)
        writer->error = errno;
    writer->fd = -1;
    if (!writer->error && writer->target && rename(writer->temporary, writer->target) != 0)
        writer->error = errno;
    if (writer->error)
        (void)fail_write(err, writer->name, writer->error);
    bool ok = !writer->error;
    if (ok && writer->temporary) {
        replace_temporary(writer->temporary, NULL);
        free(writer->temporary);
        writer->temporary = NULL;
    }
    file_abandon(writer);
    return ok;
}

void file_abandon(struct file_writer *writer)
{
    if (writer->fd >= 0 && writer->fd != STDOUT_FILENO)
        (void)close(writer->fd);
    if (writer->temporary) {
        (void)unlink(writer->temporary);
        replace_temporary(writer->temporary, NULL);
    }
    free(writer->temporary);
    free(writer->target);
    *writer = (struct file_writer){.fd = -1};
}

bool file_write(const char *name, const char *data, size_t n, struct err *err)
{
    struct file_writer writer;
    if (!file_open(&writer, name, err))
        return false;
    file_append(&writer, data, n);
    return file_commit(&writer, err);
}
