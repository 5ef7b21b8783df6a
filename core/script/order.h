/* order: the one order in which keys of Lua tables are shown.
 *
 * Stock `next` gives another order from run to run. Wherever order can be seen
 * (JSON, `pairs` in a plugin) keys come as: numbers by value, then texts by
 * bytes, then false and true, then everything else.
 *
 * 1. Two keys of one table never compare equal.
 * 2. Everything else (tables, functions, userdata as keys) has no order of its
 *    own; it comes in the order of creation as far as the allocator keeps it.
 * 3. Nothing here calls a metamethod, allocates or raises. */
#ifndef WAYMARK_ORDER_H
#define WAYMARK_ORDER_H

#include <lua.h>
#include <stddef.h>

#include "base/text.h"

typedef struct order_key {
  int rank;    /* number, text, boolean, other */
  int integer; /* a number that is a lua_Integer */
  union {
    lua_Integer whole;
    lua_Number real;
    slice text; /* lent by the Lua text, which must stay reachable */
    const void *other;
  } value;
  int place; /* the caller's: where the key stands */
} order_key;

/* The value at `index` (not nil, not NaN) as a key; texts are lent, not copied.
 * Numbers are not converted to texts, so a running lua_next is not disturbed. */
order_key order_key_of(lua_State *L, int index);

/* Negative, 0 or positive. */
int order_compare(const order_key *a, const order_key *b);

/* In place, without recursion or allocation: n log n even for hostile input. */
void order_sort(order_key *keys, size_t count);

#endif
