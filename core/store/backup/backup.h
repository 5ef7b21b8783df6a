/* backup: a workspace's database as one file by itself, and back again.
 *
 * A backup holds all rows of one moment, and a seal, the table `backup_seal`: for the
 * schema and for each other table its name, how many rows it had in the workspace, a
 * SHA-256 of them, and when the backup was made. So the file can tell by itself whether
 * it is intact.
 *
 * 1. The workspace is only read; other commands may write meanwhile. Data of an older
 *    version are taken as they are.
 * 2. What was written is read again by a connection of its own, and compared with the
 *    seal, before it gets its name.
 * 3. A file is there whole, under its name, or not at all, for its owner alone; nothing is
 *    ever overwritten (db/part.h).
 * 4. Not in a backup: plugins/ and documents/; of waymark.lua the text that the
 *    database keeps. */
#ifndef WAYMARK_BACKUP_H
#define WAYMARK_BACKUP_H

#include "base/status.h"

#include <stdint.h>

typedef struct backup_report {
  int64_t at; /* when it was made */
  int64_t bytes;
  int64_t tables, rows;
  int version; /* of its data */
} backup_report;

/* Write a backup of the database `from` to the new file `to`, as of the time `at`
 * (seconds). STATUS_REFUSED: `to` is there, or is being written; STATUS_CORRUPT: the
 * workspace is damaged, so there is nothing to be had; STATUS_BUSY: another command keeps
 * the workspace to itself, or changes it again and again. */
status backup_write(const char *from, const char *to, int64_t at, backup_report *out, problem *p);

/* Make the database `to` from the backup `from`. It has the version of its data:
 * open it for writing once. STATUS_REFUSED: `from` is no backup, or of a newer
 * program; STATUS_CORRUPT: it is one, and not intact. */
status backup_restore(const char *from, const char *to, backup_report *out, problem *p);

#endif
