/* value_lua: JSON to Lua, and the pair of functions for Lua; see value.h. */
#include <lauxlib.h>

#include "script/value.h"

enum { STACK_SLOTS = 8, DECODE_DEPTH = 64 };

/* JSON to Lua ------------------------------------------------------------- */

static status push_list(lua_State *L, const json_t *json, size_t depth, problem *p) {
  size_t count = json_array_size(json);
  lua_createtable(L, count < 1024 ? (int)count : 1024, 0);
  for (size_t i = 0; i < count; i++) {
    const json_t *item = json_array_get(json, i);
    status s = STATUS_OK;
    if (json_is_null(item))
      s = problem_set(p, STATUS_REFUSED, "leave it out", "item %zu of a list is null", i + 1);
    else
      s = value_push_json(L, item, depth, p);
    if (s != STATUS_OK) {
      lua_pop(L, 1);
      return s;
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  if (count == 0) {
    lua_pushcfunction(L, value_lua_array);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
  }
  return STATUS_OK;
}

static status push_record(lua_State *L, const json_t *json, size_t depth, problem *p) {
  json_t *record = (json_t *)json; /* jansson has no const iterator; only read here */
  lua_newtable(L);
  for (void *at = json_object_iter(record); at; at = json_object_iter_next(record, at)) {
    const json_t *field = json_object_iter_value(at);
    if (json_is_null(field)) continue;
    lua_pushlstring(L, json_object_iter_key(at), json_object_iter_key_len(at));
    status s = value_push_json(L, field, depth, p);
    if (s != STATUS_OK) {
      lua_pop(L, 2);
      return s;
    }
    lua_rawset(L, -3);
  }
  return STATUS_OK;
}

status value_push_json(lua_State *L, const json_t *json, size_t depth, problem *p) {
  luaL_checkstack(L, STACK_SLOTS, NULL);
  if (depth == 0 && (json_is_array(json) || json_is_object(json)))
    return problem_set(p, STATUS_RANGE, NULL, "the JSON is nested too deep");
  switch (json_typeof(json)) {
    case JSON_OBJECT: return push_record(L, json, depth - 1, p);
    case JSON_ARRAY: return push_list(L, json, depth - 1, p);
    case JSON_STRING: lua_pushlstring(L, json_string_value(json), json_string_length(json)); break;
    case JSON_INTEGER: lua_pushinteger(L, json_integer_value(json)); break;
    case JSON_REAL: lua_pushnumber(L, json_real_value(json)); break;
    case JSON_TRUE: lua_pushboolean(L, 1); break;
    case JSON_FALSE: lua_pushboolean(L, 0); break;
    case JSON_NULL: lua_pushnil(L); break;
  }
  return STATUS_OK;
}

typedef struct decoding {
  json_t *json;
  problem *p;
  status s;
} decoding;

static int push_protected(lua_State *L) {
  decoding *d = lua_touserdata(L, 1);
  d->s = value_push_json(L, d->json, DECODE_DEPTH, d->p);
  return d->s == STATUS_OK ? 1 : 0;
}

status value_push_text(lua_State *L, slice text, problem *p) {
  json_error_t error;
  decoding d = {.p = p};
  luaL_checkstack(L, STACK_SLOTS, NULL);
  d.json = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
  if (!d.json)
    return problem_set(p, STATUS_SYNTAX, NULL, "not JSON: %s (line %d)", error.text, error.line);
  int top = lua_gettop(L);
  lua_pushcfunction(L, push_protected);
  lua_pushlightuserdata(L, &d);
  int code = lua_pcall(L, 1, LUA_MULTRET, 0);
  json_decref(d.json);
  if (code != LUA_OK) lua_error(L);
  if (d.s != STATUS_OK) lua_settop(L, top);
  return d.s;
}

/* For Lua ----------------------------------------------------------------- */

static int push_problem(lua_State *L, const problem *p) {
  lua_pushnil(L);
  lua_pushstring(L, p->sentence);
  return 2;
}

int value_lua_decode(lua_State *L) {
  slice text;
  problem p;
  text.at = luaL_checklstring(L, 1, &text.length);
  if (value_push_text(L, text, &p) != STATUS_OK) return push_problem(L, &p);
  return 1;
}

static int push_bytes(lua_State *L) {
  const buffer *b = lua_touserdata(L, 1);
  lua_pushlstring(L, b->bytes ? b->bytes : "", b->length);
  return 1;
}

int value_lua_encode(lua_State *L) {
  value_limits limits = value_limits_default;
  luaL_checkany(L, 1);
  limits.indent = (int)luaL_optinteger(L, 2, 0);
  luaL_argcheck(L, limits.indent >= 0 && limits.indent <= 8, 2, "0 to 8 spaces");
  limits.depth = DECODE_DEPTH;
  limits.nodes = 10 * 1000 * 1000;
  limits.text_bytes = limits.total_bytes = (size_t)256 * 1024 * 1024;
  buffer out = {0};
  problem p;
  if (value_to_json(L, 1, &limits, &out, &p) != STATUS_OK) {
    buffer_free(&out);
    return push_problem(L, &p);
  }
  lua_pushcfunction(L, push_bytes);
  lua_pushlightuserdata(L, &out);
  int code = lua_pcall(L, 1, 1, 0);
  buffer_free(&out);
  return code == LUA_OK ? 1 : lua_error(L);
}

/* Push the metatable of lists; made once a state. */
static void push_array_mark(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &value_array_mark) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushliteral(L, "waymark.array");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &value_array_mark);
}

int value_lua_array(lua_State *L) {
  if (lua_isnone(L, 1)) lua_newtable(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_array_mark(L);
  bool plain = !lua_getmetatable(L, 1);
  if (!plain) {
    luaL_argcheck(L, lua_rawequal(L, -1, 2), 1, "a table without a metatable expected");
    lua_pop(L, 1);
  }
  lua_setmetatable(L, 1);
  return 1;
}
