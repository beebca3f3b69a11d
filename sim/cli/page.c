// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/page.h"

#include <assert.h>
#include <stdlib.h>

#include "report/file.h"

void page_open(struct page *page)
{
    *page = (struct page){0};
    page->file = open_memstream(&page->text, &page->n);
    assert(page->file); /* fails only for want of memory */
}

bool page_close(struct page *page, struct err *err)
{
    bool ok = fclose(page->file) == 0 && file_write("-", page->text, page->n, err);
    free(page->text);
    return ok;
}

void page_abandon(struct page *page)
{
    (void)fclose(page->file);
    free(page->text);
}
