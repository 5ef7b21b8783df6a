/* csv_write: cells of the CSV files that this program writes, quoted as RFC 4180 says. */
#ifndef WAYMARK_CSV_WRITE_H
#define WAYMARK_CSV_WRITE_H

#include "base/text.h"

/* Append a text as a cell, verbatim, for a file that is made to be read again: whatever
 * could be taken for a delimiter is quoted. */
void csv_write_cell(buffer *to, slice text);

/* The same for people, who will open it in a spreadsheet: a text that would be taken for
 * a formula gets an apostrophe before it, a number that begins with a sign does not. */
void csv_write_shown(buffer *to, slice text);

#endif
