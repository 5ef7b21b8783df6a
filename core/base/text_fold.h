/* text_fold: a text as names are compared: people are found, taken out of copies, and told
 * from others by this, and by nothing else.
 *
 *   "  Zoë O’NEILL-Łuczak "  ->  "zoe o'neill luczak"
 *
 * 1. Case is folded in every script that has any; letters and marks that were put together
 *    and the same apart fold alike; accents, points of Hebrew and signs of short vowels in
 *    Arabic go. A Latin letter with a stroke, a hook or the like is the letter: Ł is l, ø o.
 *    What people write as two letters is two: ß ss, Æ ae, Þ th, the ligature ﬁ.
 * 2. Apostrophes of every kind are '. Hyphens of every kind are spaces, of which one is left
 *    where several are, and none at either end. What shows nothing is left out.
 * 3. Bytes that are no UTF-8 stay as they are, and so does what directly follows them, where
 *    it would be left out: what is folded folds to itself.
 * 4. It does not know of languages: the dotless ı is i, the Russian й и, the Greek ς σ. */
#ifndef WAYMARK_TEXT_FOLD_H
#define WAYMARK_TEXT_FOLD_H

#include "base/text.h"

enum { TEXT_FOLD_PIECE = 12 }; /* bytes; no text becomes four times as long */

/* A text that is being folded, piece by piece: begin with { .text = … }. */
typedef struct text_folding {
  slice text;
  size_t at, end; /* what was looked at; where the last character that shows ends */
  bool any;       /* a piece was made */
  bool broken;    /* the last was a byte that is no UTF-8 */
} text_folding;

/* The next piece: -> how many bytes, 0 at the end; *from: where in the text the character begins
 * that it is made of. A space waits for what follows it, so that none is left at the end. */
size_t text_folding_next(text_folding *f, char piece[TEXT_FOLD_PIECE], size_t *from);

void text_fold(buffer *to, slice a);
/* Whether two texts fold to the same; without memory. */
bool text_fold_equal(slice a, slice b);

#endif
