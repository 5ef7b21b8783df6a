/* sdk: modules of lua/sdk, each run once in a state; the caller's table keeps what they
 * returned. */
#include "script/sdk.h"

#include <lauxlib.h>

#include "script/chunk.h"

void sdk_require(lua_State *L, const char *name, int modules, int environment) {
  modules = lua_absindex(L, modules);
  environment = lua_absindex(L, environment);
  if (lua_getfield(L, modules, name) != LUA_TNIL) return;
  lua_pop(L, 1);
  const chunk *c = chunk_find(chunk_sdk, name);
  if (!c) luaL_error(L, "no module \"%s\" in lua/sdk", name);
  chunk_load(L, c);
  lua_pushvalue(L, environment);
  (void)lua_setupvalue(L, -2, 1);
  lua_call(L, 0, 1);
  lua_pushvalue(L, -1);
  lua_setfield(L, modules, name);
}
