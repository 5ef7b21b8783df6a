/* fence_order: walking and sorting tables so that every run does the same; see
 * fence_lib.h. Order of keys: script/order.h. Reads tables raw; a __pairs
 * metamethod is honoured as in stock Lua. */
#include <lauxlib.h>

#include "script/order.h"
#include "worker/fence_lib.h"

/* next(t [, key]): the key that follows in order, found by looking at all of
 * them. `next(t) == nil` asks for an empty table; for walking there is
 * `pairs`. */
int fence_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  int from_start = lua_isnil(L, 2);
  if (lua_type(L, 2) == LUA_TNUMBER && !lua_rawequal(L, 2, 2)) return luaL_argerror(L, 2, "NaN");
  order_key after = order_key_of(L, 2), best = {0};
  lua_pushnil(L); /* 3: best key, 4: its value */
  lua_pushnil(L);
  int found = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    order_key key = order_key_of(L, -2);
    if (!from_start && order_compare(&key, &after) <= 0) continue;
    if (found && order_compare(&key, &best) >= 0) continue;
    best = key;
    found = 1;
    lua_pushvalue(L, -2);
    lua_replace(L, 3);
    lua_pushvalue(L, -1);
    lua_replace(L, 4);
  }
  lua_settop(L, 4);
  return found ? 2 : (lua_pushnil(L), 1);
}

/* pairs ------------------------------------------------------------------------ */

/* Upvalues: table, next place. The keys are 1..n. */
static int step_list(lua_State *L) {
  lua_Integer place = lua_tointeger(L, lua_upvalueindex(2));
  lua_Integer count = lua_tointeger(L, lua_upvalueindex(3));
  while (place <= count) {
    if (lua_rawgeti(L, lua_upvalueindex(1), place) != LUA_TNIL) break;
    lua_pop(L, 1);
    place++;
  }
  lua_pushinteger(L, place + 1);
  lua_copy(L, -1, lua_upvalueindex(2));
  lua_pop(L, 1);
  if (place > count) return 0;
  lua_pushinteger(L, place);
  lua_insert(L, -2);
  return 2;
}

/* A walk over keys in order: where each stands in the list of keys, which Lua
 * holds because it must not lose them. */
typedef struct walk {
  lua_Integer at, count;
  order_key keys[];
} walk;

/* Upvalues: table, list of keys, walk. Fields that have gone since are passed
 * over; new ones are not seen. */
static int step_keys(lua_State *L) {
  walk *w = lua_touserdata(L, lua_upvalueindex(3));
  while (w->at < w->count) {
    lua_settop(L, 0);
    lua_rawgeti(L, lua_upvalueindex(2), w->keys[w->at++].place);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 2;
  }
  return 0;
}

/* How many keys, and whether they came as 1, 2, 3, … */
static lua_Integer count_keys(lua_State *L, int table, int *is_list) {
  lua_Integer n = 0;
  *is_list = 1;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
    if (++n, !lua_isinteger(L, -2) || lua_tointeger(L, -2) != n) *is_list = 0;
  return n;
}

/* Pushes the list of keys and the walk over them: two blocks that Lua owns, so
 * an error on the way leaks nothing. */
static void push_walk(lua_State *L, int table, lua_Integer count) {
  luaL_argcheck(L, count < INT32_MAX, 1, "too many fields");
  lua_createtable(L, (int)count, 0);
  int keys = lua_gettop(L);
  walk *w = lua_newuserdatauv(L, sizeof *w + (size_t)count * sizeof w->keys[0], 0);
  lua_Integer n = 0;
  for (lua_pushnil(L); n < count && lua_next(L, table);) {
    lua_pop(L, 1);
    w->keys[n] = order_key_of(L, -1);
    w->keys[n].place = (int)n + 1;
    lua_pushvalue(L, -1);
    lua_rawseti(L, keys, ++n);
  }
  lua_settop(L, keys + 1);
  w->at = 0;
  w->count = n;
  order_sort(w->keys, (size_t)n);
}

int fence_pairs(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  int is_list;
  lua_Integer count = count_keys(L, 1, &is_list);
  lua_pushvalue(L, 1);
  if (is_list) {
    lua_pushinteger(L, 1);
    lua_pushinteger(L, count);
  } else {
    push_walk(L, 1, count);
  }
  lua_pushcclosure(L, is_list ? step_list : step_keys, 3);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* table.sort --------------------------------------------------------------------- */

enum { SORTED = 1, COMPARE = 2, SPARE = 3 };

/* Whether the value on top is less than the one below it. */
static int top_is_less(lua_State *L) {
  if (lua_isnil(L, COMPARE)) return lua_compare(L, -1, -2, LUA_OPLT);
  lua_pushvalue(L, COMPARE);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -4);
  lua_call(L, 2, 1);
  int less = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return less;
}

/* Merge from[low, middle) and from[middle, high) into to[low, high). The right
 * one goes first only when it is less: that makes the sort stable. */
static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle,
                  lua_Integer high) {
  lua_Integer left = low, right = middle, at = low;
  while (left < middle && right < high) {
    lua_rawgeti(L, from, left);
    lua_rawgeti(L, from, right);
    if (top_is_less(L)) {
      lua_rawseti(L, to, at++);
      lua_pop(L, 1);
      right++;
    } else {
      lua_pop(L, 1);
      lua_rawseti(L, to, at++);
      left++;
    }
  }
  for (; left < middle; left++) lua_rawgeti(L, from, left), lua_rawseti(L, to, at++);
  for (; right < high; right++) lua_rawgeti(L, from, right), lua_rawseti(L, to, at++);
}

static lua_Integer least(lua_Integer a, lua_Integer b) { return a < b ? a : b; }

/* table.sort(list [, less]): stable, n log n comparisons whatever `less` says. */
int fence_sort(lua_State *L) {
  luaL_checktype(L, SORTED, LUA_TTABLE);
  if (!lua_isnoneornil(L, COMPARE)) luaL_checktype(L, COMPARE, LUA_TFUNCTION);
  lua_settop(L, COMPARE);
  lua_Unsigned length = lua_rawlen(L, SORTED);
  luaL_argcheck(L, length < INT32_MAX, 1, "list too long");
  lua_Integer count = (lua_Integer)length;
  if (count < 2) return 0;
  lua_createtable(L, (int)count, 0);
  int from = SORTED, to = SPARE;
  for (lua_Integer width = 1; width < count; width *= 2) {
    for (lua_Integer low = 1; low <= count; low += 2 * width)
      merge(L, from, to, low, least(low + width, count + 1), least(low + 2 * width, count + 1));
    int other = from;
    from = to;
    to = other;
  }
  if (from == SPARE)
    for (lua_Integer i = 1; i <= count; i++) lua_rawgeti(L, SPARE, i), lua_rawseti(L, SORTED, i);
  return 0;
}
