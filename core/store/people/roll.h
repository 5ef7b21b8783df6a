/* roll: who is enrolled at a school, found fast while files are taken in.
 *
 * 1. Entries ascend by enrolment id; new ones are added at the end. They are hashed
 *    by UPN and by admission number.
 * 2. UPNs are compared in capitals. One UPN is one pupil in the workspace, and so are those that
 *    the pupil had before (aliases); each stay at a school is an entry of its own.
 *    Admission numbers are compared as they are, else without the zeros before them.
 * 3. What is written belongs to the caller's transaction: after a rollback a roll is to
 *    be freed. */
#ifndef WAYMARK_ROLL_H
#define WAYMARK_ROLL_H

#include "store/people/schools.h"

#define ROLL_NONE UINT32_MAX

typedef struct roll_entry {
  int64_t enrolment, pupil;                              /* `enrolment` is first: array_id_bound */
  day joined, left, dob;                                 /* DAY_NONE: not known */
  uint32_t upn_at, upn_length, number_at, number_length; /* in the roll's texts */
  uint32_t next_upn, next_number;                        /* of the same bucket, older */
  uint32_t upn_hash, number_hash;
  uint32_t follower; /* a guess, for imports: one more than the entry met next last time; 0: none */
  /* What an import of pupils met, for one that names a pupil twice (pupils.h): */
  enum put_change change;
  uint32_t before_at, before_length; /* in the roll's texts: what was known before */
  size_t line;                       /* where it was named last; 0: not yet */
} roll_entry;

/* A UPN that a pupil had before. */
typedef struct roll_alias {
  uint32_t hash, at, length; /* in the roll's texts */
  uint32_t entry;            /* one of the pupil's */
} roll_alias;

typedef struct roll {
  int64_t school;
  bool loaded;
  size_t known;        /* entries when it was loaded */
  roll_entry *entries; /* [count] */
  size_t count, room;
  roll_alias *aliases; /* [alias_count], by hash */
  size_t alias_count, alias_room;
  buffer texts;
  uint32_t *name_hashes; /* NULL, or [known]: of the names folded, once they were asked for */
  uint32_t *by_upn, *by_number; /* [buckets] */
  size_t buckets;               /* a power of two */
} roll;

/* The roll of a school, from its rows. `out` is zeroed or freed before, and is to be
 * freed also after a failure. */
status roll_load(db *d, int64_t school, roll *out, problem *p);
void roll_free(roll *r);

/* The newest entry of the pupil who has, or had, this UPN (in capitals), or the newest with this
 * admission number; ROLL_NONE when there is none, or when nobody can tell of whom it is. */
uint32_t roll_find_upn(const roll *r, slice upn);
/* The newest entry with the UPN of `entry`, then the ones before it; ROLL_NONE at the end. */
uint32_t roll_newest(const roll *r, uint32_t entry);
uint32_t roll_next_upn(const roll *r, uint32_t entry);
uint32_t roll_find_number(const roll *r, slice number);
/* Whether another pupil with a UPN has the same admission number, in the same letters. */
bool roll_shares_number(const roll *r, uint32_t entry);
/* Of the entries with the UPN of `entry`, the one a date belongs to: that was
 * there then, else the last to have joined before, else the first. */
uint32_t roll_on(const roll *r, uint32_t entry, day on);
/* The entry of an enrolment; ROLL_NONE when it is not of this school. */
uint32_t roll_of_enrolment(const roll *r, int64_t enrolment);
slice roll_upn(const roll *r, uint32_t entry);
slice roll_number(const roll *r, uint32_t entry);

/* Private part, for pupils.c ---------------------------------------------------- */

/* Add an entry with the highest enrolment id so far; its texts are copied. */
status roll_add(roll *r, const roll_entry *what, slice upn, slice number, problem *p);
/* Of those who were there when it was loaded, whose names may be these, as they were then: reads
 * the names the first time. `hash` is roll_name_hash's. */
status roll_hash_names(db *d, roll *r, problem *p);
uint32_t roll_name_hash(slice forename, slice surname, buffer *room);
/* The newest entry of a pupil, by looking at all; ROLL_NONE. */
uint32_t roll_of_pupil(const roll *r, int64_t pupil);
/* A UPN that the pupil of an entry had before. */
status roll_add_alias(roll *r, slice upn, uint32_t entry, problem *p);
/* Give an entry another admission number, and all stays of its pupil another UPN. Neither text may
 * be the roll's own. */
status roll_rename(roll *r, uint32_t entry, slice upn, slice number, problem *p);

#endif
