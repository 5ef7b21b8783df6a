/* disk: may a workspace lie here? WAL needs memory that is shared between processes, and
 * two computers that open one file damage it: so a network drive is refused, by the name
 * of its file system.
 *
 * 1. Refused: network file systems, folders shared with a virtual machine's host, and
 *    whatever a program provides over FUSE (sshfs, rclone, …) that is not known to lie on
 *    a local disk: of a new kind nobody can tell, and a refusal can be put right.
 * 2. A local disk over FUSE (ntfs-3g, exfat) works, with a warning.
 * 3. Everything else is local. */
#ifndef WAYMARK_DISK_H
#define WAYMARK_DISK_H

#include "base/text.h"

enum { DISK_TYPE = 64 };

/* The type of the file system that holds `folder` (absolute, without links), as the text
 * of /proc/self/mountinfo has it; "" when it has none. NUL-ended, cut if need be. */
void disk_type(slice mountinfo, const char *folder, char type[DISK_TYPE]);

/* STATUS_REFUSED: the folder of the file `path` lies on a network drive. A warning, one
 * line, is appended to `warning`. A folder that is not there is not refused here. */
status disk_check(const char *path, buffer *warning, problem *p);

#endif
