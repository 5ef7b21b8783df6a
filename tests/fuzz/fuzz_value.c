/* fuzz_value: values that cross the border between Lua and JSON.
 *
 * The input is read twice: as JSON, and as orders to build a Lua value of every
 * kind that a plugin can make (odd keys, holes, cycles, shared tables, numbers of
 * any bits, texts of any bytes). Either way: within a few limits nothing raises
 * but a lack of memory, what comes out is JSON, and reading it and writing it
 * again gives the same bytes.
 *
 *   clang -fsanitize=fuzzer,address,undefined -DFUZZING … fuzz_value.c …
 *
 * Without -DFUZZING it is a program that reads the files named on its command
 * line, for replaying what was found. */
#include <assert.h>
#include <lauxlib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/value.h"

enum { INPUT_MOST = 1 << 16, TABLES = 8, MEMORY = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
  const uint8_t *at;
  size_t left;
} input;

/* lua_Alloc with an end, so that running out is met, too. */
static void *allocate(void *ud, void *block, size_t old_bytes, size_t bytes) {
  size_t *left = ud;
  size_t before = block ? old_bytes : 0;
  if (bytes > before && bytes - before > *left) return NULL;
  if (bytes == 0) {
    free(block);
    *left += before;
    return NULL;
  }
  void *now = realloc(block, bytes);
  if (now) *left = *left + before - bytes;
  return now;
}

/* The limits that the first bytes ask for. */
static value_limits limits_of(input *in) {
  value_limits limits = value_limits_default;
  if (in->left < 4) return limits;
  if (in->at[0] & 1) limits.depth = in->at[0] >> 4;
  if (in->at[1] & 1) limits.nodes = in->at[1] >> 1;
  if (in->at[2] & 1) limits.text_bytes = limits.total_bytes = in->at[2];
  limits.indent = in->at[3] & 3;
  in->at += 4, in->left -= 4;
  return limits;
}

/* Writes the value on top; what comes out is read and written again. */
static void cross(lua_State *L, const value_limits *limits) {
  buffer first = {0}, second = {0};
  problem p = {0};
  int top = lua_gettop(L);
  status s = value_to_json(L, -1, limits, &first, &p);
  assert(lua_gettop(L) == top);
  assert(s == STATUS_OK || p.sentence[0]);
  if (s == STATUS_OK) {
    slice text = {first.bytes, first.length};
    assert(text.length <= limits->total_bytes && text_is_utf8(text));
    json_t *json = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    assert(json);
    json_decref(json);
    if (value_push_text(L, text, &p) == STATUS_OK) {
      s = value_to_json(L, -1, limits, &second, &p);
      assert(s != STATUS_OK || slice_equal(text, (slice){second.bytes, second.length}));
    }
  }
  buffer_free(&first);
  buffer_free(&second);
}

/* Building ------------------------------------------------------------------ */

static uint8_t next(input *in) {
  if (in->left == 0) return 0;
  in->left--;
  return *in->at++;
}

static uint64_t bits(input *in) {
  uint64_t n = 0;
  for (int i = 0; i < 8; i++) n = n << 8 | next(in);
  return n;
}

/* Tables 1..TABLES of the stack are there to be put anywhere, also into themselves. */
static void push_leaf(lua_State *L, input *in) {
  uint8_t order = next(in);
  uint64_t n;
  lua_Number number;
  switch (order % 10) {
    case 0: lua_pushboolean(L, order >> 7); break;
    case 1: lua_pushinteger(L, next(in)); break;
    case 2: lua_pushinteger(L, (lua_Integer)bits(in)); break;
    case 3:
      n = bits(in);
      memcpy(&number, &n, sizeof number);
      lua_pushnumber(L, number);
      break;
    case 4: lua_pushcfunction(L, value_lua_array); break;
    case 5: (void)lua_newuserdatauv(L, 1, 0); break;
    case 6:
    case 7:
      n = next(in);
      if (n > in->left) n = in->left;
      lua_pushlstring(L, (const char *)in->at, (size_t)n);
      in->at += n, in->left -= (size_t)n;
      break;
    default: lua_pushvalue(L, 1 + order / 10 % TABLES);
  }
}

static void build(lua_State *L, input *in) {
  for (int i = 0; i < TABLES; i++) lua_newtable(L);
  while (in->left) {
    int table = 1 + next(in) % TABLES;
    uint8_t how = next(in);
    push_leaf(L, in);
    if (how & 1) {
      lua_rawseti(L, table, (lua_Integer)lua_rawlen(L, table) + 1);
      continue;
    }
    push_leaf(L, in);
    lua_Number key = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
    if (key == key)
      lua_insert(L, -2), lua_rawset(L, table);
    else
      lua_pop(L, 2);
  }
}

/* Both ways -------------------------------------------------------------------- */

static int cross_json(lua_State *L) {
  input in = *(const input *)lua_touserdata(L, 1);
  value_limits limits = limits_of(&in);
  problem p = {0};
  lua_settop(L, 0);
  if (value_push_text(L, (slice){(const char *)in.at, in.left}, &p) != STATUS_OK)
    assert(p.sentence[0] && lua_gettop(L) == 0);
  else
    cross(L, &limits);
  return 0;
}

static int cross_built(lua_State *L) {
  input in = *(const input *)lua_touserdata(L, 1);
  value_limits limits = limits_of(&in);
  lua_settop(L, 0);
  build(L, &in);
  lua_pushvalue(L, 1);
  cross(L, &limits);
  return 0;
}

static void run(lua_CFunction work, const input *in) {
  size_t left = MEMORY;
  lua_State *L = lua_newstate(allocate, &left);
  if (!L) return;
  lua_pushcfunction(L, work);
  lua_pushlightuserdata(L, (void *)(uintptr_t)in);
  int code = lua_pcall(L, 1, 0, 0);
  assert(code == LUA_OK || code == LUA_ERRMEM);
  lua_close(L);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const input in = {data, size};
  run(cross_json, &in);
  run(cross_built, &in);
  return 0;
}

#ifndef FUZZING
int main(int count, char **names) {
  static uint8_t bytes[INPUT_MOST];
  for (int i = 1; i < count; i++) {
    FILE *file = fopen(names[i], "rb");
    if (!file) return 1;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, size);
  }
  return 0;
}
#endif
