/* suggested: tables of lua/sdk/job.lua field by field. Their texts may be a plugin's; the tables
 * are not. */
#include "worker/suggested.h"

#include <lauxlib.h>

#include "base/text.h"
#include "worker/frame.h"

static void add_number(buffer *out, uint64_t n, int bytes) {
  for (int i = 0; i < bytes; i++) buffer_add_char(out, (char)(n >> (8 * i) & 0xFF));
}

static void add_count(lua_State *L, buffer *out, const char *name, size_t n) {
  if (n >= FRAME_NONE) luaL_error(L, "answer: %s: too long", name);
  add_number(out, n, 4);
}

/* The number on top, which is popped. */
static void take_number(lua_State *L, buffer *out, const char *name, int bytes) {
  lua_Integer n = lua_tointeger(L, -1);
  if (!lua_isinteger(L, -1) || n < 0 || (bytes == 4 && n >= FRAME_NONE))
    luaL_error(L, "answer: %s is not a number that can be sent", name);
  add_number(out, (uint64_t)n, bytes);
  lua_pop(L, 1);
}

/* The text on top, or nil; popped. */
static void take_text(lua_State *L, buffer *out, const char *name) {
  slice text;
  if (lua_isnil(L, -1)) {
    add_number(out, FRAME_NONE, 4);
  } else {
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "answer: %s is no text", name);
    text.at = lua_tolstring(L, -1, &text.length);
    if (!text_is_utf8(text)) luaL_error(L, "answer: %s: the text is not valid UTF-8", name);
    add_count(L, out, name, text.length);
    buffer_add(out, text.at, text.length);
  }
  lua_pop(L, 1);
}

static void add_text(lua_State *L, buffer *out, const char *name) {
  lua_getfield(L, -1, name);
  take_text(L, out, name);
}

/* Push a list of the table on top, and write its length. -> the length, 0 for what is not there */
static lua_Integer open_list(lua_State *L, buffer *out, const char *name) {
  lua_getfield(L, -1, name);
  if (lua_isnil(L, -1)) return add_number(out, FRAME_NONE, 4), 0;
  luaL_checktype(L, -1, LUA_TTABLE);
  size_t n = lua_rawlen(L, -1);
  add_count(L, out, name, n);
  return (lua_Integer)n;
}

static void add_references(lua_State *L, buffer *out, const char *name) {
  lua_Integer n = open_list(L, out, name);
  for (lua_Integer i = 1; i <= n; i++) {
    (void)lua_rawgeti(L, -1, i);
    add_text(L, out, "rule");
    add_text(L, out, "from");
    add_text(L, out, "to");
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

void suggested_write(lua_State *L, buffer *out) {
  static const char *const texts[] = {"step", "verdict", "words", "gate", "concern"};
  luaL_checktype(L, -1, LUA_TTABLE);
  lua_Integer n = open_list(L, out, "answers");
  for (lua_Integer i = 1; i <= n; i++) {
    (void)lua_rawgeti(L, -1, i);
    lua_getfield(L, -1, "record");
    take_number(L, out, "record", 4);
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) add_text(L, out, texts[k]);
    add_references(L, out, "rules");
    add_references(L, out, "consulted");
    lua_Integer lines = open_list(L, out, "printed");
    for (lua_Integer k = 1; k <= lines; k++) {
      (void)lua_rawgeti(L, -1, k);
      take_text(L, out, "printed");
    }
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
  n = open_list(L, out, "asked");
  for (lua_Integer i = 1; i <= n; i++) {
    (void)lua_rawgeti(L, -1, i);
    take_number(L, out, "asked", 4);
  }
  lua_pop(L, 1);
  n = open_list(L, out, "costs");
  for (lua_Integer i = 1; i <= n; i++) {
    (void)lua_rawgeti(L, -1, i);
    for (lua_Integer k = 1; k <= 5; k++) {
      (void)lua_rawgeti(L, -1, k);
      take_number(L, out, "costs", 8);
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  if (out->failed) luaL_error(L, "not enough memory");
  if (out->length > frame_limit(FRAME_SUGGESTED)) luaL_error(L, "answer: the whole is too large");
}
