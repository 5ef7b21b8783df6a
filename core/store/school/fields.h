/* fields: what a record of a batch says of its pupil, group by group.
 *
 * A group is what a plugin asks for and a person grants ("pupil.name"). What is
 * not in the mask is not read, so it cannot be sent. Contacts never hold an
 * address that is marked confidential. SQLite writes the JSON. */
#ifndef WAYMARK_FIELDS_H
#define WAYMARK_FIELDS_H

#include <stdint.h>

#include "store/db/db.h"

enum {                           /* groups that the store itself must know, of a mask of all */
       FIELD_REGISTERS = 1 << 0, /* marks and the date of birth that ages are counted from */
       FIELD_GROUPS = 1 << 3,    /* year, form, and the further columns that are shown */
       FIELD_SENSITIVE = 1 << 6, /* all further columns; what came with marks beside their codes */
       FIELD_CASES = 1 << 8,     /* case: events without those of suggestions */
       FIELD_EVERYTHING = (1 << 9) - 1
};

/* Most bytes of a case: thousands of entries. Of one that has more the latest are told, so that a
 * batch fits into a message to a worker (worker/frame.h). */
enum { FIELD_CASE_MOST = 2000000 };

/* Add a group by its name ("registers", "pupil.name") to a mask. STATUS_NOT_FOUND names
 * all of them. */
status fields_add(slice name, uint32_t *mask, problem *p);

/* A statement that gives one row, one JSON object, for the enrolment bound to
 * ?1. Marks are those up to `as_of`, events those on or before `diary`, both as known at
 * `known_at`. Further columns of the pupil that are not `shown` (store_show_groups), which has to
 * stay, need the grant of what is sensitive. The caller finalizes it. */
status fields_statement(db *d, uint32_t mask, day as_of, day diary, int64_t known_at, slice shown,
                        statement **out, problem *p);

#endif
