/* file: one file read or written whole, looked at before it is opened: a pipe waits for
 * somebody, a device has no end, and neither is what a person meant.
 *
 * 1. Nothing here waits: what is no ordinary file is refused, and named. A link to one is one.
 * 2. What is written is for its owner alone, and is there whole, on the disk, or not at all.
 *    Until then it is NAME.new beside it, which is always a new file, never what a link of
 *    that name leads to. */
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

/* A file of these bytes, in place of what has the name. */
status file_write(const char *path, slice bytes, problem *p);

#endif
