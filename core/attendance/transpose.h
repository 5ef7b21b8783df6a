/* transpose: a table of bytes turned on its side, so that what lies in a column
 * (a pupil's slot on every sheet) comes to lie in a row (a pupil's marks). */
#ifndef WAYMARK_TRANSPOSE_H
#define WAYMARK_TRANSPOSE_H

#include <stddef.h>
#include <stdint.h>

/* to[c * to_stride + r] = from[r * from_stride + c] for all rows r and columns
 * c. Strides are in bytes; the two do not overlap. */
void transpose(const uint8_t *from, size_t from_stride, size_t rows, size_t columns, uint8_t *to,
               size_t to_stride);

#endif
