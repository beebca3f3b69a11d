// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Text from a scenario is anybody's text. It reaches each medium only through
 * the function for that medium, so that no name can end a string, start a
 * command or move the cursor of a terminal.
 *
 * All of them replace bytes that are not valid UTF-8.
 */
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include "report/buffer.h"

/* A JSON string with its quotes (RFC 8259). */
void escape_json(struct buffer *out, const char *text);
/*
 * A CSV cell (RFC 4180), quoted when it has to be. A cell that a spreadsheet
 * would take for a formula (it begins with = + - @, a tab or a return) gets an
 * apostrophe in front, as OWASP advises.
 */
void escape_csv(struct buffer *out, const char *text);
/*
 * A quoted string in a gnuplot data file. There gnuplot evaluates nothing, but
 * it reads backslash sequences and ends the string at a double quote.
 */
void escape_gnuplot(struct buffer *out, const char *text);
/* Plain text for a terminal: control characters (ESC, newline, C1) become spaces. */
void escape_terminal(struct buffer *out, const char *text);
/* One word of a POSIX shell command, in single quotes where it needs them. */
void escape_shell(struct buffer *out, const char *text);

#endif
