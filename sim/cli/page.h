// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Standard output for functions that write to a stream: what they write is
 * collected, and goes out at once when the page is closed, so that a full disk
 * or a closed pipe is noticed and reported in one place.
 */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "core/err.h"

struct page {
    FILE *file; /* to write to */
    char *text; /* owned */
    size_t n;
};

void page_open(struct page *page);
/* Writes the page to standard output. False, with an error, when that failed. */
bool page_close(struct page *page, struct err *err);
/* Drops the page. */
void page_abandon(struct page *page);

#endif
