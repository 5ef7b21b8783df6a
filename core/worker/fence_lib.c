/* fence_lib: the functions that a plugin sees. The lists at the end are the whole offer; a
 * new version of Lua adds nothing by itself.
 *
 * 1. An error that a limit raised is raised again by everything that catches errors.
 * 2. Walking and sorting tables gives the same order in every run (script/order.h). They
 *    are read raw; a __pairs metamethod is honoured as in stock Lua.
 * 3. A text never shows an address. */
#include "worker/fence_lib.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "script/order.h"
#include "worker/fence.h"

static const char allowed_key = 0; /* its address: the registry's table of what is allowed */

/* Text of values --------------------------------------------------------------- */

/* Pushes the value at `index` as a text. */
static void push_text(lua_State *L, int index) {
  if (luaL_callmeta(L, index, "__tostring")) {
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "'__tostring' must return a string");
    return;
  }
  switch (lua_type(L, index)) {
    case LUA_TSTRING:
    case LUA_TNUMBER:
      lua_pushvalue(L, index);
      (void)lua_tolstring(L, -1, NULL);
      break;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
    default: lua_pushstring(L, luaL_typename(L, index));
  }
}

int fence_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  push_text(L, 1);
  return 1;
}

static int safe_print(lua_State *L) {
  luaL_Buffer line;
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    push_text(L, i);
    lua_replace(L, i);
  }
  luaL_buffinit(L, &line);
  for (int i = 1; i <= count; i++) {
    if (i > 1) luaL_addchar(&line, '\t');
    lua_pushvalue(L, i);
    luaL_addvalue(&line);
  }
  luaL_pushresult(&line);
  slice text;
  text.at = lua_tolstring(L, -1, &text.length);
  fence_print(fence_of(L), text);
  return 0;
}

/* Errors and metatables ----------------------------------------------------------- */

static int safe_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  fence *f = fence_of(L);
  int code = fence_pcall(f, lua_gettop(L) - 2, LUA_MULTRET);
  if (code == LUA_OK && !fence_killed(f)) return lua_gettop(L);
  if (fence_caught(f)) return fence_raise_again(L);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

static int safe_getmetatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (!lua_istable(L, 1) || !lua_getmetatable(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  lua_settop(L, 2);
  (void)luaL_getmetafield(L, 1, "__metatable");
  return 1; /* the field, or else the metatable */
}

/* An object is marked for finalisation when the metatable is set, so a __gc
 * that is written into it later does nothing. */
static int safe_setmetatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int type = lua_type(L, 2);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
    return luaL_error(L, "cannot change a protected metatable");
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not offered to plugins");
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

/* Texts ------------------------------------------------------------------------------ */

/* The room for the whole result is asked for before the work, so a size that can
 * only fail is over the memory limit at once; an empty result needs no work
 * however often it is repeated. */
static int safe_rep(lua_State *L) {
  size_t length, between;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer times = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &between);
  if (times <= 0 || length + between == 0) return lua_pushliteral(L, ""), 1;
  if ((lua_Unsigned)times > (SIZE_MAX >> 1) / (length + between))
    return luaL_error(L, "resulting string too large");
  size_t total = (size_t)times * length + (size_t)(times - 1) * between;
  luaL_Buffer result;
  char *at = luaL_buffinitsize(L, &result, total);
  size_t done = length;
  memcpy(at, text, length);
  if (times > 1) memcpy(at + length, separator, between), done += between;
  for (size_t next; done < total; done += next) { /* what is there, once more */
    next = done < total - done ? done : total - done;
    memcpy(at + done, at, next);
  }
  luaL_pushresultsize(&result, total);
  return 1;
}

/* Upvalue 1: stock string.format. Each %s is given a text by our rules, and %p (an address) is
 * refused. Its errors are given this caller's line and its own name again, which a call from C
 * loses. */
static int safe_format(lua_State *L) {
  size_t length;
  const char *format = luaL_checklstring(L, 1, &length);
  int arguments = lua_gettop(L), argument = 1;
  for (const char *end = format + length; format < end;) {
    if (*format++ != '%') continue;
    if (format < end && *format == '%') {
      format++;
      continue;
    }
    while (format < end && *format && strchr("-+ #0123456789.", *format)) format++;
    argument++;
    if (format == end) break;
    if (*format == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
    if (*format == 's' && argument <= arguments) {
      push_text(L, argument);
      lua_replace(L, argument);
    }
    format++;
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  if (lua_pcall(L, arguments, 1, 0) == LUA_OK) return 1;
  if (fence_caught(fence_of(L))) return fence_raise_again(L);
  if (lua_type(L, -1) != LUA_TSTRING) return lua_error(L);
  luaL_where(L, 1);
  luaL_gsub(L, lua_tostring(L, -2), "'?'", "'format'");
  lua_concat(L, 2);
  return lua_error(L);
}

/* Walking in order ----------------------------------------------------------------- */

/* next(t [, key]): the key that follows in order, found by looking at all of
 * them. `next(t) == nil` asks for an empty table; for walking there is
 * `pairs`. */
static int safe_next(lua_State *L) {
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

/* Walks the keys as they were: a list of 1, 2, 3, … by place, others in order. The list of
 * keys and the walk are two blocks that Lua owns, so an error on the way leaks nothing. */
static int safe_pairs(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  bool is_list = true;
  lua_Integer count = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
    if (++count, !lua_isinteger(L, -2) || lua_tointeger(L, -2) != count) is_list = false;
  lua_pushvalue(L, 1);
  if (is_list) {
    lua_pushinteger(L, 1);
    lua_pushinteger(L, count);
  } else {
    luaL_argcheck(L, count < INT32_MAX, 1, "too many fields");
    lua_createtable(L, (int)count, 0); /* 3 */
    walk *w = lua_newuserdatauv(L, sizeof *w + (size_t)count * sizeof w->keys[0], 0);
    lua_Integer n = 0;
    for (lua_pushnil(L); n < count && lua_next(L, 1);) {
      lua_pop(L, 1);
      w->keys[n] = order_key_of(L, -1);
      w->keys[n].place = (int)n + 1;
      lua_pushvalue(L, -1);
      lua_rawseti(L, 3, ++n);
    }
    lua_settop(L, 4);
    w->at = 0;
    w->count = n;
    order_sort(w->keys, (size_t)n);
  }
  lua_pushcclosure(L, is_list ? step_list : step_keys, 3);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* table.sort --------------------------------------------------------------------- */

enum { SORTED = 1, COMPARE = 2, SPARE = 3 };

/* Merge from[low, middle) and from[middle, high) into to[low, high). The right
 * one goes first only when it is less: that makes the sort stable. */
static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle,
                  lua_Integer high) {
  lua_Integer left = low, right = middle, at = low;
  while (left < middle && right < high) {
    bool less;
    lua_rawgeti(L, from, left);
    lua_rawgeti(L, from, right);
    if (lua_isnil(L, COMPARE)) {
      less = lua_compare(L, -1, -2, LUA_OPLT);
    } else {
      lua_pushvalue(L, COMPARE);
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -4);
      lua_call(L, 2, 1);
      less = lua_toboolean(L, -1);
      lua_pop(L, 1);
    }
    if (less) {
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

/* table.sort(list [, less]): stable, n log n comparisons whatever `less` says. */
static int safe_sort(lua_State *L) {
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
    for (lua_Integer low = 1; low <= count; low += 2 * width) {
      lua_Integer middle = low + width, high = low + 2 * width;
      if (middle > count) middle = high = count + 1;
      if (high > count) high = count + 1;
      merge(L, from, to, low, middle, high);
    }
    int other = from;
    from = to;
    to = other;
  }
  if (from == SPARE)
    for (lua_Integer i = 1; i <= count; i++) lua_rawgeti(L, SPARE, i), lua_rawseti(L, SORTED, i);
  return 0;
}

/* The offer ---------------------------------------------------------------------------- */

static const char *const base_names[] = {"assert",   "error",  "ipairs",   "rawequal",
                                         "rawget",   "rawlen", "rawset",   "select",
                                         "tonumber", "type",   "_VERSION", NULL};
static const luaL_Reg base_safe[] = {{"getmetatable", safe_getmetatable},
                                     {"next", safe_next},
                                     {"pairs", safe_pairs},
                                     {"pcall", safe_pcall},
                                     {"print", safe_print},
                                     {"setmetatable", safe_setmetatable},
                                     {"tostring", fence_tostring},
                                     {NULL, NULL}};

static const char *const string_names[] = {"byte",  "char",  "find",    "gmatch", "gsub",  "len",
                                           "lower", "match", "reverse", "sub",    "upper", NULL};
static const luaL_Reg string_safe[] = {{"rep", safe_rep}, {NULL, NULL}};

static const char *const table_names[] = {"concat", "insert", "move", "pack",
                                          "remove", "unpack", NULL};
static const luaL_Reg table_safe[] = {{"sort", safe_sort}, {NULL, NULL}};

static const char *const math_names[] = {
    "abs",  "acos",   "asin", "atan", "ceil",       "cos",       "deg",        "exp",  "floor",
    "fmod", "huge",   "log",  "max",  "maxinteger", "min",       "mininteger", "modf", "pi",
    "rad",  "random", "sin",  "sqrt", "tan",        "tointeger", "type",       "ult",  NULL};

static const char *const utf8_names[] = {"char", "charpattern", "codepoint", "codes",
                                         "len",  "offset",      NULL};

typedef struct library {
  const char *name; /* NULL: the environment itself */
  const char *const *names;
  const luaL_Reg *safe; /* in place of stock ones; may be NULL */
  lua_CFunction open;
} library;

static const library libraries[] = {{NULL, base_names, base_safe, luaopen_base},
                                    {"string", string_names, string_safe, luaopen_string},
                                    {"table", table_names, table_safe, luaopen_table},
                                    {"math", math_names, NULL, luaopen_math},
                                    {"utf8", utf8_names, NULL, luaopen_utf8}};
enum { LIBRARIES = sizeof libraries / sizeof libraries[0] };

void fence_push_environment(lua_State *L) {
  luaL_checkstack(L, 12, NULL);
  lua_newtable(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &allowed_key);
  for (int i = 0; i < LIBRARIES; i++) {
    const char *name = libraries[i].name;
    if (name)
      lua_newtable(L);
    else
      lua_pushvalue(L, -2);
    lua_rawgeti(L, -2, i + 1);
    for (lua_pushnil(L); lua_next(L, -2);) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, -5);
    }
    lua_pop(L, 1);
    if (name)
      lua_setfield(L, -3, name);
    else
      lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

int fence_lib_open(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; i < LIBRARIES; i++) {
    const library *lib = &libraries[i];
    luaL_requiref(L, lib->name ? lib->name : "_G", lib->open, 0); /* stock */
    lua_newtable(L);                                              /* what is allowed of it */
    for (const char *const *name = lib->names; *name; name++) {
      lua_getfield(L, -2, *name);
      lua_setfield(L, -2, *name);
    }
    if (lib->safe) luaL_setfuncs(L, lib->safe, 0);
    if (lib->open == luaopen_string) {
      lua_getfield(L, -2, "format");
      lua_pushcclosure(L, safe_format, 1);
      lua_setfield(L, -2, "format");
      lua_pushliteral(L, ""); /* methods of texts come from stock, which nobody is given */
      lua_getmetatable(L, -1);
      lua_pushvalue(L, -3);
      lua_setfield(L, -2, "__index");
      lua_pushboolean(L, 0);
      lua_setfield(L, -2, "__metatable");
      lua_pop(L, 2);
    } else if (lib->open == luaopen_math) {
      lua_getfield(L, -2, "randomseed");
      lua_pushinteger(L, (lua_Integer)fence_limits_of(fence_of(L))->seed);
      lua_pushinteger(L, 0);
      lua_call(L, 2, 0);
    }
    lua_rawseti(L, -3, i + 1);
    lua_pop(L, 1);
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &allowed_key);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  fence_push_environment(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  return 0;
}
