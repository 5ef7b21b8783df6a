/* file: one file read or written whole, looked at before it is opened: a pipe waits for
 * somebody, a device has no end, and neither is what a person meant.
 *
 * 1. Nothing here waits: what is no ordinary file is refused, and named. A link to one is one.
 * 2. What is written is for its owner alone, and is there whole, on the disk, or not at all.
 *    Until then it has no name, or where the file system knows no such file one of its own,
 *    .waymark-DIGITS.new, which nobody had before. No link is followed.
 * 3. What somebody else has written is never replaced, unless the caller says so. */
#ifndef WAYMARK_FILE_H
#define WAYMARK_FILE_H

#include <sys/stat.h>

#include "base/text.h"

/* Open an ordinary file to be read; the caller closes *fd. STATUS_NOT_FOUND, STATUS_IO. */
status file_open(const char *path, int *fd, struct stat *about, problem *p);

/* All of a file, appended to `out`. STATUS_RANGE: it has more than `most` bytes. */
status file_read(const char *path, size_t most, buffer *out, problem *p);

/* That it cannot be written, by errno: STATUS_IO. */
status file_cannot_write(slice path, problem *p);

/* A new file of these bytes; with `replace` in place of what has the name. STATUS_REFUSED: the
 * name is taken. */
status file_write(const char *path, slice bytes, bool replace, problem *p);

/* Rename a file that is on the disk, in its folder, and sync the folder. STATUS_REFUSED: as
 * above. */
status file_place(const char *from, const char *to, bool replace, problem *p);

#endif
