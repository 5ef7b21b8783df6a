/* schools: the schools of a workspace, and the one look-up for each fact about one.
 *
 * 1. A school is meant by its key or by its whole name, and by both alike at every
 *    door. Keys are compared folded: ASCII letters in lower case, without '/', '-' and
 *    spaces, so that "8812345" is "881/2345". Names are compared as those of people are
 *    (base/text_fold.h); a name that two schools have means neither. A key goes before
 *    a name, and both before a key or a name that the school had before: of a school that got
 *    another number or name old files go on being known.
 * 2. A list holds the schools in the order of their rows. What is written belongs to
 *    the caller's transaction: after a rollback the list is to be freed. */
#ifndef WAYMARK_SCHOOLS_H
#define WAYMARK_SCHOOLS_H

#include "store/db/db.h"

/* What became of something that was put into the store. */
enum put_change { PUT_ADDED, PUT_UNCHANGED, PUT_CHANGED };

/* One look-up ------------------------------------------------------------------ */

/* Append a key as it is compared. */
void school_fold_key(buffer *to, slice key);

/* The row of the school that a text means. STATUS_NOT_FOUND names the nearest. */
status school_find(db *d, slice text, int64_t *id, problem *p);
/* Its key, appended. STATUS_NOT_FOUND. */
status school_key(db *d, int64_t id, buffer *to, problem *p);
/* The last session that imports had brought by `known_at` (seconds; INT64_MAX: by
 * now) and that were not undone by then, or SESSION_NONE. */
status school_reach(db *d, int64_t id, int64_t known_at, session *out, problem *p);

/* All of them ------------------------------------------------------------------ */

typedef struct school_entry {
  int64_t id;
  char *key, *name, *phase, *la; /* never NULL; "" when not known */
} school_entry;

/* A key or a name that a school had before. */
typedef struct school_alias {
  char *text;
  int64_t school; /* row */
} school_alias;

typedef struct schools {
  db *db;
  school_alias *aliases; /* [alias_count] */
  size_t alias_count, alias_room;
  school_entry *list; /* [count] */
  size_t count, room;
} schools;

typedef struct school_record {
  slice key, name, phase, la;
  slice was;              /* a key or a name that it had before: of a known school the key is new */
  bool has_phase, has_la; /* false: keep what is known */
} school_record;

status schools_new(db *d, schools **out, problem *p);
void schools_free(schools *all);

/* The place of the school that a text means, or the count. */
size_t schools_find(const schools *all, slice text);
/* The key of the school whose key or name is nearest to `text`, or NULL. */
const char *schools_nearest(const schools *all, slice text);
/* Add or update by key. `out` may be NULL. */
status schools_put(schools *all, const school_record *what, enum put_change *out, problem *p);
/* Take out the one at a place, unless something was recorded of it: `kept` says what, "pupils";
 * else it is NULL. */
status schools_remove(schools *all, size_t at, const char **kept, problem *p);

#endif
