/* api: the table `core`, put together, and the `require` of lua/sdk outside a fence. */
#include "script/api.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include "base/text_fold.h"
#include "script/lua_calendar.h"
#include "script/lua_date.h"
#include "script/lua_evidence.h"
#include "script/lua_pupil.h"
#include "script/lua_rule.h"
#include "script/sdk.h"
#include "script/value.h"

enum { NAMES_MOST = 1024 };

static int api_nearest(lua_State *L) {
  slice known[NAMES_MOST], name;
  name.at = luaL_checklstring(L, 1, &name.length);
  luaL_checktype(L, 2, LUA_TTABLE);
  size_t n = lua_rawlen(L, 2);
  if (n > NAMES_MOST) n = NAMES_MOST;
  luaL_checkstack(L, (int)n + 8, "too many names");
  for (size_t i = 0; i < n; i++) {
    luaL_argcheck(L, lua_rawgeti(L, 2, (lua_Integer)i + 1) == LUA_TSTRING, 2, "a list of texts");
    known[i].at = lua_tolstring(L, -1, &known[i].length);
  }
  size_t nearest = text_nearest(name, known, n);
  if (nearest == n) return 0;
  lua_pushlstring(L, known[nearest].at, known[nearest].length);
  return 1;
}

static int api_escape(lua_State *L) {
  slice text;
  text.at = luaL_checklstring(L, 1, &text.length);
  /* Room first: nothing may raise while the buffer is ours. An escape is at
   * most four times as long as what it stands for. */
  char *copy = lua_newuserdatauv(L, text.length * 4 + 1, 0);
  buffer safe = {0};
  text_add_escaped(&safe, text);
  bool failed = safe.failed;
  size_t length = safe.length;
  if (!failed) memcpy(copy, safe.bytes ? safe.bytes : "", length);
  buffer_free(&safe);
  if (failed) return luaL_error(L, "out of memory");
  lua_pushlstring(L, copy, length);
  return 1;
}

/* fold(text), fold_places(text) -> the text as names are compared; with upvalue 1 also where each
 * of its bytes comes from, and one more for the end */
static int api_fold(lua_State *L) {
  bool places = lua_toboolean(L, lua_upvalueindex(1));
  text_folding f = {0};
  f.text.at = luaL_checklstring(L, 1, &f.text.length);
  char *folded = lua_newuserdatauv(L, f.text.length * 4 + TEXT_FOLD_PIECE, 0);
  if (places) lua_createtable(L, (int)(f.text.length < INT_MAX ? f.text.length : 0) + 1, 0);
  size_t n, from, length = 0;
  while ((n = text_folding_next(&f, folded + length, &from))) {
    for (size_t i = 0; places && i < n; i++) {
      lua_pushinteger(L, (lua_Integer)from + 1);
      lua_rawseti(L, -2, (lua_Integer)(length + i) + 1);
    }
    length += n;
  }
  lua_pushlstring(L, folded, length);
  if (!places) return 1;
  lua_insert(L, -2);
  lua_pushinteger(L, (lua_Integer)f.end + 1);
  lua_rawseti(L, -2, (lua_Integer)length + 1);
  return 2;
}

int api_open(lua_State *L) {
  static const luaL_Reg functions[] = {{"nearest", api_nearest},     {"escape", api_escape},
                                       {"encode", value_lua_encode}, {"decode", value_lua_decode},
                                       {"array", value_lua_array},   {NULL, NULL}};
  static const char *const foldings[] = {"fold", "fold_places"};
  (void)lua_pupil_open(L);
  luaL_setfuncs(L, functions, 0);
  for (int places = 0; places < 2; places++) {
    lua_pushboolean(L, places);
    lua_pushcclosure(L, api_fold, 1);
    lua_setfield(L, -2, foldings[places]);
  }
  (void)lua_rule_open(L);
  lua_setfield(L, -2, "rule");
  (void)lua_date_open(L);
  lua_setfield(L, -2, "date");
  (void)lua_calendar_open(L);
  lua_setfield(L, -3, "calendar");
  lua_setfield(L, -2, "calendar_methods");
  lua_getfield(L, -1, "pupil_methods");
  (void)lua_evidence_open(L, -1);
  lua_setfield(L, -3, "evidence_methods");
  lua_pop(L, 1);
  return 1;
}

/* Modules ------------------------------------------------------------------- */

enum { SDK_ENVIRONMENT = 1, SDK_LOADED };

static int api_require(lua_State *L) {
  sdk_require(L, luaL_checkstring(L, 1), lua_upvalueindex(SDK_LOADED),
              lua_upvalueindex(SDK_ENVIRONMENT));
  return 1;
}

void api_push_sdk(lua_State *L, int core) {
  core = lua_absindex(L, core);
  lua_newtable(L); /* { require = …, and the globals behind it } */
  lua_createtable(L, 0, 1);
  lua_pushglobaltable(L);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  int environment = lua_gettop(L);
  lua_newtable(L);
  lua_pushvalue(L, core);
  lua_setfield(L, -2, "core");
  lua_pushvalue(L, environment);
  lua_insert(L, -2);
  lua_pushcclosure(L, api_require, 2);
  lua_pushvalue(L, -1);
  lua_setfield(L, environment, "require");
  lua_remove(L, environment);
}
