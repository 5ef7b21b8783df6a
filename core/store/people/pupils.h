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

/* What is said of a person, and of a stay: the UPN in capitals, groups as a JSON object with
 * sorted keys. */
enum person_text { PERSON_UPN, PERSON_SURNAME, PERSON_FORENAME, PERSON_SEX, PERSON_TEXTS };
enum stay_text { STAY_YEAR, STAY_FORM, STAY_NUMBER, STAY_SEN, STAY_FSM, STAY_GROUPS, STAY_TEXTS };

typedef struct pupil_record {
  slice person[PERSON_TEXTS], stay[STAY_TEXTS]; /* may be empty */
  day dob, joined, left;
  bool has[STAY_TEXTS], has_joined, has_left; /* what the list says of the stay */
} pupil_record;

/* Add or update one pupil at the roll's school. *entry is the roll's; its `change` says
 * what became of it since the roll was loaded, so that a pupil who is named twice counts
 * once, by what was known before the first time and after the last. */
status pupils_put(db *d, roll *r, const pupil_record *what, uint32_t *entry, problem *p);

/* Whether a UPN has the form of one; with *letter whether its check letter is
 * right. DfE, "Unique pupil numbers: a guide", annex on the check letter. */
bool upn_has_form(slice upn, bool *letter);

#endif
