/* backup_seal: the table `backup_seal` of a backup: what it must hold to be
 * intact. A row for each table and one for the schema: name, rows, digest, and
 * when the backup was made.
 *
 * A digest is the SHA-256 of all rows in the order of their keys, each value with
 * its type and length. The seal is in no workspace and seals all but itself. */
#ifndef WAYMARK_BACKUP_SEAL_H
#define WAYMARK_BACKUP_SEAL_H

#include "store/db/db.h"

typedef struct backup_report {
  int64_t at; /* when it was made */
  int64_t bytes;
  int64_t tables, rows;
  int version; /* of its data */
} backup_report;

/* Seal `into`, a copy of `of`, with what `of` holds. Whoever calls keeps `of` in
 * one snapshot. */
status seal_write(sqlite3 *of, sqlite3 *into, int64_t at, problem *p);

/* Whether a backup (`path` only for what is said) is sound in SQLite's eyes and
 * holds what its seal says; `bytes` and `version` are not filled in.
 * STATUS_CORRUPT: it is not. STATUS_REFUSED: it has no seal. */
status seal_check(sqlite3 *file, const char *path, backup_report *out, problem *p);

status seal_remove(sqlite3 *file, problem *p);

#endif
