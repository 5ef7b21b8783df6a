/* undo: the marks of an import, by pupil, and out of the sheets again. Rows of people are undone
 * in SQL (lua/waymark/store/imports.lua), which also knows what rests on an import: nothing newer
 * may have touched the sessions that it brought. */
#ifndef WAYMARK_IMPORT_UNDO_H
#define WAYMARK_IMPORT_UNDO_H

#include "store/sheet/sheet.h"

typedef struct import_pupil_marks {
  int64_t enrolment;   /* first: array_id_bound */
  size_t set, changed; /* marks where none was, and in place of another */
} import_pupil_marks;

/* Of an import what it did to whose marks, ascending by enrolment. The caller frees *out with
 * mem_free. */
status import_marks_read(db *d, int64_t import, import_pupil_marks **out, size_t *count,
                         problem *p);

/* Make these marks what they were, with an amendment each; `from` is the undo. Adds to *set and
 * *changed. STATUS_REFUSED: one was changed since; the caller rolls back. */
status import_marks_undo(db *d, int64_t import, const sheet_source *from, size_t *set,
                         size_t *changed, problem *p);

#endif
