/* schema: what is in a workspace's file, by version, and how an older file becomes one of
 * this version. */
#ifndef WAYMARK_SCHEMA_H
#define WAYMARK_SCHEMA_H

#include "store/db/db.h"

/* The most patterns of packed data that are kept, for SQL. */
#define SCHEMA_PATTERNS "10000"

/* The newest version, which this program writes. */
int schema_version(void);

/* The version of a file's data; 0 in an empty one, -1 when it is not a file of ours.
 * STATUS_REFUSED: it is a newer program's; `shown` is the name that people know it by. */
status schema_read(db *d, const char *shown, int *version, problem *p);

/* Bring an empty or older file to this version, in one transaction. */
status schema_migrate(db *d, problem *p);

#endif
