// SPDX-License-Identifier: GPL-3.0-or-later
/* UTF-8 as far as messages and checks need it (RFC 3629). */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stddef.h>

/*
 * Bytes of the character that starts at text, of which n > 0 bytes are there:
 * 1 to 4, or 0 when it is no valid character (cut off, overlong, a surrogate,
 * beyond U+10FFFF). A NUL is a character of one byte.
 */
size_t utf8_length(const char *text, size_t n);
/* Characters in n bytes; what is not valid counts byte by byte. */
size_t utf8_count(const char *text, size_t n);

#endif
