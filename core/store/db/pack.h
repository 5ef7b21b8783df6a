/* pack: JSON in a few dozen bytes, without loss. A text is taken apart into its pattern, which many
 * texts share and the table `pattern` keeps once, and its values:
 *
 *   pattern   the text with a control character, which JSON never holds, in place of each value
 *   values    numbers, dates, half days and lists of half days with their codes, as varints:
 *             days and half days as the difference from the one before
 *
 * {"count":2,"sessions":[["2025-09-12","AM","N"],["2025-09-12","PM","N"]],"words":"2 half days"}
 * is {"count":#,"sessions":#,"words":"# half days"} and nine bytes. */
#ifndef WAYMARK_PACK_H
#define WAYMARK_PACK_H

#include "base/mem.h"
#include "base/text.h"

/* Add the pattern and the values of a text to empty buffers. Every text comes back from them as it
 * was; false, when it would not (a control character in it): such a text is kept as it is. A buffer
 * has failed where memory was short. */
bool pack(slice text, buffer *pattern, buffer *values);

/* Add the text to an empty buffer; false: these values are not of this pattern. `brief`: its lists
 * of half days are empty, for what looks at many texts and at no half day. */
bool unpack(slice pattern, slice values, bool brief, buffer *out);

#endif
