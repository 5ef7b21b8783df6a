/* pupils: pupils and their stays at a school, added and changed as a school's list says.
 *
 * 1. A pupil is found by UPN anywhere in the workspace, also by one that the pupil had before;
 *    one without, or whose UPN is new, by the admission number at the school: there a UPN may
 *    come later.
 * 2. One key is not an identity. A record that has the UPN of one child, and name, birthday or
 *    admission number of another, is of another child: it is not taken until a person says of
 *    whom it is. A new UPN with the name, the birthday and the admission number of a known child
 *    is that child's; of two UPNs the one that is better formed stays, and the other one goes
 *    on being known. What is not known on one of the two sides says nothing.
 * 3. A record is about the stay that began on its date of joining, else the newest that
 *    does not lie wholly before or after its dates; where all do, it is a new stay.
 * 4. What a record does not have is kept, and so are a known date of birth and sex
 *    against an empty cell, a good name against a damaged one (names.h), and an admission number
 *    against what is left of it without its zeros. Nothing is written when nothing is new.
 * 5. Nobody is ever deleted. */
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
  bool same, another; /* a person says: the UPN is still that child's; it is another child's now */
  int64_t at;         /* when this is learnt */
} pupil_record;

/* What became of a record. Zeroed before the first one; free the words. */
typedef struct pupil_outcome {
  uint32_t entry; /* the roll's; ROLL_NONE: not taken, and `words` say why */
  buffer words;   /* safe for a terminal: what changed, as "form: 5A → 5B; …" */
  buffer like;    /* of a pupil who is new: who has the same name, and birthday or number */
  bool identity;  /* of what changed, something is the name, the birthday, the UPN or the number */
  bool kept_dob, kept_sex; /* they are known, and the record has none */
} pupil_outcome;

/* Add or update one pupil at the roll's school. The entry's `change` says
 * what became of it since the roll was loaded, so that a pupil who is named twice counts
 * once, by what was known before the first time and after the last. */
status pupils_put(db *d, roll *r, const pupil_record *what, pupil_outcome *out, problem *p);
void pupil_outcome_free(pupil_outcome *out);

/* Whether a UPN has the form of one; with *letter whether its check letter is
 * right. DfE, "Unique pupil numbers: a guide", annex on the check letter. */
bool upn_has_form(slice upn, bool *letter);

#endif
