/* fence_lib: see fence_lib.h. The lists at the end are the whole offer; a new
 * version of Lua adds nothing by itself. */
#include "worker/fence_lib.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "worker/fence.h"

static const char allowed_key = 0; /* its address: the registry's table of what is allowed */

/* Text of values --------------------------------------------------------------- */

void fence_push_text(lua_State *L, int index) {
  index = lua_absindex(L, index);
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

static int safe_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  fence_push_text(L, 1);
  return 1;
}

static int safe_print(lua_State *L) {
  luaL_Buffer line;
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    fence_push_text(L, i);
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
  int code = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
  fence *f = fence_of(L);
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

/* Turns each %s argument into a text by our rules; refuses %p (an address). */
static void check_format(lua_State *L, const char *format, size_t length, int arguments) {
  const char *end = format + length;
  int argument = 1;
  while (format < end) {
    if (*format++ != '%') continue;
    if (format < end && *format == '%') {
      format++;
      continue;
    }
    while (format < end && *format && strchr("-+ #0123456789.", *format)) format++;
    argument++;
    if (format == end) return;
    if (*format == 'p') luaL_error(L, "invalid conversion '%%p' to 'format'");
    if (*format == 's' && argument <= arguments) {
      fence_push_text(L, argument);
      lua_replace(L, argument);
    }
    format++;
  }
}

/* Upvalue 1: stock string.format. Its errors are given this caller's line and
 * its own name again, which a call from C loses. */
static int safe_format(lua_State *L) {
  size_t length;
  const char *format = luaL_checklstring(L, 1, &length);
  int arguments = lua_gettop(L);
  check_format(L, format, length, arguments);
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

/* The offer ---------------------------------------------------------------------------- */

static const char *const base_names[] = {"assert",   "error",  "ipairs",   "rawequal",
                                         "rawget",   "rawlen", "rawset",   "select",
                                         "tonumber", "type",   "_VERSION", NULL};
static const luaL_Reg base_own[] = {{"getmetatable", safe_getmetatable},
                                    {"next", fence_next},
                                    {"pairs", fence_pairs},
                                    {"pcall", safe_pcall},
                                    {"print", safe_print},
                                    {"setmetatable", safe_setmetatable},
                                    {"tostring", safe_tostring},
                                    {NULL, NULL}};

static const char *const string_names[] = {"byte",  "char",  "find",    "gmatch", "gsub",  "len",
                                           "lower", "match", "reverse", "sub",    "upper", NULL};
static const luaL_Reg string_own[] = {{"rep", safe_rep}, {NULL, NULL}};

static const char *const table_names[] = {"concat", "insert", "move", "pack",
                                          "remove", "unpack", NULL};
static const luaL_Reg table_own[] = {{"sort", fence_sort}, {NULL, NULL}};

static const char *const math_names[] = {
    "abs",  "acos",   "asin", "atan", "ceil",       "cos",       "deg",        "exp",  "floor",
    "fmod", "huge",   "log",  "max",  "maxinteger", "min",       "mininteger", "modf", "pi",
    "rad",  "random", "sin",  "sqrt", "tan",        "tointeger", "type",       "ult",  NULL};

static const char *const utf8_names[] = {"char", "charpattern", "codepoint", "codes",
                                         "len",  "offset",      NULL};

typedef struct library {
  const char *name; /* NULL: the environment itself */
  const char *const *names;
  const luaL_Reg *own; /* may be NULL */
  lua_CFunction open;
} library;

static const library libraries[] = {{NULL, base_names, base_own, luaopen_base},
                                    {"string", string_names, string_own, luaopen_string},
                                    {"table", table_names, table_own, luaopen_table},
                                    {"math", math_names, NULL, luaopen_math},
                                    {"utf8", utf8_names, NULL, luaopen_utf8}};
enum { LIBRARIES = sizeof libraries / sizeof libraries[0] };

/* stock at -1 -> stock, allowed */
static void push_allowed(lua_State *L, const library *lib) {
  lua_newtable(L);
  for (const char *const *name = lib->names; *name; name++) {
    lua_getfield(L, -2, *name);
    lua_setfield(L, -2, *name);
  }
  if (lib->own) luaL_setfuncs(L, lib->own, 0);
}

/* stock string at -2, allowed at -1; unchanged. Methods of texts come from a
 * table of their own, which nobody is given. */
static void finish_string(lua_State *L) {
  lua_getfield(L, -2, "format");
  lua_pushcclosure(L, safe_format, 1);
  lua_setfield(L, -2, "format");
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

/* stock math at -2; unchanged. */
static void seed_random(lua_State *L) {
  uint64_t seed = fence_limits_of(fence_of(L))->seed;
  lua_getfield(L, -2, "randomseed");
  lua_pushinteger(L, (lua_Integer)seed);
  lua_pushinteger(L, 0);
  lua_call(L, 2, 0);
}

/* Copies fields of the table at -1 into the one at -2. */
static void copy_fields(lua_State *L) {
  for (lua_pushnil(L); lua_next(L, -2);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -5);
  }
}

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
    copy_fields(L);
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
    luaL_requiref(L, libraries[i].name ? libraries[i].name : "_G", libraries[i].open, 0);
    push_allowed(L, &libraries[i]);
    if (libraries[i].open == luaopen_string) finish_string(L);
    if (libraries[i].open == luaopen_math) seed_random(L);
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
