/* module: the one exported symbol of core.so; see module.c. */
#ifndef WAYMARK_MODULE_H
#define WAYMARK_MODULE_H

#include <lua.h>

__attribute__((visibility("default"))) int luaopen_waymark_core(lua_State *L);

#endif
