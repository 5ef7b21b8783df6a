/* names: whether two texts are one name, and whether a program damaged one.
 *
 * Names are compared folded (base/text_fold.h). Damaged is what no person has in a name: U+FFFD, a
 * question mark, and UTF-8 that was read as Windows-1252 ("Ã©" for "é"). */
#ifndef WAYMARK_NAMES_H
#define WAYMARK_NAMES_H

#include "base/text.h"

bool name_is_damaged(slice name);

/* Whether two are one: folded alike, or alike but for what was damaged in one of them. A name that
 * is empty is not known, and so is none other. */
bool names_agree(slice a, slice b);

/* An admission number without the zeros before it, which a spreadsheet eats. */
slice number_bare(slice number);

#endif
