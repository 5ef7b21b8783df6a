/* through_lua: a fuzzer whose inputs a file of Lua reads.
 *
 * tests/fuzz/NAME.lua answers a function, which is given each input as a text and raises what is
 * wrong. The lines of Lua that are run count as the branches of C do: an input that reaches a new
 * one is kept. Run it at the top of the tree.
 *
 * Without -DFUZZING it is a program that reads the files named, to replay what was found. */
#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/module.h"

enum { LINES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t reached[LINES];

static void count_line(lua_State *L, lua_Debug *at) {
  lua_getinfo(L, "S", at);
  uint32_t hash = (uint32_t)at->currentline;
  for (const char *c = at->short_src; *c; c++) hash = hash * 31 + (uint8_t)*c;
  uint8_t *count = &reached[hash % LINES];
  if (*count < UINT8_MAX) ++*count;
}

static lua_State *state_of(const char *file) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  luaL_requiref(L, "waymark.core", luaopen_waymark_core, 0);
  lua_getglobal(L, "package");
  lua_pushliteral(L, "./lua/?.lua;./lua/?/init.lua;");
  lua_getfield(L, -2, "path");
  lua_concat(L, 2);
  lua_setfield(L, -2, "path");
  if (luaL_dofile(L, file) != LUA_OK) {
    (void)fprintf(stderr, "%s\n", lua_tostring(L, -1));
    abort();
  }
  lua_sethook(L, count_line, LUA_MASKLINE, 0);
  return L;
}

static int read_input(const char *file, const uint8_t *data, size_t size) {
  static lua_State *L;
  if (!L) L = state_of(file);
  lua_pushvalue(L, -1);
  lua_pushlstring(L, (const char *)data, size);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    (void)fprintf(stderr, "%s: %s\n", file, luaL_tolstring(L, -1, NULL));
    abort();
  }
  return 0;
}

#ifndef FUZZING
int main(int count, char **files) {
  for (int i = 1; i < count; i++) {
    static uint8_t bytes[1 << 20];
    FILE *f = fopen(files[i], "rb");
    if (!f) continue;
    size_t size = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    LLVMFuzzerTestOneInput(bytes, size);
  }
}
#endif
