/* pupils: pupils and their stays at a school, added and changed as a school's list says.
 *
 * 1. A pupil is found by UPN anywhere in the workspace; one without, or whose UPN is new,
 *    by the admission number at the school: there a UPN may come later.
 * 2. A record is about the stay that began on its date of joining, else the newest that
 *    does not lie wholly before or after its dates; where all do, it is a new stay.
 * 3. What a record does not have is kept, and so are a known date of birth and sex
 *    against an empty cell. Nothing is written when nothing is new.
 * 4. Nobody is ever deleted. */
#ifndef WAYMARK_PUPILS_H
#define WAYMARK_PUPILS_H

#include "store/people/roll.h"

typedef struct pupil_record {
  slice upn; /* in capitals; may be empty */
  slice surname, forename, sex, year, form, admission_number, sen, fsm;
  slice groups; /* a JSON object with sorted keys */
  day dob, joined, left;
  bool has_year, has_form, has_number, has_sen, has_fsm, has_joined, has_left, has_groups;
} pupil_record;

/* Add or update one pupil at the roll's school. *entry is the roll's; its `change` says
 * what became of it since the roll was loaded, so that a pupil who is named twice counts
 * once, by what was known before the first time and after the last. */
status pupils_put(db *d, roll *r, const pupil_record *what, uint32_t *entry, problem *p);

/* Whether a UPN has the form of one; with *letter whether its check letter is
 * right. DfE, "Unique pupil numbers: a guide", annex on the check letter. */
bool upn_has_form(slice upn, bool *letter);

#endif
