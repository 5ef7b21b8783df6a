/* lua_options: see lua_options.h. */
#include "host/lua_options.h"

#include <string.h>

#include "host/lua_problem.h"
#include "host/lua_store.h"
#include "script/value.h"
#include "store/people/schools.h"

#define HELD_TYPE "waymark.held"

/* Names ---------------------------------------------------------------------- */

enum { NAMES_MOST = 32 };

static int raise_unknown(lua_State *L, const char *name, const char *const *known) {
  slice names[NAMES_MOST];
  size_t count = 0;
  for (; count < NAMES_MOST && known[count]; count++) names[count] = slice_of(known[count]);
  size_t nearest = text_nearest(slice_of(name), names, count);
  if (nearest < count)
    return luaL_error(L, "there is no option '%s' here; the nearest is '%s'", name, known[nearest]);
  return luaL_error(L, "there is no option '%s' here", name);
}

static bool is_known(const char *name, const char *const *known) {
  while (*known && strcmp(*known, name) != 0) known++;
  return *known != NULL;
}

void lua_options_check(lua_State *L, const char *const *known) {
  if (lua_isnoneornil(L, OPTIONS_AT)) {
    lua_settop(L, OPTIONS_AT - 1);
    lua_newtable(L);
  }
  luaL_checktype(L, OPTIONS_AT, LUA_TTABLE);
  lua_settop(L, OPTIONS_AT);
  for (lua_pushnil(L); lua_next(L, OPTIONS_AT); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "options have names");
    if (!is_known(lua_tostring(L, -2), known)) raise_unknown(L, lua_tostring(L, -2), known);
  }
}

/* Values --------------------------------------------------------------------- */

/* Push the option; its type. */
static int get(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  return lua_rawget(L, OPTIONS_AT);
}

int64_t lua_option_integer(lua_State *L, const char *name, int64_t usual) {
  int is_integer = 1;
  int64_t value = usual;
  if (get(L, name) != LUA_TNIL) value = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer) luaL_error(L, "'%s' must be an integer", name);
  lua_pop(L, 1);
  return value;
}

static void require_option(lua_State *L, const char *name) {
  if (get(L, name) == LUA_TNIL) luaL_error(L, "'%s' is missing", name);
  lua_pop(L, 1);
}

int64_t lua_option_required_integer(lua_State *L, const char *name) {
  require_option(L, name);
  return lua_option_integer(L, name, 0);
}

bool lua_option_flag(lua_State *L, const char *name) {
  (void)get(L, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

slice lua_option_text(lua_State *L, const char *name) {
  slice text = {"", 0};
  int type = get(L, name);
  if (type == LUA_TNUMBER) {
    (void)lua_tostring(L, -1);
    lua_pushstring(L, name);
    lua_pushvalue(L, -2);
    lua_rawset(L, OPTIONS_AT); /* so that the table lends the text */
  } else if (type != LUA_TNIL && type != LUA_TSTRING) {
    luaL_error(L, "'%s' must be a text", name);
  }
  if (type != LUA_TNIL) text.at = lua_tolstring(L, -1, &text.length);
  lua_pop(L, 1);
  return text;
}

day lua_option_day(lua_State *L, const char *name) {
  slice text = lua_option_text(L, name);
  day d = DAY_NONE;
  problem p;
  if (text.length && date_parse_iso(text, &d, &p)) luaL_error(L, "'%s': %s", name, p.sentence);
  return d;
}

day lua_option_required_day(lua_State *L, const char *name) {
  require_option(L, name);
  day d = lua_option_day(L, name);
  if (d == DAY_NONE) luaL_error(L, "'%s' must be a date like 2026-03-20", name);
  return d;
}

int64_t lua_option_known_at(lua_State *L) {
  int type = get(L, "known_at");
  lua_pop(L, 1);
  if (type != LUA_TSTRING) return lua_option_integer(L, "known_at", INT64_MAX);
  int64_t at = 0;
  problem p;
  if (time_parse(lua_option_text(L, "known_at"), &at, &p))
    luaL_error(L, "'known_at': %s", p.sentence);
  return at;
}

status lua_option_school(lua_State *L, store *s, int64_t *out, problem *p) {
  int type = get(L, "school");
  lua_pop(L, 1);
  if (type == LUA_TSTRING) return school_find(store_db(s), lua_option_text(L, "school"), out, p);
  *out = lua_option_integer(L, "school", 0);
  return STATUS_OK;
}

slice lua_option_json(lua_State *L, const char *name, bool *encoded) {
  slice text = {"", 0};
  *encoded = false;
  if (get(L, name) == LUA_TNIL) return text;
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

/* Held objects --------------------------------------------------------------- */

void lua_held_free(lua_held *h) {
  if (h->object) h->free(h->object);
  h->object = NULL;
}

static int held_gc(lua_State *L) {
  lua_held_free(luaL_checkudata(L, 1, HELD_TYPE));
  return 0;
}

lua_held *lua_held_push(lua_State *L, void (*free_object)(void *)) {
  lua_held *h = lua_newuserdatauv(L, sizeof *h, 0);
  *h = (lua_held){.free = free_object};
  if (luaL_newmetatable(L, HELD_TYPE)) {
    static const luaL_Reg meta[] = {{"__gc", held_gc}, {"__close", held_gc}, {NULL, NULL}};
    luaL_setfuncs(L, meta, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
  return h;
}

int lua_held_iterate(lua_State *L, lua_CFunction next) {
  int held = lua_gettop(L);
  lua_pushvalue(L, held);
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, next, 2);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, held);
  return 4;
}

lua_held *lua_held_self(lua_State *L) {
  lua_held *h = lua_touserdata(L, lua_upvalueindex(1));
  if (!h->object) luaL_error(L, "this list has been closed");
  return h;
}

store *lua_held_store(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1); /* where an error message can name it */
  store *s = lua_store_check(L, 1);
  lua_remove(L, 1);
  return s;
}

/* Giving --------------------------------------------------------------------- */

int lua_raise_problem(lua_State *L, const problem *p) {
  (void)lua_push_problem(L, p);
  return lua_error(L); /* the message is on top */
}

void lua_set_text(lua_State *L, const char *name, slice text) {
  if (text.length == 0) return;
  lua_pushlstring(L, text.at, text.length);
  lua_setfield(L, -2, name);
}

void lua_set_integer(lua_State *L, const char *name, int64_t value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}
