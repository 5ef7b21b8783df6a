/* lua_pupil: code sets, batches and pupils. Which fields a pupil has, and which grant each
 * needs, is data (`pupil_fields`); their values come from the batch's JSON as they are.
 * User values: a batch has (bytes, codes, granted, school table); a pupil has (batch,
 * fields table once read). */
#include "script/lua_pupil.h"

#include <lauxlib.h>
#include <string.h>

#include "script/lua_calendar.h"
#include "script/lua_date.h"
#include "script/result.h"
#include "script/type.h"
#include "script/value.h"

#define BATCH_TYPE "waymark.batch"

enum { BATCH_BYTES = 1, BATCH_CODES, BATCH_GRANTED, BATCH_SCHOOL, BATCH_VALUES = 4 };
enum { PUPIL_BATCH = 1, PUPIL_FIELDS, PUPIL_VALUES = 2 };

typedef struct batch_box {
  batch batch;
  const code_set *codes;
} batch_box;

/* Codes -------------------------------------------------------------------- */

const code_set *lua_codes_check(lua_State *L, int index) {
  return luaL_checkudata(L, index, LUA_CODES_TYPE);
}

static int codes_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  code_set *set = lua_newuserdatauv(L, sizeof *set, 0);
  memset(set, 0, sizeof *set);
  luaL_setmetatable(L, LUA_CODES_TYPE);
  lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
  for (lua_Integer i = 1; i <= n; i++) {
    if (lua_rawgeti(L, 1, i) != LUA_TTABLE) return luaL_error(L, "codes are a list of tables");
    code c = {.from = DAY_NONE, .to = DAY_NONE};
    problem p = {0};
    size_t length;
    if (lua_getfield(L, 3, "text") != LUA_TSTRING)
      return luaL_error(L, "a code needs the text \"text\"");
    const char *text = lua_tolstring(L, 4, &length);
    if (length >= CODE_TEXT) return luaL_error(L, "a code has one or two characters");
    memcpy(c.text, text, length);
    lua_getfield(L, 3, "physical");
    c.physical = lua_toboolean(L, 5);
    lua_getfield(L, 3, "from");
    c.from = lua_date_opt(L, 6);
    lua_getfield(L, 3, "to");
    c.to = lua_date_opt(L, 7);
    lua_getfield(L, 3, "byte");
    lua_Integer byte = luaL_checkinteger(L, 8);
    if (byte < 0 || byte > 255 || code_set_put(set, (mark)byte, &c, &p))
      return luaL_error(L, "the code \"%s\" has no place at %d", c.text, (int)byte);
    lua_settop(L, 2);
  }
  return 1;
}

/* Batches ------------------------------------------------------------------ */

static int batch_new(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 1, &length);
  const code_set *codes = lua_codes_check(L, 2);
  lua_settop(L, 3);
  batch_box *box = lua_newuserdatauv(L, sizeof *box, BATCH_VALUES);
  problem p;
  box->codes = codes;
  if (batch_open(bytes, length, &box->batch, &p)) return result_problem(L, &p);
  luaL_setmetatable(L, BATCH_TYPE);
  for (int i = BATCH_BYTES; i <= BATCH_GRANTED; i++) {
    lua_pushvalue(L, i);
    lua_setiuservalue(L, 4, i);
  }
  return 1;
}

const batch *lua_batch_check(lua_State *L, int index) {
  return &((const batch_box *)luaL_checkudata(L, index, BATCH_TYPE))->batch;
}

static int batch_length(lua_State *L) {
  const batch_box *box = luaL_checkudata(L, 1, BATCH_TYPE);
  lua_pushinteger(L, box->batch.header->pupils);
  return 1;
}

static void push_json(lua_State *L, slice text) {
  problem p = {0};
  problem damaged;
  if (value_push_text(L, text, &p) == STATUS_OK) return;
  (void)problem_set(&damaged, STATUS_CORRUPT, "look with: waymark check; then restore a backup",
                    "a damaged record: %s", p.sentence);
  (void)result_raise(L, &damaged);
}

/* Push the school table of the batch at `index`; read once. */
static void push_school(lua_State *L, int index) {
  const batch_box *box = lua_touserdata(L, index);
  index = lua_absindex(L, index);
  if (lua_getiuservalue(L, index, BATCH_SCHOOL) == LUA_TTABLE) return;
  lua_pop(L, 1);
  push_json(L, batch_school(&box->batch));
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, index, BATCH_SCHOOL);
}

static int batch_index(lua_State *L) {
  const batch_box *box = luaL_checkudata(L, 1, BATCH_TYPE);
  if (lua_isinteger(L, 2)) {
    lua_Integer i = lua_tointeger(L, 2);
    if (i < 1 || i > (lua_Integer)box->batch.header->pupils) return 0;
    lua_pupil *p = lua_newuserdatauv(L, sizeof *p, PUPIL_VALUES);
    *p = (lua_pupil){&box->batch, box->codes, (size_t)i - 1};
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, PUPIL_BATCH);
    luaL_setmetatable(L, LUA_PUPIL_TYPE);
    return 1;
  }
  const char *name = luaL_checkstring(L, 2);
  if (strcmp(name, "school") == 0) return push_school(L, 1), 1;
  if (strcmp(name, "calendar") == 0) return lua_calendar_push(L, &box->batch.calendar, 1), 1;
  if (strcmp(name, "as_of") == 0) return lua_date_push(L, box->batch.header->as_of), 1;
  if (strcmp(name, "met") != 0) return 0;
  uint32_t pupils = box->batch.header->pupils;
  lua_createtable(L, (int)pupils, 0);
  for (uint32_t i = 0; i < pupils; i++) {
    lua_pushinteger(L, (lua_Integer)batch_met(&box->batch, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* Fields ------------------------------------------------------------------- */

/* Upvalues of what a pupil's fields are found by: the methods; the fields that there are,
 * { "upn", …, upn = GRANT }; what is done with a field's value when it is read (see lua_pupil.h).
 */
enum { UP_METHODS = 1, UP_FIELDS, UP_READERS };

lua_pupil *lua_pupil_check(lua_State *L, int index) {
  return luaL_checkudata(L, index, LUA_PUPIL_TYPE);
}

void lua_pupil_push_codes(lua_State *L, int index) {
  lua_getiuservalue(L, index, PUPIL_BATCH);
  lua_getiuservalue(L, -1, BATCH_CODES);
  lua_remove(L, -2);
}

/* Push the value of a field of the pupil at 1. Its JSON is read once; but of most pupils the
 * last field is asked for, and is an empty list: that is known without reading the rest,
 * since within a text of it the quotation marks would be escaped. */
static void push_field(lua_State *L, const char *name) {
  const lua_pupil *p = lua_touserdata(L, 1);
  if (lua_getiuservalue(L, 1, PUPIL_FIELDS) != LUA_TTABLE) {
    slice text = batch_fields(p->batch, p->index);
    size_t n = strlen(name);
    const char *end = text.length > n + 7 ? text.at + text.length - n - 7 : NULL;
    if (end && memcmp(end, ",\"", 2) == 0 && memcmp(end + 2, name, n) == 0 &&
        memcmp(end + 2 + n, "\":[]}", 5) == 0) {
      lua_pushcfunction(L, value_lua_array);
      lua_call(L, 0, 1);
      return;
    }
    push_json(L, text);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, PUPIL_FIELDS);
    for (lua_pushnil(L); lua_next(L, lua_upvalueindex(UP_READERS));) { /* fields name reader */
      lua_pushvalue(L, -2);
      if (lua_gettable(L, -4) == LUA_TTABLE) /* fields name reader value */
        lua_call(L, 1, 0);
      else
        lua_pop(L, 2);
    }
  }
  lua_getfield(L, -1, name);
}

static bool is_granted(lua_State *L, const char *grant) {
  lua_getiuservalue(L, 1, PUPIL_BATCH);
  bool all = lua_getiuservalue(L, -1, BATCH_GRANTED) != LUA_TTABLE;
  if (!all) lua_getfield(L, -1, grant);
  bool granted = all || lua_toboolean(L, -1);
  lua_pop(L, all ? 2 : 3);
  return granted;
}

/* Neither a method nor a field: the nearest of both. */
static int unknown_field(lua_State *L, const char *name) {
  enum { MOST = 128 };
  slice known[MOST];
  size_t n = 0;
  for (; n < MOST && lua_rawgeti(L, lua_upvalueindex(UP_FIELDS), (lua_Integer)n + 1) == LUA_TSTRING;
       lua_pop(L, 1), n++)
    known[n].at = lua_tolstring(L, -1, &known[n].length); /* stays: the table holds it */
  lua_settop(L, 2);
  for (lua_pushnil(L); n < MOST && lua_next(L, lua_upvalueindex(UP_METHODS)); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING) {
      known[n].at = lua_tolstring(L, -2, &known[n].length);
      n++;
    }
  size_t nearest = text_nearest(slice_of(name), known, n);
  if (nearest == n) return luaL_error(L, "a pupil has no field \"%s\"", name);
  lua_pushlstring(L, known[nearest].at, known[nearest].length);
  return luaL_error(L, "a pupil has no field \"%s\"; did you mean \"%s\"?", name,
                    lua_tostring(L, -1));
}

/* pupil.NAME: a method, the school and the like, or a field. */
static int pupil_index(lua_State *L) {
  const lua_pupil *p = lua_pupil_check(L, 1);
  const char *name = luaL_checkstring(L, 2);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(UP_METHODS)) != LUA_TNIL) {
    if (is_granted(L, "registers")) return 1; /* every method reads marks */
    return luaL_error(L,
                      "the registers were not granted; add \"registers\" to reads in plugin.lua");
  }
  lua_pop(L, 1);
  if (strcmp(name, "school") == 0) {
    lua_getiuservalue(L, 1, PUPIL_BATCH);
    return push_school(L, -1), 1;
  }
  if (strcmp(name, "calendar") == 0) {
    lua_getiuservalue(L, 1, PUPIL_BATCH);
    return lua_calendar_push(L, &p->batch->calendar, -1), 1;
  }
  if (strcmp(name, "as_of") == 0) return lua_date_push(L, p->batch->header->as_of), 1;
  if (strcmp(name, "id") == 0) return lua_pushinteger(L, p->batch->records[p->index].id), 1;
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(UP_FIELDS)) != LUA_TSTRING) return unknown_field(L, name);
  const char *grant = lua_tostring(L, -1);
  if (!is_granted(L, grant))
    return luaL_error(L, "pupil.%s was not granted; add \"%s\" to reads in plugin.lua", name,
                      grant);
  return push_field(L, name), 1;
}

/* By name, where that is granted. */
static int pupil_tostring(lua_State *L) {
  const lua_pupil *p = lua_pupil_check(L, 1);
  lua_settop(L, 1);
  if (lua_getfield(L, lua_upvalueindex(UP_FIELDS), "name") == LUA_TSTRING &&
      is_granted(L, lua_tostring(L, -1))) {
    push_field(L, "name");
    if (lua_type(L, -1) == LUA_TSTRING) return 1;
  }
  lua_pushfstring(L, "pupil %d", (int)p->batch->records[p->index].id);
  return 1;
}

/* Marks -------------------------------------------------------------------- */

void lua_pupil_push_session(lua_State *L, const span *s, const code_set *codes, size_t i) {
  mark m = s->marks[i];
  lua_createtable(L, 0, 4);
  lua_date_push(L, session_day(s->calendar->at[i]));
  lua_setfield(L, -2, "date");
  lua_pushstring(L, session_half_name(s->calendar->at[i]));
  lua_setfield(L, -2, "session");
  lua_pushstring(L, codes->of[m].text);
  lua_setfield(L, -2, "code");
  lua_pushstring(L, class_name(mark_class_of(m)));
  lua_setfield(L, -2, "class");
}

/* mark(date, "AM"|"PM") -> code ("" for none), class | nil when closed */
static int pupil_mark(lua_State *L) {
  const lua_pupil *p = lua_pupil_check(L, 1);
  day d = lua_date_check(L, 2);
  size_t length;
  const char *text = luaL_checklstring(L, 3, &length);
  int half;
  luaL_argcheck(L, half_parse((slice){text, length}, &half), 3, "\"AM\" or \"PM\"");
  span s;
  batch_span(p->batch, p->index, &s);
  size_t i = calendar_index(s.calendar, session_of(d, half));
  if (i >= s.end || s.calendar->at[i] != session_of(d, half)) return 0;
  lua_pushstring(L, p->codes->of[s.marks[i]].text);
  lua_pushstring(L, class_name(mark_class_of(s.marks[i])));
  return 2;
}

/* marks([from[, to]]) -> list of sessions with their marks, up to the as-of day */
static int pupil_marks(lua_State *L) {
  const lua_pupil *p = lua_pupil_check(L, 1);
  day from = lua_date_opt(L, 2), to = lua_date_opt(L, 3);
  span s;
  batch_span(p->batch, p->index, &s);
  size_t i = from == DAY_NONE ? 0 : calendar_index(s.calendar, session_of(from, 0));
  size_t end = to == DAY_NONE ? s.end : calendar_end(s.calendar, to);
  lua_newtable(L);
  for (lua_Integer n = 1; i < end && i < s.end; i++, n++) {
    lua_pupil_push_session(L, &s, p->codes, i);
    lua_rawseti(L, -2, n);
  }
  return 1;
}

/* Types -------------------------------------------------------------------- */

int lua_pupil_open(lua_State *L) {
  static const luaL_Reg functions[] = {{"codes", codes_new}, {"batch", batch_new}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"mark", pupil_mark}, {"marks", pupil_marks}, {NULL, NULL}};
  static const luaL_Reg batch_meta[] = {
      {"__index", batch_index}, {"__len", batch_length}, {NULL, NULL}};
  static const luaL_Reg pupil_meta[] = {
      {"__index", pupil_index}, {"__tostring", pupil_tostring}, {NULL, NULL}};
  luaL_newlib(L, functions);
  type_push(L, LUA_CODES_TYPE, NULL, NULL);
  type_push(L, BATCH_TYPE, batch_meta, NULL);
  lua_pop(L, 2);
  type_push(L, LUA_PUPIL_TYPE, NULL, NULL);
  luaL_newlib(L, methods);
  lua_newtable(L);
  lua_pushvalue(L, -2);
  lua_setfield(L, -5, "pupil_methods");
  lua_pushvalue(L, -1);
  lua_setfield(L, -5, "pupil_fields");
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, -6, "pupil_readers");
  luaL_setfuncs(L, pupil_meta, UP_READERS);
  lua_pop(L, 1);
  return 1;
}
