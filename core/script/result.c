/* result: answers of bindings. Holds nothing. */
#include "script/result.h"

#include <lauxlib.h>

int result_problem(lua_State *L, const problem *p) {
  (void)result_sentence(L, p);
  if (p->remedy[0]) {
    (void)lua_pushfstring(L, "%s; %s", p->sentence, p->remedy);
    lua_replace(L, -2);
  }
  switch (p->code) {
    case STATUS_NO_MEMORY:
    case STATUS_IO:
    case STATUS_CORRUPT:
    case STATUS_BUSY:
    case STATUS_FAULT: return lua_pushboolean(L, true), 3;
    default: return 2;
  }
}

int result_sentence(lua_State *L, const problem *p) {
  lua_pushnil(L);
  (void)lua_pushstring(L, p->sentence);
  return 2;
}

int result_true(lua_State *L, status s, const problem *p) {
  if (s) return result_problem(L, p);
  lua_pushboolean(L, 1);
  return 1;
}

int result_integer(lua_State *L, status s, int64_t value, const problem *p) {
  if (s) return result_problem(L, p);
  lua_pushinteger(L, value);
  return 1;
}

int result_raise(lua_State *L, const problem *p) {
  bool machine = result_problem(L, p) == 3;
  if (machine) lua_pop(L, 1);
  if (luaL_getmetatable(L, RESULT_PROBLEM) != LUA_TTABLE) { /* of no host: a text */
    lua_pop(L, 1);
    return lua_error(L);
  }
  lua_createtable(L, 0, 3);
  result_set_text(L, "what", slice_of(p->sentence));
  result_set_text(L, "todo", slice_of(p->remedy));
  result_set_flag(L, "machine", machine);
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  return lua_error(L);
}

void result_set_text(lua_State *L, const char *name, slice text) {
  if (text.length == 0) return;
  lua_pushlstring(L, text.at, text.length);
  lua_setfield(L, -2, name);
}

void result_set_integer(lua_State *L, const char *name, int64_t value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

void result_set_flag(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

void result_set_day(lua_State *L, const char *name, day value) {
  char text[DATE_TEXT];
  if (value == DAY_NONE) return;
  date_format(value, text);
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}
