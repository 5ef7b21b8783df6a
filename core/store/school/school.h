/* school: one school, read: who is enrolled there of those that are wanted, its calendar,
 * how far its registers reach, and the marks. Batches and the sweep read through this.
 *
 * 1. Members ascend by enrolment, which is the order imported.
 * 2. What nobody needs is not read: texts, dates and marks as the plan says, and where
 *    nobody needs to know who the pupils are (`anonymous`), a lane for every slot.
 * 3. Nothing is known after the as-of day: its end cuts the marks. The calendar is the
 *    planned one, to its end.
 * 4. With `known_at` T it is the register as it was known then: amendments learnt after
 *    T are undone, marks after the reach at T are blank. Dates of enrolments, names and
 *    groups are today's.
 * 5. Memory is one school's. A reader has a statement of its own, so several may be in
 *    use at once; it must not be used after its store is closed. */
#ifndef WAYMARK_SCHOOL_H
#define WAYMARK_SCHOOL_H

#include "store/school/filter.h"
#include "store/sheet/read.h"
#include "store/store.h"

/* The first and the last enrolment at a school at which anybody is enrolled. */
typedef struct school_range {
  int64_t first, last, school; /* `first` is first: array_by_id */
} school_range;

/* The schools of the pupils that are asked for, in the order of their ids; the caller
 * frees *out with mem_free. STATUS_RANGE: no such as-of day. STATUS_NOT_FOUND: no school
 * of that id. */
status school_list(store *st, const pupil_filter *who, school_range **out, size_t *count,
                   problem *p);

enum school_text { SCHOOL_UPN, SCHOOL_FORENAME, SCHOOL_SURNAME, SCHOOL_YEAR, SCHOOL_FORM };
enum { SCHOOL_NO_TEXTS, SCHOOL_UPNS, SCHOOL_TEXTS = SCHOOL_FORM + 1 };

typedef struct school_plan {
  pupil_filter who; /* its texts are lent until the reader is made */
  day first_day;    /* the calendar begins here, its weeks numbered from 0; DAY_NONE: all history */
  int texts;        /* SCHOOL_NO_TEXTS (and no pupil's number), SCHOOL_UPNS or SCHOOL_TEXTS */
  bool ages, dates; /* dates of birth, and of enrolments, matter */
  bool apart;       /* no school's enrolments lie between another's: the ids are walked */
  bool marks;       /* the registers are wanted */
  bool beside_school; /* and of how many of the whole school a mark was possible */
  bool anonymous;     /* everybody's marks, and nothing else of anybody */
} school_plan;

typedef struct school_member {
  int64_t pupil;
  day joined, left, born;        /* DAY_NONE: not known, or not asked for */
  size_t text[SCHOOL_TEXTS + 1]; /* where each begins in the register's texts; last: the end */
} school_member;

typedef struct school_register {
  int64_t id;
  size_t count;
  int64_t *ids;           /* [count] enrolments; NULL: nobody asked who they are */
  school_member *members; /* [count], or NULL */
  buffer texts;
  calendar calendar;   /* lent by what follows */
  size_t end, reach;   /* sessions of it up to the as-of day, and up to `reached` */
  session reached;     /* the last that imports had brought; SESSION_NONE */
  school_marks *marks; /* NULL: nobody, or not wanted */
  calendar planned;
  int32_t *weeks; /* NULL: nothing is cut */
} school_register;

typedef struct school_reader school_reader;

/* Free with school_reader_free, which takes NULL. */
status school_reader_new(store *st, const school_plan *plan, school_reader **out, problem *p);
void school_reader_free(school_reader *r);

/* Read a school into *out, which has nothing yet. Where nobody is wanted (count is 0)
 * neither calendar nor marks need be there. Free with school_register_free, also after a
 * failure. */
status school_read(school_reader *r, const school_range *which, school_register *out, problem *p);
/* Its marks and its calendar: the members stay. */
void school_register_close(school_register *r);
void school_register_free(school_register *r);

/* The sessions [from, to) of the calendar in which a member was enrolled. */
void school_member_sessions(const school_register *r, const school_member *m, size_t *from,
                            size_t *to);
/* Lent; empty where nothing is known or asked for. */
slice school_member_text(const school_register *r, const school_member *m, enum school_text which);

#endif
