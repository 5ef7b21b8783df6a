/* array: the growth of a block; where an element belongs is inline in the header, so
 * that the comparison is too. */
#include "base/array.h"

status array_grow(void *block, size_t count, size_t *room, size_t size, problem *p) {
  if (count < *room) return STATUS_OK;
  size_t wanted = *room ? *room * 2 : ARRAY_FIRST;
  void *elements;
  memcpy(&elements, block, sizeof elements);
  if (wanted < *room || !(elements = mem_resize(elements, wanted, size)))
    return problem_no_memory(p);
  memcpy(block, &elements, sizeof elements);
  *room = wanted;
  return STATUS_OK;
}
