/* faults: a door for specs into the allocator of the core. Linked with the core's objects into a
 * waymark/core.so of its own, beside luaopen_waymark_core; the program and the core.so of a build
 * do not have it. Built by tests/support/faults.lua.
 *
 *   fail_after(n)   all allocations of the core after the next n fail; n < 0: no longer */
#include <lauxlib.h>

#include "base/mem.h"

static int fail_after(lua_State *L) {
  mem_fail_after((long)luaL_checkinteger(L, 1));
  return 0;
}

__attribute__((visibility("default"))) int luaopen_waymark_faults(lua_State *L) {
  lua_pushcfunction(L, fail_after);
  return 1;
}
