/* lines: a text file as physical lines, examined while it is read. UTF-16 is converted to UTF-8
 * on the way into the window; nothing else here converts bytes.
 *
 * The lines come through a window that only grows with the longest line. Beside
 * that the whole file is examined, a large one by a thread of its own: its SHA-256, and
 * whether its bytes are UTF-8.
 *
 * 1. A line ends with LF, CRLF or CR alone, or with the file.
 * 2. Positions are relative to the mark that `lines_advance` moves; nothing
 *    before it is kept, everything after it can be read again.
 * 3. A line of more than LINE_LONGEST bytes (a megabyte) is never held whole.
 * 4. At its end both readings must have seen as many bytes, and the file must be
 *    as it was when it was opened: one that changes meanwhile is refused. */
#ifndef WAYMARK_LINES_H
#define WAYMARK_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/csv/reading.h"
#include "store/db/digest.h"

#ifdef FUZZING /* so that short inputs reach every edge */
enum { LINE_LONGEST = 100, LINES_CHUNK = 77 };
#else
enum { LINE_LONGEST = 1 << 20, LINES_CHUNK = 256 * 1024 };
#endif
enum { LINES_DIGEST = DIGEST_HEX, LINES_PAD = 64 };

typedef struct lines_facts {
  char digest[LINES_DIGEST]; /* SHA-256, hexadecimal, NUL-ended */
  uint64_t bytes;
  bool is_utf8; /* all of it, NUL bytes aside */
} lines_facts;

typedef struct lines lines;

typedef struct lines_line {
  bool any;      /* false: the file has ended */
  bool too_long; /* `text` is its beginning */
  slice text;    /* without its end; lent until the next call on these lines */
  size_t next;   /* where the next line begins, from the mark */
} lines_line;

/* Open, and begin to examine. `said` is what the file is said to be encoded in; a byte-order mark
 * knows better. STATUS_NOT_FOUND, STATUS_IO, STATUS_SYNTAX (UTF-32). Free with lines_close. */
status lines_open(const char *path, enum encoding said, lines **out, problem *p);
void lines_close(lines *l);

/* By its byte-order mark (which is skipped), the NUL bytes between its first letters, or what
 * was said; ENCODING_FOUND: none of these, so UTF-8 or Windows-1252. */
enum encoding lines_encoding(const lines *l);
/* How many bytes it had when it was opened. */
uint64_t lines_size(const lines *l);
/* The whole file's facts: waits for them. A failure to read it is answered at the
 * end of the lines. */
const lines_facts *lines_facts_of(lines *l);
/* The file's name without its folder. */
const char *lines_name(const lines *l);

/* The line that begins `from` bytes after the mark. */
status lines_at(lines *l, size_t from, lines_line *out, problem *p);
/* What the window holds from the mark on, with LINES_PAD readable bytes after it;
 * lent as lines are. */
slice lines_held(const lines *l);
/* Move the mark to the beginning of a line, as `next` gave it. */
void lines_advance(lines *l, size_t next);
/* Bytes of the file before the mark; of UTF-16 about so many, all of them at the end. */
uint64_t lines_done(const lines *l);

#endif
