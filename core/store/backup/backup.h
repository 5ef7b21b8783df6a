/* backup: a workspace's database as one file by itself, and back again.
 *
 * A backup holds every page of one snapshot, and a seal (backup_seal.h): for each
 * table how many rows it had in the workspace, and a digest of them. So the file
 * can tell by itself whether it is intact.
 *
 * 1. The workspace is read in one snapshot and not changed; other commands may
 *    write meanwhile. Data of an older version are taken as they are.
 * 2. What was written is read again by a connection of its own, and compared with
 *    the seal, before it gets its name.
 * 3. A file is there whole, under its name, or not at all; nothing is ever
 *    overwritten. Until then it is NAME.part, in the same folder; one that a
 *    killed command left is cleared away by the next.
 * 4. Only the owner may read what is written (0600).
 * 5. Not in a backup: plugins/ and documents/; of waymark.lua the text that the
 *    database keeps. */
#ifndef WAYMARK_BACKUP_H
#define WAYMARK_BACKUP_H

#include "store/backup/backup_seal.h"

/* Write a backup of the database `from` to the new file `to`, as of the time `at`
 * (seconds). STATUS_REFUSED: `to` is there, or is being written; STATUS_CORRUPT:
 * the workspace is damaged, so there is nothing to be had. */
status backup_write(const char *from, const char *to, int64_t at, backup_report *out, problem *p);

/* Make the database `to` from the backup `from`. It has the version of its data:
 * open it for writing once. STATUS_REFUSED: `from` is no backup, or of a newer
 * program; STATUS_CORRUPT: it is one, and not intact. */
status backup_restore(const char *from, const char *to, backup_report *out, problem *p);

#endif
