/* sdk: modules of lua/sdk, each run once in a state; the caller's table keeps what they
 * returned. */
#include "script/sdk.h"

#include <lauxlib.h>

void sdk_require(lua_State *L, const char *name, int modules, int environment) {
  size_t length;
  modules = lua_absindex(L, modules);
  environment = lua_absindex(L, environment);
  if (lua_getfield(L, modules, name) != LUA_TNIL) return;
  lua_pop(L, 1);
  const char *source = sdk_source(name, &length);
  if (!source) luaL_error(L, "no module \"%s\" in lua/sdk", name);
  const char *path = luaL_gsub(L, name, ".", "/");
  lua_pushfstring(L, "=sdk/%s.lua", path);
  if (luaL_loadbufferx(L, source, length, lua_tostring(L, -1), "t") != LUA_OK) lua_error(L);
  lua_replace(L, -3);
  lua_pop(L, 1);
  lua_pushvalue(L, environment);
  (void)lua_setupvalue(L, -2, 1);
  lua_call(L, 0, 1);
  lua_pushvalue(L, -1);
  lua_setfield(L, modules, name);
}
