/* people: schools, and who is enrolled at each: found fast, written once.
 *
 * 1. Schools are held in memory, in the order of their rows; a school's roll (its
 *    enrolments) is read when it is first asked for, and hashed by UPN and by
 *    admission number.
 * 2. A school is found by its key (see store_fold_key) or by its whole name; a
 *    name that two schools have finds neither.
 * 3. UPNs are compared in capitals. One UPN is one pupil in the workspace; each
 *    stay at a school is an enrolment of its own.
 * 4. Roll entries ascend by enrolment id; new ones are added at the end.
 * 5. What is written belongs to the caller's transaction: after a rollback this
 *    index is to be freed.
 *
 * Nobody is ever deleted here: a contact that is no longer there is marked as gone. */
#ifndef WAYMARK_PEOPLE_H
#define WAYMARK_PEOPLE_H

#include "store/store.h"

enum people_change { PEOPLE_ADDED, PEOPLE_UNCHANGED, PEOPLE_CHANGED };

typedef struct people people;

status people_new(store *s, people **out, problem *p);
void people_free(people *all);

/* Schools -------------------------------------------------------------------- */

typedef struct school_entry {
  int64_t id;
  char *key, *name, *phase, *la; /* never NULL; "" when not known */
  char *folded;                  /* the key as store_fold_key makes it */
} school_entry;

typedef struct school_record {
  slice key, name, phase, la;
  bool has_phase, has_la; /* false: keep what is known */
} school_record;

size_t people_school_count(const people *all);
/* Lent until the next people_put_school. */
const school_entry *people_school(const people *all, size_t i);
/* The school's index, or the count of schools. */
size_t people_find_school(const people *all, slice text);
/* The key nearest to `text`, or NULL. */
const char *people_nearest_school(const people *all, slice text);
/* Add or update by key. `out` may be NULL. */
status people_put_school(people *all, const school_record *what, enum people_change *out,
                         problem *p);

/* What is shown of a school in a list. */
typedef struct school_summary {
  session reach;  /* SESSION_NONE: no registers have come in */
  int64_t pupils; /* who were ever enrolled */
} school_summary;
status people_summary(people *all, size_t school, school_summary *out, problem *p);

/* Rolls ---------------------------------------------------------------------- */

#define ROLL_NONE UINT32_MAX

typedef struct roll_entry {
  int64_t enrolment, pupil;
  day joined, left;                                      /* DAY_NONE: not known */
  uint32_t upn_at, upn_length, number_at, number_length; /* in the roll's texts */
  uint32_t next_upn, next_number;                        /* of the same bucket, older */
  uint32_t upn_hash, number_hash;
  uint32_t follower; /* a guess, for imports: one more than the entry met next last time; 0: none */
  /* What an import met, for one that names a pupil twice: */
  size_t line;            /* where it did so last; 0: not yet */
  uint64_t before, after; /* digests of what was known at first (0: nothing) and is now */
} roll_entry;

typedef struct roll {
  int64_t school;
  bool loaded;
  roll_entry *entries; /* [count] */
  size_t count, room;
  buffer texts;
  uint32_t *by_upn, *by_number; /* [buckets] */
  size_t buckets;               /* a power of two */
} roll;

/* The roll of school `i`, read if need be. Lent until people_free, except that
 * entries move when one is added. */
status people_roll(people *all, size_t school, roll **out, problem *p);

/* The newest entry with this UPN (in capitals) or admission number, then the
 * ones before it; ROLL_NONE at the end. */
uint32_t roll_find_upn(const roll *r, slice upn);
uint32_t roll_next_upn(const roll *r, uint32_t entry);
uint32_t roll_find_number(const roll *r, slice number);
/* Of the entries with the UPN of `entry`, the one a date belongs to: that was
 * there then, else the last to have joined before, else the first. */
uint32_t roll_on(const roll *r, uint32_t entry, day on);
/* The entry of an enrolment; ROLL_NONE when it is not of this school. */
uint32_t roll_of_enrolment(const roll *r, int64_t enrolment);
slice roll_upn(const roll *r, uint32_t entry);

/* Writing (people_write.c, people_contacts.c) -----------------------------------------------------
 */

typedef struct pupil_record {
  slice upn; /* in capitals; may be empty */
  slice surname, forename, sex, year, form, admission_number, sen, fsm;
  slice groups; /* a JSON object with sorted keys */
  day dob, joined, left;
  bool has_sex, has_year, has_form, has_number, has_sen, has_fsm, has_joined, has_left, has_groups;
} pupil_record;

/* Add or update one pupil at one school; what the record does not have is kept,
 * and so are a known date of birth and sex against an empty cell. The same stay
 * at the school is updated; a record whose dates lie wholly after (or before)
 * every known stay is a new enrolment. *entry is the roll's. */
status people_put_pupil(people *all, size_t school, const pupil_record *what, uint32_t *entry,
                        problem *p);
/* Whether an entry that this import met (its `line`) was added, changed or left
 * as it was, from before the first row that named it to after the last. */
enum people_change roll_change(const roll *r, uint32_t entry);

enum contact_text {
  CONTACT_TITLE,
  CONTACT_FORENAME,
  CONTACT_SURNAME,
  CONTACT_RELATIONSHIP,
  CONTACT_EMAIL,
  CONTACT_PHONE,
  CONTACT_ADDRESS,
  CONTACT_LANGUAGE,
  CONTACT_NEEDS, /* of communication: "large print" */
  CONTACT_TEXTS
};
enum contact_number {
  CONTACT_PARENTAL_RESPONSIBILITY, /* this and the next three: 1, 0 or -1, unknown */
  CONTACT_LIVES_WITH,
  CONTACT_NO_CONTACT,
  CONTACT_CONFIDENTIAL_ADDRESS,
  CONTACT_PRIORITY, /* -1: unknown */
  CONTACT_NUMBERS
};
enum contact_day {
  CONTACT_DOB,
  CONTACT_CHECKED_ON, /* when the details were last checked with the family */
  CONTACT_DAYS
};
enum { CONTACT_COLUMNS = CONTACT_TEXTS + CONTACT_NUMBERS + CONTACT_DAYS };

typedef struct contact_record {
  slice texts[CONTACT_TEXTS];
  int numbers[CONTACT_NUMBERS];
  day days[CONTACT_DAYS]; /* DAY_NONE: unknown */
} contact_record;

typedef struct contact_counts {
  size_t added, unchanged, changed, removed;
} contact_counts;

/* Make these the contacts of a pupil at a school; nothing is written when they are
 * that already. A known contact keeps its row (and so its id) when it is the same, or
 * has the same names and relationship, or the same names, in that order of search and
 * without regard to the case of ASCII letters; one that was gone is searched last, and
 * counts as added when it comes back. One that is not among these is marked as gone.
 * `has`: a bit for each column that is there (texts, numbers, days); the others are
 * kept as they are known. At most CONTACTS_MOST. Adds to *counts. */
enum { CONTACTS_MOST = 40 };
status people_put_contacts(people *all, size_t school, int64_t pupil,
                           const contact_record *contacts, size_t count, uint32_t has,
                           contact_counts *counts, problem *p);

/* Whether a UPN has the form of one; with *letter whether its check letter is
 * right. DfE, "Unique pupil numbers: a guide", annex on the check letter. */
bool people_upn_form(slice upn, bool *letter);

#endif
