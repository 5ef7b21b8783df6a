/* type: the metatables of objects that Lua is given. Each is made once a state, and locked: Lua
 * neither sees nor changes it. */
#ifndef WAYMARK_TYPE_H
#define WAYMARK_TYPE_H

#include <lauxlib.h>

/* Push the metatable called `name`. When it is made it gets these metamethods, and a table of these
 * methods as __index; NULL for none. What has upvalues is set by the caller. */
void type_push(lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods);

#endif
