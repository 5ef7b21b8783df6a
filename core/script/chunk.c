/* chunk: found by their names, and loaded. */
#include "script/chunk.h"

#include <lauxlib.h>
#include <string.h>

const chunk *chunk_find(const chunk *list, const char *name) {
  size_t n = strlen(name);
  for (; list->name; list++) {
    const char *rest = list->name + n;
    if (strncmp(list->name, name, n) == 0 && (!*rest || strcmp(rest, ".init") == 0)) return list;
  }
  return NULL;
}

void chunk_load(lua_State *L, const chunk *c) {
  if (luaL_loadbufferx(L, c->code, c->length, c->name, "b") != LUA_OK) lua_error(L);
}
