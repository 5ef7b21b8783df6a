/* details: what came with a mark beside its code: minutes late, the supplier's own code, a comment.
 * Few marks have any: they lie beside the sheets, a row each.
 *
 * 1. Rows are only added: of a mark the last one is what is known now, those before it what was
 *    known until then. A comment may be erased, and nothing else.
 * 2. A row belongs to the mark that it came with (`mark`): once that is another one, it says
 *    nothing any more. */
#ifndef WAYMARK_DETAILS_H
#define WAYMARK_DETAILS_H

#include "store/sheet/sheet.h"

enum { DETAIL_MINUTES = 999, DETAIL_TEXT = 2000 /* the most there can be: bytes of a text */ };

typedef struct mark_detail {
  mark mark;
  int minutes;             /* 0: not known */
  slice sub_code, comment; /* empty: none */
} mark_detail;

/* Keep the detail of an enrolment's mark. What it does not say stays as it was known of the same
 * mark. *changed: a row was added, for it says something new. */
status detail_put(db *d, int64_t enrolment, session at, const mark_detail *what,
                  const sheet_source *from, bool *changed, problem *p);

#endif
