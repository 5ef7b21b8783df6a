/* value: Lua values as JSON and back, with limits.
 *
 * Plain data only: nil, booleans, numbers, texts, lists, records. A record's
 * keys are written sorted, so the same value gives the same bytes.
 *
 * 1. Reading a Lua value is raw: no metamethod runs, no text is converted.
 * 2. What cannot be sent is refused by a sentence that names the place
 *    ("result.rows[3].name: a function cannot be sent"): functions, threads,
 *    userdata, NaN and infinities, broken UTF-8 or NUL, tables with
 *    both kinds of keys, lists with holes, cycles (they are too deep).
 * 3. Integers stay integers; a float keeps a point or an exponent.
 * 4. An empty table is {} unless `value_lua_array` marked it as a list.
 * 5. `null` inside a record is the absence of the field; inside a list it is
 *    an error, since Lua lists have no holes.
 *
 * Numbers are written for the "C" locale; nothing here does I/O. */
#ifndef WAYMARK_VALUE_H
#define WAYMARK_VALUE_H

#include <jansson.h>
#include <lua.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/status.h"
#include "base/text.h"

typedef struct value_limits {
  size_t depth;       /* nested tables */
  size_t nodes;       /* values in all, keys not counted */
  size_t text_bytes;  /* one text */
  size_t total_bytes; /* of JSON */
  int indent;         /* spaces a level; 0: all on one line */
  const char *name;   /* begins the path in a problem: "result" */
} value_limits;

/* 32 deep, 100,000 values, 256 KiB a text, 768 KiB in all: a RESULT frame. */
extern const value_limits value_limits_default;

/* Append the value at `index` as JSON to `out`. STATUS_RANGE (a limit),
 * STATUS_REFUSED (cannot be sent) or STATUS_NO_MEMORY with `p` set; `out` then
 * holds a useless part. Never raises and runs no Lua, so it may be called
 * unprotected; the caller frees `out`. */
status value_to_json(lua_State *L, int index, const value_limits *limits, buffer *out, problem *p);

/* Push a value that is written as this JSON, which must be whole and valid: only C of
 * ours makes one, for long lists that no Lua looks at. */
void value_push_raw(lua_State *L, slice json);

/* Push a parsed JSON value. On a refusal (null in a list, deeper than
 * `depth`) pushes nothing. Raises Lua memory errors: `json` stays the caller's,
 * so call it where somebody above frees it. */
status value_push_json(lua_State *L, const json_t *json, size_t depth, problem *p);

/* The same from text, with `json` freed whatever happens. Texts with NUL,
 * duplicate keys or anything after the value are refused. */
status value_push_text(lua_State *L, slice text, problem *p);

/* For Lua, as lua_CFunction: decode(text) -> value | nil, message */
int value_lua_decode(lua_State *L);
/* encode(value [, indent]) -> text | nil, message */
int value_lua_encode(lua_State *L);
/* array(t) -> t: marks the plain table t (a new one if none is given) as a
 * list by a shared metatable, so that it is [] when empty. */
int value_lua_array(lua_State *L);

#endif
