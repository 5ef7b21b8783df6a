/* held: objects of C that Lua frees. */
#include "host/held.h"

#include "script/type.h"

static const char held_type[] = "waymark.held";

void held_free(held *h) {
  if (h->object) h->free(h->object);
  h->object = NULL;
}

static int held_gc(lua_State *L) {
  held_free(luaL_checkudata(L, 1, held_type));
  return 0;
}

held *held_push(lua_State *L, void (*free_object)(void *)) {
  static const luaL_Reg meta[] = {{"__gc", held_gc}, {"__close", held_gc}, {NULL, NULL}};
  held *h = lua_newuserdatauv(L, sizeof *h, 0);
  *h = (held){.free = free_object};
  type_push(L, held_type, meta, NULL);
  lua_setmetatable(L, -2);
  return h;
}

static void free_buffer(void *object) {
  buffer_free(object);
  mem_free(object);
}

buffer *held_buffer(lua_State *L) {
  held *h = held_push(L, free_buffer);
  h->object = mem_new(1, sizeof(buffer));
  if (!h->object) luaL_error(L, "not enough memory");
  return h->object;
}

int held_iterate(lua_State *L, lua_CFunction next) {
  int index = lua_gettop(L);
  lua_pushvalue(L, index);
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, next, 2);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, index);
  return 4;
}

void held_end(lua_State *L) { held_free(lua_touserdata(L, lua_upvalueindex(1))); }

void *held_self(lua_State *L) {
  const held *h = lua_touserdata(L, lua_upvalueindex(1));
  if (!h->object) luaL_error(L, "this list has been closed");
  return h->object;
}
