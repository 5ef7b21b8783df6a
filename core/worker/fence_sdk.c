/* fence_sdk: the trusted environment, its `require`, and what it can do that no plugin can:
 * call with a fresh budget, and say what is worked on. */
#include "worker/fence_sdk.h"

#include <lauxlib.h>
#include <time.h>

#include "script/result.h"
#include "script/sdk.h"
#include "script/value.h"
#include "worker/fence.h"
#include "worker/fence_lib.h"

/* Addresses as keys of the registry: modules that are loaded; the trusted
 * environment; functions that were compiled, by text and name. */
static const char modules_key = 0, trusted_key = 0, compiled_key = 0;

enum { RESULTS_MOST = 8 };

static int sdk_call(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checkstack(L, RESULTS_MOST, NULL);
  fence *f = fence_of(L);
  uint64_t budget = fence_limits_of(f)->call_instructions;
  fence_verdict verdict = fence_call(f, lua_gettop(L) - 1, LUA_MULTRET, budget);
  if (verdict == FENCE_OK) {
    if (lua_gettop(L) > RESULTS_MOST) lua_settop(L, RESULTS_MOST);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return lua_gettop(L);
  }
  if (verdict != FENCE_FAILED) return fence_raise_again(L);
  slice message = fence_message(f);
  lua_pushboolean(L, 0);
  lua_pushlstring(L, message.at ? message.at : "", message.length);
  return 2;
}

static int sdk_at(lua_State *L) {
  worker_page *page = fence_page(fence_of(L));
  page->record = (uint32_t)luaL_checkinteger(L, 1);
  page->step = (uint32_t)luaL_optinteger(L, 2, 0);
  return 0;
}

/* meter() -> nanoseconds, instructions (in thousands), bytes asked for */
static int sdk_meter(lua_State *L) {
  const fence *f = fence_of(L);
  struct timespec t = {0};
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  lua_pushinteger(L, (lua_Integer)t.tv_sec * 1000000000 + t.tv_nsec);
  lua_pushinteger(L, (lua_Integer)fence_instructions(f));
  lua_pushinteger(L, (lua_Integer)fence_allocated(f));
  return 3;
}

/* A text is compiled once: the next time its function gets the other environment as a variable of
 * its own, so that what was made before keeps that of then. */
static int sdk_compile(lua_State *L) {
  enum { NAME = 1, TEXT, ENVIRONMENT, COMPILED, OF_TEXT, FUNCTION };
  const char *name = luaL_checkstring(L, NAME);
  slice text;
  problem p;
  text.at = luaL_checklstring(L, TEXT, &text.length);
  luaL_checktype(L, ENVIRONMENT, LUA_TTABLE);
  lua_settop(L, ENVIRONMENT);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &compiled_key) == LUA_TNIL) {
    lua_newtable(L);
    lua_replace(L, COMPILED);
    lua_pushvalue(L, COMPILED);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &compiled_key);
  }
  lua_pushvalue(L, TEXT);
  if (lua_rawget(L, COMPILED) == LUA_TNIL) {
    lua_newtable(L);
    lua_replace(L, OF_TEXT);
    lua_pushvalue(L, TEXT);
    lua_pushvalue(L, OF_TEXT);
    lua_rawset(L, COMPILED);
  }
  if (lua_getfield(L, OF_TEXT, name) == LUA_TFUNCTION) {
    if (fence_compile(L, name, slice_of(""), ENVIRONMENT, &p)) return result_sentence(L, &p);
    lua_upvaluejoin(L, FUNCTION, 1, -1, 1);
    lua_settop(L, FUNCTION);
    return 1;
  }
  if (fence_compile(L, name, text, ENVIRONMENT, &p)) return result_sentence(L, &p);
  lua_pushvalue(L, -1);
  lua_setfield(L, OF_TEXT, name);
  return 1;
}

/* place() -> "FILE:LINE" | nil, whether the text of the error began with it: of the last call that
 * failed */
static int sdk_place(lua_State *L) {
  const char *file;
  int line;
  bool said = fence_raised(fence_of(L), &file, &line);
  if (file[0])
    lua_pushfstring(L, "%s:%d", file, line);
  else
    lua_pushnil(L);
  lua_pushboolean(L, said);
  return 2;
}

/* As in the host, where the same text runs: in no order, which that of plugins takes a look at all
 * keys for each. */
static int sdk_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  if (lua_next(L, 1)) return 2;
  lua_pushnil(L);
  return 1;
}

static int sdk_environment(lua_State *L) {
  fence_push_environment(L);
  return 1;
}

static int sdk_text(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  lua_pushcfunction(L, fence_tostring);
  lua_pushvalue(L, 1);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) return 1;
  if (fence_caught(fence_of(L))) return fence_raise_again(L);
  lua_pushstring(L, luaL_typename(L, 1));
  return 1;
}

static const luaL_Reg fence_functions[] = {
    {"at", sdk_at},           {"call", sdk_call},
    {"compile", sdk_compile}, {"environment", sdk_environment},
    {"meter", sdk_meter},     {"place", sdk_place},
    {"text", sdk_text},       {NULL, NULL}};

static const luaL_Reg json_functions[] = {{"array", value_lua_array},
                                          {"decode", value_lua_decode},
                                          {"encode", value_lua_encode},
                                          {NULL, NULL}};

void fence_sdk_require(lua_State *L, const char *name) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &modules_key);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &trusted_key);
  sdk_require(L, name, -2, -1);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

static int fence_require(lua_State *L) {
  fence_sdk_require(L, luaL_checkstring(L, 1));
  return 1;
}

void fence_sdk_open(lua_State *L) {
  lua_rawsetp(L, LUA_REGISTRYINDEX, &modules_key);
  fence_push_environment(L);
  lua_pushcfunction(L, sdk_next);
  lua_setfield(L, -2, "next");
  luaL_newlib(L, fence_functions);
  lua_setfield(L, -2, "fence");
  luaL_newlib(L, json_functions);
  lua_setfield(L, -2, "json");
  lua_pushcfunction(L, fence_require);
  lua_setfield(L, -2, "require");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &trusted_key);
}
