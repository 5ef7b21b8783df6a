/* examine: the SHA-256 of a whole file and whether it is UTF-8, made beside
 * whoever reads it.
 *
 * 1. A file over EXAMINE_ALONE bytes is read by a thread of its own, which
 *    touches nothing but its examination; a smaller one at once, by the caller.
 *    Where no thread can be had the caller reads the file when it asks.
 * 2. The thread takes no signals, allocates nothing of ours, and is joined by
 *    the first question or by examine_free, whichever comes first.
 * 3. The file's place for reading is not moved. */
#ifndef WAYMARK_EXAMINE_H
#define WAYMARK_EXAMINE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db/digest.h"

#ifdef FUZZING /* so that short inputs reach every edge */
enum { EXAMINE_CHUNK = 7, EXAMINE_ALONE = 4096 };
#else
enum { EXAMINE_CHUNK = 256 * 1024, EXAMINE_ALONE = 1 << 20 };
#endif

typedef struct examined {
  char digest[DIGEST_HEX]; /* SHA-256, hexadecimal, NUL-ended; "" on failure */
  uint64_t bytes;          /* how many there were */
  bool is_utf8;            /* all of them, NUL bytes aside */
  int failed;              /* 0, or the system's reason */
} examined;

typedef struct examination examination;

/* Begin with an open file of about `size` bytes, which must stay open. */
status examine_start(int fd, uint64_t size, examination **out, problem *p);
/* What came out; waits for it. Lent. */
const examined *examine_result(examination *e);
/* Stop and free; takes NULL. */
void examine_free(examination *e);

#endif
