/* type: metatables, by their names in the registry. Holds nothing. */
#include "script/type.h"

void type_push(lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods) {
  if (!luaL_newmetatable(L, name)) return;
  if (meta) luaL_setfuncs(L, meta, 0);
  if (methods) {
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
}
