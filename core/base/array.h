/* array: blocks of equal elements: one more, where one belongs, their order.
 *
 *   thing *all; size_t count, room;       owned by whoever declares them
 *   status s = array_grow(&all, count, &room, sizeof *all, p);
 *   if (!s) all[count++] = one;
 */
#ifndef WAYMARK_ARRAY_H
#define WAYMARK_ARRAY_H

#include <string.h>

#include "base/mem.h"

enum {
#ifdef WAYMARK_TESTS
  ARRAY_FIRST = 1 /* so that every array of a test build grows */
#else
  ARRAY_FIRST = 16
#endif
};

/* Room for one element more than `count`: twice the room when there is none left.
 * `block` is the address of the pointer to the elements (NULL at first), which moves
 * with them; new room is not cleared. On failure everything stands as it was. */
status array_grow(void *block, size_t count, size_t *room, size_t size, problem *p);

/* The first of `count` sorted elements that does not come before `key`, or `count`.
 * `before` says whether an element does. */
static inline size_t array_lower_bound(const void *elements, size_t count, size_t size,
                                       const void *key,
                                       int (*before)(const void *element, const void *key)) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (before((const char *)elements + middle * size, key))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* For elements that begin with an int64_t, in whose order they are: the first that is not less
 * than `id`; and the comparison for qsort. */
static inline int array_id_before(const void *element, const void *id) {
  int64_t x, y;
  memcpy(&x, element, sizeof x);
  memcpy(&y, id, sizeof y);
  return x < y;
}

static inline size_t array_id_bound(const void *elements, size_t count, size_t size, int64_t id) {
  return array_lower_bound(elements, count, size, &id, array_id_before);
}

static inline int array_by_id(const void *a, const void *b) {
  return array_id_before(b, a) - array_id_before(a, b);
}

#endif
