/* mark_count: how often each mark stands in a half day. Loops over bytes, several
 * at a time, and nothing else. */
#ifndef WAYMARK_MARK_COUNT_H
#define WAYMARK_MARK_COUNT_H

#include "attendance/code.h"

/* How often each value occurs among n bytes. */
void mark_count_all(const mark *bytes, size_t n, uint32_t out[MARK_VALUES]);

/* How often one does. */
uint32_t mark_count_one(const mark *bytes, size_t n, mark m);

#endif
