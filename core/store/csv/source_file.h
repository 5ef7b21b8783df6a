/* source_file: a file that a source reads from its beginning as often as it has to, with its digest
 * made on the way.
 *
 * 1. The first reading that comes to the end gives the digest.
 * 2. One that changes between the opening and the end of a reading is refused.
 * 3. Nothing is held of it. */
#ifndef WAYMARK_STORE_SOURCE_FILE_H
#define WAYMARK_STORE_SOURCE_FILE_H

#include <sys/stat.h>

#include "store/csv/source.h"
#include "store/db/digest.h"

typedef struct source_file {
  int fd; /* -1: not open */
  char *name;
  struct stat seen; /* as it was when it was opened */
  uint64_t at;      /* bytes of this reading */
  bool digested;
  struct digest state;
  char digest[DIGEST_HEX];
} source_file;

/* STATUS_NOT_FOUND, STATUS_IO. Closed by source_file_close, also after a failure. */
status source_file_open(const char *path, source_file *out, problem *p);
void source_file_close(source_file *f);

/* The next bytes, at most `room`; *got is 0 at the end. */
status source_file_read(source_file *f, char *bytes, size_t room, size_t *got, problem *p);
/* Whether it is as it was when it was opened, after a reading to its end. */
status source_file_check(const source_file *f, problem *p);
status source_file_rewind(source_file *f, problem *p);
/* What is known of it after a reading that came to its end. */
source_facts source_file_facts(const source_file *f, const char *encoding);

#endif
