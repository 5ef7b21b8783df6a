/* contacts: the contacts of a pupil at a school, as a set that takes the place of the
 * one that is known, so that each known contact keeps its row (and so its id).
 *
 * 1. A known contact is matched with one record when it is the same, or has the same
 *    names and relationship, or the same names, or, of a record without a forename, the same
 *    number or email and nothing that tells them apart, in that order of search and as names
 *    are compared; no record and no contact is matched twice.
 *    Those that are the same in everything come first, so that a file that says nothing
 *    new costs one query.
 * 2. One that is not among the records is marked as gone, never deleted. One that was
 *    gone is searched last, and counts as added when it comes back. One of whom a row may have been
 *    left out is not gone.
 * 3. What protects somebody (no contact, a confidential address) is taken away by a record that
 *    says "no", and by nothing else. A name that a program damaged is the good one (names.h),
 *    which stays. A record that may be somebody who is protected is that contact, its number a
 *    further one, and the name and what it has blank are kept: it may be of somebody else. One more
 *    of such is protected too. */
#ifndef WAYMARK_CONTACTS_H
#define WAYMARK_CONTACTS_H

#include "store/people/schools.h"

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
enum { CONTACT_COLUMNS = CONTACT_TEXTS + CONTACT_NUMBERS + CONTACT_DAYS, CONTACTS_MOST = 40 };

typedef struct contact_record {
  slice texts[CONTACT_TEXTS];
  int numbers[CONTACT_NUMBERS];
  day days[CONTACT_DAYS]; /* DAY_NONE: unknown */
} contact_record;

/* What is said of a contact by name. */
enum contact_note {
  CONTACT_CHANGED,
  CONTACT_UNPROTECTED, /* it is no longer protected, since the record says so */
  CONTACT_MAY_BE,      /* a record may be of this protected one, and is protected */
  CONTACT_PROTECTED,   /* it is still, though the record has a blank there */
  CONTACT_GONE,
  CONTACT_KEPT,   /* not among the records, but a row of it was left out */
  CONTACT_DAMAGED /* the good name was kept */
};

typedef struct contact_set {
  int64_t school, pupil;         /* rows */
  const contact_record *records; /* [count], at most CONTACTS_MOST */
  size_t count;
  uint32_t has; /* a bit for each column that is there (texts, numbers, days); the others
                   are kept as they are known */
  bool partial; /* a record of the pupil's was left out, nobody knows whose: nobody is gone */
  const slice *left_out; /* [left_out_count]: the words of rows that were left out, folded, as
                            slice_compare orders them: who may be named in them is not gone */
  size_t left_out_count;
  void (*note)(void *context, enum contact_note note, slice words); /* safe for a terminal */
  void *context;
} contact_set;

typedef struct contact_counts {
  size_t added, unchanged, changed, removed;
} contact_counts;

/* How many of the telephone numbers of a cell another one has, too, however they are written;
 * *count: of how many. */
size_t contact_shared_numbers(slice cell, slice known, size_t *count);
/* The next word of a text that is folded: of ASCII letters and digits, and of what is not ASCII. */
bool contact_next_word(slice *rest, slice *out);

/* Make these the contacts of a pupil at a school; nothing is written when they are
 * that already. Adds to *counts. */
status contacts_put(db *d, const contact_set *set, contact_counts *counts, problem *p);

#endif
