/* likeness: how like a school's sheets of some days are to those of some weeks before, by the
 * absences on them: a file that has the dates of another week says the same of the same pupils. */
#ifndef WAYMARK_LIKENESS_H
#define WAYMARK_LIKENESS_H

#include "store/db/db.h"

typedef struct likeness {
  size_t absent;    /* half days of pupils with a mark in both, absent in either */
  size_t pupils;    /* who are absent in either */
  size_t differing; /* of these half days, with another mark */
} likeness;

/* The days from `first` to `last`, both included, beside those `weeks` before. Days of two
 * academic years are not compared: pupils have other places there. */
status sheets_likeness(db *d, int64_t school, day first, day last, int weeks, likeness *out,
                       problem *p);

#endif
