/* module: the one exported symbol of core.so; the C of Waymark as one Lua module, built
 * into the program, and as core.so for stock Lua; the same objects. */
#ifndef WAYMARK_MODULE_H
#define WAYMARK_MODULE_H

#include <lua.h>

__attribute__((visibility("default"))) int luaopen_waymark_core(lua_State *L);

#endif
