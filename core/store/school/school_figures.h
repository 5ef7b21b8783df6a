/* school_figures: of how many pupils of a school a mark was possible, and how many of
 * those were absent, session by session.
 *
 * Everybody who has a mark on the school's sheets is in it, whoever is asked for, so
 * that one pupil alone is compared with the same as all of them. They are counted while
 * the sheets are read for something else (sheet/read.h): no sheet is read for them alone. */
#ifndef WAYMARK_SCHOOL_FIGURES_H
#define WAYMARK_SCHOOL_FIGURES_H

#include "attendance/batch.h"
#include "store/db/db.h"

/* Add the marks of a half day; `length` bytes of a sheet. */
void school_figures_add(const mark *half, size_t length, school_session *to);

/* What a session was before the amendments that were learnt after a time: those of the
 * sessions before `known` (indexes of the calendar) are taken back. The last amendment
 * of a mark says what the sheet says (`waymark check` sees to it), so what was added for
 * `now` is taken away again for each, in any order. */
status school_figures_undo(db *d, int64_t school, int64_t known_at, const calendar *c, size_t known,
                           school_session *figures, problem *p);

/* STATUS_RANGE when it is more than a batch may hold. */
status school_figures_check(const school_session *figures, size_t sessions, problem *p);

#endif
