/* order: comparing keys, and heap sort, because the C library's qsort may allocate
 * and ask the system for its memory size, which the jail forbids. */
#include "script/order.h"

enum { RANK_NUMBER, RANK_TEXT, RANK_BOOLEAN, RANK_OTHER };
enum { FEW = 24 };

order_key order_key_of(lua_State *L, int index) {
  order_key key = {.rank = RANK_OTHER};
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
      key.rank = RANK_NUMBER;
      key.integer = lua_isinteger(L, index);
      if (key.integer)
        key.value.whole = lua_tointeger(L, index);
      else
        key.value.real = lua_tonumber(L, index);
      break;
    case LUA_TSTRING:
      key.rank = RANK_TEXT;
      key.value.text.at = lua_tolstring(L, index, &key.value.text.length);
      break;
    case LUA_TBOOLEAN:
      key.rank = RANK_BOOLEAN;
      key.value.whole = lua_toboolean(L, index);
      break;
    default: key.value.other = lua_topointer(L, index);
  }
  return key;
}

int order_compare(const order_key *a, const order_key *b) {
  if (a->rank != b->rank) return a->rank - b->rank;
  if (a->rank == RANK_NUMBER && !(a->integer && b->integer)) {
    /* A float key is never a whole number that fits an integer (Lua makes it one), so comparing
     * as floats can only tie beyond 2^53; the integer then goes first. */
    lua_Number x = a->integer ? (lua_Number)a->value.whole : a->value.real;
    lua_Number y = b->integer ? (lua_Number)b->value.whole : b->value.real;
    return x > y ? 1 : x < y ? -1 : b->integer - a->integer;
  }
  if (a->rank == RANK_NUMBER || a->rank == RANK_BOOLEAN)
    return (a->value.whole > b->value.whole) - (a->value.whole < b->value.whole);
  if (a->rank == RANK_TEXT) return slice_compare(a->value.text, b->value.text);
  const char *x = a->value.other, *y = b->value.other;
  return (x > y) - (x < y);
}

static void sift(order_key *keys, size_t from, size_t count) {
  order_key moved = keys[from];
  size_t hole = from;
  for (size_t child; (child = 2 * hole + 1) < count; hole = child) {
    if (child + 1 < count && order_compare(&keys[child], &keys[child + 1]) < 0) child++;
    if (order_compare(&moved, &keys[child]) >= 0) break;
    keys[hole] = keys[child];
  }
  keys[hole] = moved;
}

void order_sort(order_key *keys, size_t count) {
  if (count <= FEW) { /* as most tables are: quicker than the heap */
    for (size_t i = 1; i < count; i++) {
      order_key moved = keys[i];
      size_t at = i;
      for (; at > 0 && order_compare(&keys[at - 1], &moved) > 0; at--) keys[at] = keys[at - 1];
      keys[at] = moved;
    }
    return;
  }
  size_t sorted = 1;
  while (sorted < count && order_compare(&keys[sorted - 1], &keys[sorted]) <= 0) sorted++;
  if (sorted == count) return;
  for (size_t i = count / 2; i-- > 0;) sift(keys, i, count);
  for (size_t end = count; end-- > 1;) {
    order_key last = keys[end];
    keys[end] = keys[0];
    keys[0] = last;
    sift(keys, 0, end);
  }
}
