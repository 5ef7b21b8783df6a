/* people_inner: what people.c and people_write.c share; nobody else includes it. */
#ifndef WAYMARK_PEOPLE_INNER_H
#define WAYMARK_PEOPLE_INNER_H

#include "store/people/people.h"

struct people {
  store *store;
  school_entry *schools; /* [school_count] */
  roll *rolls;           /* [school_count] */
  size_t school_count;
};

/* Takes the texts of `what`, and frees them on failure. */
status people_keep_school(people *all, school_entry *what, problem *p);
void people_replace_school(people *all, size_t i, const school_entry *what);
/* texts: key, name, phase, la. */
status people_copy_school(int64_t id, const slice texts[4], school_entry *out, problem *p);
size_t people_find_key(const people *all, slice key);

/* Add an entry with the highest enrolment id so far; its texts are copied. */
status roll_add(roll *r, const roll_entry *what, slice upn, slice number, problem *p);
/* Give an entry another UPN or admission number. */
status roll_rename(roll *r, uint32_t entry, slice upn, slice number, problem *p);

#endif
