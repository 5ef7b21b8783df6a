/* sdk: the modules of lua/sdk, which stand in this program (script/chunk.h). */
#ifndef WAYMARK_SDK_H
#define WAYMARK_SDK_H

#include <lua.h>

/* Push what the module `name` returned: from the table at `modules` if it is there, else it is
 * run with the table at `environment` as its globals, and kept there. Raises. */
void sdk_require(lua_State *L, const char *name, int modules, int environment);

#endif
