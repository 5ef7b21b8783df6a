/* args: arguments and options of bindings, checked. Holds nothing. */
#include "host/args.h"

#include <string.h>

#include "script/value.h"

slice args_slice(lua_State *L, int index) {
  slice text;
  text.at = luaL_checklstring(L, index, &text.length);
  return text;
}

const char *args_path(lua_State *L, int index) {
  slice path = args_slice(L, index);
  luaL_argcheck(L, path.length && strlen(path.at) == path.length, index, "not a path");
  return path.at;
}

/* Names ---------------------------------------------------------------------- */

void args_options(lua_State *L, int at, const char *const *known) {
  enum { NAMES_MOST = 32 };
  slice names[NAMES_MOST];
  size_t count = 0;
  for (; count < NAMES_MOST && known[count]; count++) names[count] = slice_of(known[count]);
  if (lua_isnoneornil(L, at)) {
    lua_settop(L, at - 1);
    lua_newtable(L);
  }
  luaL_checktype(L, at, LUA_TTABLE);
  lua_settop(L, at);
  for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "options have names");
    slice name = args_slice(L, -2);
    size_t i = 0;
    while (i < count && !slice_equal(name, names[i])) i++;
    if (i < count) continue;
    size_t nearest = text_nearest(name, names, count);
    if (nearest < count)
      luaL_error(L, "there is no option '%s' here; the nearest is '%s'", name.at, known[nearest]);
    luaL_error(L, "there is no option '%s' here", name.at);
  }
}

/* Values --------------------------------------------------------------------- */

/* Push the option; its type. */
static int get(lua_State *L, int at, const char *name) {
  lua_pushstring(L, name);
  return lua_rawget(L, at);
}

int64_t args_integer(lua_State *L, int at, const char *name, int64_t usual) {
  int is_integer = 1;
  int64_t value = usual;
  if (get(L, at, name) != LUA_TNIL) value = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer) luaL_error(L, "'%s' must be an integer", name);
  lua_pop(L, 1);
  return value;
}

static void require_option(lua_State *L, int at, const char *name) {
  if (get(L, at, name) == LUA_TNIL) luaL_error(L, "'%s' is missing", name);
  lua_pop(L, 1);
}

int64_t args_required_integer(lua_State *L, int at, const char *name) {
  require_option(L, at, name);
  return args_integer(L, at, name, 0);
}

bool args_flag(lua_State *L, int at, const char *name) {
  int type = get(L, at, name);
  if (type != LUA_TNIL && type != LUA_TBOOLEAN) luaL_error(L, "'%s' must be true or false", name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

slice args_text(lua_State *L, int at, const char *name) {
  slice text = {"", 0};
  int type = get(L, at, name);
  if (type == LUA_TNUMBER) {
    (void)lua_tostring(L, -1);
    lua_pushstring(L, name);
    lua_pushvalue(L, -2);
    lua_rawset(L, at); /* so that the table lends the text */
  } else if (type != LUA_TNIL && type != LUA_TSTRING) {
    luaL_error(L, "'%s' must be a text", name);
  }
  if (type != LUA_TNIL) text.at = lua_tolstring(L, -1, &text.length);
  lua_pop(L, 1);
  return text;
}

const char *args_string(lua_State *L, int at, const char *name) {
  bool absent = get(L, at, name) == LUA_TNIL;
  lua_pop(L, 1);
  slice text = args_text(L, at, name);
  if (strlen(text.at) != text.length) luaL_error(L, "'%s' must be a text without NUL", name);
  return absent ? NULL : text.at;
}

day args_day(lua_State *L, int at, const char *name) {
  slice text = args_text(L, at, name);
  day d = DAY_NONE;
  problem p;
  if (text.length && date_parse_iso(text, &d, &p)) luaL_error(L, "'%s': %s", name, p.sentence);
  return d;
}

day args_required_day(lua_State *L, int at, const char *name) {
  require_option(L, at, name);
  day d = args_day(L, at, name);
  if (d == DAY_NONE) luaL_error(L, "'%s' must be a date like 2026-03-20", name);
  return d;
}

int64_t args_time(lua_State *L, int at, const char *name) {
  int type = get(L, at, name);
  lua_pop(L, 1);
  if (type != LUA_TSTRING) return args_integer(L, at, name, INT64_MAX);
  int64_t seconds = 0;
  problem p;
  if (time_parse(args_text(L, at, name), &seconds, &p)) luaL_error(L, "'%s': %s", name, p.sentence);
  return seconds;
}

slice args_json(lua_State *L, int at, const char *name, bool *encoded) {
  slice text = {"", 0};
  *encoded = false;
  if (get(L, at, name) == LUA_TNIL) return text;
  *encoded = lua_type(L, -1) == LUA_TTABLE;
  if (lua_type(L, -1) != LUA_TSTRING) {
    lua_pushcfunction(L, value_lua_encode);
    lua_insert(L, -2);
    lua_call(L, 1, 2);
    if (lua_isnil(L, -2)) luaL_error(L, "'%s': %s", name, lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  text.at = lua_tolstring(L, -1, &text.length);
  return text;
}
