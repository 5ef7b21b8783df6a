/* value: Lua to JSON, JSON to Lua, and both for Lua.
 *
 * The writer keeps its own memory in C and touches Lua only by calls that can
 * neither raise nor collect, so nothing leaks and nothing needs protecting.
 * The reader pushes, which can raise: jansson's value is freed by who holds it. */
#include "script/value.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/order.h"
#include "script/result.h"

enum { PATH_ROOM = 200, KEY_SHOWN = 40, STACK_SLOTS = 8, DECODE_DEPTH = 64, DEPTH_MOST = 64 };

/* Addresses as keys of the registry: the metatables of lists and of raw JSON. */
static const char array_mark = 0, raw_mark = 0;

const value_limits value_limits_default = {.depth = 32,
                                           .nodes = 100000,
                                           .text_bytes = 256 * 1024,
                                           .total_bytes = 768 * 1024,
                                           .name = "value"};

/* Where a value stands in the table around it: under a key, or in a list from 1 on. */
typedef struct place {
  slice key;
  size_t index; /* 0: under the key */
} place;

typedef struct writer {
  lua_State *L;
  const value_limits *limits;
  buffer *out;
  problem *p;
  size_t depth, nodes, start;
  place *path; /* [depth]: read when something is refused */
} writer;

typedef struct raw_json {
  size_t length;
  char bytes[];
} raw_json;

static status write_value(writer *w, int index);

/* The path ---------------------------------------------------------------- */

/* A plain name as .name, any other as ["…"]. */
static void add_key(buffer *path, slice key) {
  bool plain = key.length > 0 && key.length <= KEY_SHOWN;
  for (size_t i = 0; plain && i < key.length; i++) {
    char c = key.at[i];
    plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
            (i > 0 && c >= '0' && c <= '9');
  }
  if (plain) {
    buffer_add_char(path, '.');
    buffer_add(path, key.at, key.length);
    return;
  }
  buffer_add_text(path, "[\"");
  text_add_escaped(path, (slice){key.at, key.length < KEY_SHOWN ? key.length : KEY_SHOWN});
  buffer_add_text(path, key.length > KEY_SHOWN ? "…\"]" : "\"]");
}

static status refuse(writer *w, status code, const char *why) {
  buffer path = {0};
  for (size_t i = 0; i < w->depth; i++) {
    if (w->path[i].index)
      buffer_printf(&path, "[%zu]", w->path[i].index);
    else if (w->path[i].key.at)
      add_key(&path, w->path[i].key);
  }
  slice shown = {path.bytes, path.failed ? 0 : path.length};
  if (shown.length > PATH_ROOM) shown.length = text_utf8_prefix((slice){path.bytes, PATH_ROOM});
  status s =
      problem_set(w->p, code, "send plain data: texts, numbers, true, false, lists and records",
                  "%s%.*s: %s", w->limits->name, (int)shown.length, shown.at ? shown.at : "", why);
  buffer_free(&path);
  return s;
}

/* Leaves ------------------------------------------------------------------ */

static status write_text(writer *w, slice text) {
  if (text.length > w->limits->text_bytes) return refuse(w, STATUS_RANGE, "the text is too long");
  if (!text_is_utf8(text)) return refuse(w, STATUS_REFUSED, "the text is not valid UTF-8");
  text_add_json(w->out, text);
  return STATUS_OK;
}

/* Whether the metatable of the value is the one that the registry has at `key`. */
static bool is_marked(lua_State *L, int index, const char *key) {
  if (!lua_getmetatable(L, index)) return false;
  bool marked = lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE && lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return marked;
}

/* Tables ------------------------------------------------------------------ */

static void new_line(writer *w) {
  if (w->limits->indent <= 0) return;
  buffer_add_char(w->out, '\n');
  for (size_t i = 0; i < w->depth * (size_t)w->limits->indent; i++) buffer_add_char(w->out, ' ');
}

static status write_list(writer *w, int table, size_t count) {
  status s = STATUS_OK;
  buffer_add_char(w->out, '[');
  for (size_t i = 1; i <= count && s == STATUS_OK; i++) {
    if (i > 1) buffer_add_char(w->out, ',');
    new_line(w);
    w->path[w->depth - 1] = (place){.index = i};
    lua_rawgeti(w->L, table, (lua_Integer)i);
    s = write_value(w, lua_gettop(w->L));
    lua_pop(w->L, 1);
  }
  w->depth--;
  if (count) new_line(w);
  w->depth++;
  buffer_add_char(w->out, ']');
  return s;
}

/* The keys stay on the stack while their fields are written: looking a field up
 * must not make a new Lua text, because that could raise. */
static status write_record(writer *w, int table, size_t count) {
  lua_State *L = w->L;
  int base = lua_gettop(L);
  order_key *keys = mem_new(count, sizeof *keys);
  if (!keys || !lua_checkstack(L, (int)count + STACK_SLOTS)) {
    mem_free(keys);
    return problem_no_memory(w->p);
  }
  size_t n = 0;
  for (lua_pushnil(L); lua_next(L, table) && n < count;) {
    lua_pop(L, 1);
    keys[n] = order_key_of(L, -1);
    keys[n++].place = lua_gettop(L);
    lua_pushvalue(L, -1);
  }
  order_sort(keys, n);
  status s = STATUS_OK;
  buffer_add_char(w->out, '{');
  for (size_t i = 0; i < n && !s; i++) {
    slice name = keys[i].value.text;
    if (i) buffer_add_char(w->out, ',');
    new_line(w);
    w->path[w->depth - 1] = (place){.key = name};
    s = write_text(w, name);
    if (s) break;
    buffer_add_text(w->out, w->limits->indent > 0 ? ": " : ":");
    lua_pushvalue(L, keys[i].place);
    lua_rawget(L, table);
    s = write_value(w, lua_gettop(L));
    lua_pop(L, 1);
  }
  mem_free(keys);
  lua_settop(L, base);
  w->depth--;
  if (n) new_line(w);
  w->depth++;
  buffer_add_char(w->out, '}');
  return s;
}

static status write_table(writer *w, int table) {
  if (w->depth >= w->limits->depth)
    return refuse(w, STATUS_RANGE, "tables are nested too deep (or one contains itself)");
  if (!lua_checkstack(w->L, STACK_SLOTS)) return problem_no_memory(w->p);
  size_t count = 0, most = w->limits->nodes - w->nodes;
  bool texts = true, list = true; /* whether all keys are texts, or exactly 1..count */
  lua_Integer largest = 0;
  for (lua_pushnil(w->L); lua_next(w->L, table); lua_pop(w->L, 1)) {
    lua_Integer key = lua_isinteger(w->L, -2) ? lua_tointeger(w->L, -2) : 0;
    if (++count > most) return refuse(w, STATUS_RANGE, "too many values");
    if (lua_type(w->L, -2) != LUA_TSTRING) texts = false;
    if (key < 1) list = false;
    if (key > largest) largest = key;
  }
  list = count ? list && largest == (lua_Integer)count : is_marked(w->L, table, &array_mark);
  if (!list && !texts)
    return refuse(w, STATUS_REFUSED,
                  "neither a list (keys 1, 2, 3, … without a hole) nor a record (keys are texts)");
  w->path[w->depth++] = (place){0};
  status s = list ? write_list(w, table, count) : write_record(w, table, count);
  w->depth--;
  return s;
}

static status write_value(writer *w, int index) {
  if (++w->nodes > w->limits->nodes) return refuse(w, STATUS_RANGE, "too many values");
  if (w->out->length - w->start > w->limits->total_bytes)
    return refuse(w, STATUS_RANGE, "the whole is too large");
  switch (lua_type(w->L, index)) {
    case LUA_TNIL: buffer_add_text(w->out, "null"); return STATUS_OK;
    case LUA_TBOOLEAN:
      buffer_add_text(w->out, lua_toboolean(w->L, index) ? "true" : "false");
      return STATUS_OK;
    case LUA_TNUMBER: {
      if (lua_isinteger(w->L, index)) {
        buffer_add_integer(w->out, lua_tointeger(w->L, index));
        return STATUS_OK;
      }
      lua_Number n = lua_tonumber(w->L, index);
      if (!isfinite(n)) return refuse(w, STATUS_REFUSED, "not a number that can be written");
      char digits[40];
      (void)snprintf(digits, sizeof digits, "%.14g", n);
      if (strtod(digits, NULL) != n) (void)snprintf(digits, sizeof digits, "%.17g", n);
      buffer_add_text(w->out, digits);
      if (!strpbrk(digits, ".e")) buffer_add_text(w->out, ".0");
      return STATUS_OK;
    }
    case LUA_TSTRING: {
      slice text;
      text.at = lua_tolstring(w->L, index, &text.length);
      return write_text(w, text);
    }
    case LUA_TTABLE: return write_table(w, index);
    case LUA_TUSERDATA:
      if (!is_marked(w->L, index, &raw_mark))
        return refuse(w, STATUS_REFUSED, "an object cannot be sent");
      const raw_json *raw = lua_touserdata(w->L, index);
      buffer_add(w->out, raw->bytes, raw->length);
      return STATUS_OK;
    case LUA_TFUNCTION: return refuse(w, STATUS_REFUSED, "a function cannot be sent");
    default: return refuse(w, STATUS_REFUSED, "a value of this type cannot be sent");
  }
}

status value_to_json(lua_State *L, int index, const value_limits *limits, buffer *out, problem *p) {
  place path[DEPTH_MOST];
  value_limits within = *limits;
  if (within.depth > DEPTH_MOST) within.depth = DEPTH_MOST;
  writer w = {.L = L, .limits = &within, .out = out, .p = p, .start = out->length, .path = path};
  int top = lua_gettop(L);
  if (!lua_checkstack(L, STACK_SLOTS)) return problem_no_memory(p);
  status s = write_value(&w, lua_absindex(L, index));
  lua_settop(L, top);
  if (s != STATUS_OK) return s;
  if (out->length - w.start > limits->total_bytes)
    return refuse(&w, STATUS_RANGE, "the whole is too large");
  return buffer_status(out, p);
}

/* Push the metatable that the registry has at `key`; made once a state, and locked. */
static void push_mark(lua_State *L, const char *key, const char *name) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 2);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void value_push_raw(lua_State *L, slice json) {
  raw_json *raw = lua_newuserdatauv(L, sizeof *raw + json.length, 0);
  raw->length = json.length;
  if (json.length) memcpy(raw->bytes, json.at, json.length);
  push_mark(L, &raw_mark, "waymark.json");
  (void)lua_setmetatable(L, -2);
}

/* JSON to Lua ------------------------------------------------------------- */

status value_push_json(lua_State *L, const json_t *json, size_t depth, problem *p) {
  luaL_checkstack(L, STACK_SLOTS, NULL);
  size_t count = json_array_size(json);
  if (depth == 0 && (json_is_array(json) || json_is_object(json)))
    return problem_set(p, STATUS_RANGE, NULL, "the JSON is nested too deep");
  switch (json_typeof(json)) {
    case JSON_OBJECT: {
      json_t *record = (json_t *)json; /* jansson has no const iterator; only read here */
      lua_newtable(L);
      for (void *at = json_object_iter(record); at; at = json_object_iter_next(record, at)) {
        const json_t *field = json_object_iter_value(at);
        if (json_is_null(field)) continue;
        lua_pushlstring(L, json_object_iter_key(at), json_object_iter_key_len(at));
        status s = value_push_json(L, field, depth - 1, p);
        if (s != STATUS_OK) return lua_pop(L, 2), s;
        lua_rawset(L, -3);
      }
      break;
    }
    case JSON_ARRAY:
      lua_createtable(L, count < 1024 ? (int)count : 1024, 0);
      for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        status s = json_is_null(item) ? problem_set(p, STATUS_REFUSED, "leave it out",
                                                    "item %zu of a list is null", i + 1)
                                      : value_push_json(L, item, depth - 1, p);
        if (s != STATUS_OK) return lua_pop(L, 1), s;
        lua_rawseti(L, -2, (lua_Integer)i + 1);
      }
      if (count) break;
      push_mark(L, &array_mark, "waymark.array");
      (void)lua_setmetatable(L, -2);
      break;
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
  if (!d.json && (!error.text[0] || json_error_code(&error) == json_error_out_of_memory))
    return problem_no_memory(p); /* without a word: there was none from the start */
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

int value_lua_decode(lua_State *L) {
  slice text;
  problem p;
  text.at = luaL_checklstring(L, 1, &text.length);
  if (value_push_text(L, text, &p) != STATUS_OK) return result_sentence(L, &p);
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
    return result_sentence(L, &p);
  }
  lua_pushcfunction(L, push_bytes);
  lua_pushlightuserdata(L, &out);
  int code = lua_pcall(L, 1, 1, 0);
  buffer_free(&out);
  return code == LUA_OK ? 1 : lua_error(L);
}

int value_lua_array(lua_State *L) {
  if (lua_isnone(L, 1)) lua_newtable(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_mark(L, &array_mark, "waymark.array");
  bool plain = !lua_getmetatable(L, 1);
  if (!plain) {
    luaL_argcheck(L, lua_rawequal(L, -1, 2), 1, "a table without a metatable expected");
    lua_pop(L, 1);
  }
  lua_setmetatable(L, 1);
  return 1;
}
