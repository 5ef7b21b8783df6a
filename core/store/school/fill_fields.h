/* fill_fields: what a record of a batch says of its pupil, group by group.
 *
 * A group is what a plugin asks for and a person grants ("pupil.name"). What is
 * not in the mask is not read, so it cannot be sent. Contacts never hold an
 * address that is marked confidential. SQLite writes the JSON. */
#ifndef WAYMARK_FILL_FIELDS_H
#define WAYMARK_FILL_FIELDS_H

#include <stdint.h>

#include "store/db/db.h"

enum fill_group {
  FILL_REGISTERS = 1 << 0, /* marks and the date of birth that ages are counted from */
  FILL_UPN = 1 << 1,       /* upn */
  FILL_NAME = 1 << 2,      /* surname, forename, name */
  FILL_GROUPS = 1 << 3,    /* year, form, groups */
  FILL_DOB = 1 << 4,       /* dob */
  FILL_SEX = 1 << 5,       /* sex */
  FILL_SENSITIVE = 1 << 6, /* sen, fsm */
  FILL_CONTACTS = 1 << 7,  /* contacts */
  FILL_CASES = 1 << 8,     /* case: events without those of suggestions */
  FILL_EVERYTHING = (1 << 9) - 1
};

/* The bit of "registers", "pupil.upn", "pupil.name", "pupil.groups",
 * "pupil.dob", "pupil.sex", "sensitive", "contacts" or "cases"; 0 if unknown. */
uint32_t fill_field(slice name);
/* All names in that order, for messages. */
const char *fill_field_names(void);

/* A statement that gives one row, one JSON object, for the enrolment bound to
 * ?1. Events are those on or before `as_of`, learnt by `known_at`. The caller
 * finalizes it. */
status fill_fields_statement(db *d, uint32_t mask, day as_of, int64_t known_at, statement **out,
                             problem *p);

#endif
