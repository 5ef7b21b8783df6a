/* plain: a plain line of a CSV file as cells, split where it lies.
 *
 * A line is plain when it is ASCII without a quote or a NUL byte, ends with LF or
 * CRLF, and has as many cells as are wanted, of which one is not blank. Of such a
 * line libcsv makes the same cells, a byte at a time; anything else is declined,
 * and is libcsv's. tests/fuzz/fuzz_plain.c compares the two. */
#ifndef WAYMARK_PLAIN_H
#define WAYMARK_PLAIN_H

#include "base/text.h"

enum { PLAIN_PAD = 64 }; /* readable bytes after `held`, whatever they are */

/* Split the line at the beginning of `held` into `count` cells, trimmed of spaces
 * and tabs; *length is the line's without its end. -> where the next line begins, or
 * 0 when the line is not plain or its end is not held. */
size_t plain_split(slice held, char delimiter, slice *cells, size_t count, size_t *length);

#endif
