/* lua_case: events, suggestions and entries for Lua; the contract is in the header. */
#include "host/lua_case.h"

#include <lauxlib.h>

#include "host/args.h"
#include "host/lua_store.h"
#include "script/result.h"
#include "script/type.h"
#include "store/case/entries.h"
#include "store/case/suggestions.h"

enum { OPTIONS = 2 };

#define SUGGESTIONS_TYPE "waymark.suggestions"

#define EVENT                                                                                \
  "at", "on", "kind", "pupil", "school", "enrolment", "plugin", "version", "digest", "step", \
      "concern", "by", "data", "encoded", "packed"

/* The options as an event. The texts are lent by the options, the data by the stack. */
static status check_event(lua_State *L, store *w, const char *const *known, event *out,
                          problem *p) {
  args_options(L, OPTIONS, known);
  *out = (event){.at = args_required_integer(L, OPTIONS, "at"),
                 .on = args_required_day(L, OPTIONS, "on"),
                 .pupil = args_integer(L, OPTIONS, "pupil", 0),
                 .enrolment = args_integer(L, OPTIONS, "enrolment", 0),
                 .kind = args_text(L, OPTIONS, "kind"),
                 .plugin = args_text(L, OPTIONS, "plugin"),
                 .version = args_text(L, OPTIONS, "version"),
                 .digest = args_text(L, OPTIONS, "digest"),
                 .step = args_text(L, OPTIONS, "step"),
                 .concern = args_text(L, OPTIONS, "concern"),
                 .by = args_text(L, OPTIONS, "by"),
                 .packed = args_flag(L, OPTIONS, "packed")};
  out->data = args_json(L, OPTIONS, "data", &out->encoded);
  out->encoded = out->encoded || args_flag(L, OPTIONS, "encoded");
  return lua_store_school_option(L, OPTIONS, w, &out->school, p);
}

static const char *const event_options[] = {EVENT, NULL};

/* The options as an event that `add` adds -> its number */
static int add_event(lua_State *L,
                     status (*add)(store *w, const event *what, int64_t *id, problem *p)) {
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status s = check_event(L, w, event_options, &e, &p);
  if (!s) s = add(w, &e, &id, &p);
  return result_integer(L, s, id, &p);
}

int lua_case_add_event(lua_State *L) { return add_event(L, event_add); }

int lua_case_lapse_suggestion(lua_State *L) { return add_event(L, suggestion_lapse); }

int lua_case_make_suggestion(lua_State *L) {
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  bool made = false;
  problem p;
  status s = check_event(L, w, event_options, &e, &p);
  if (!s) s = suggestion_make(w, &e, &id, &made, &p);
  if (s) return result_problem(L, &p);
  lua_pushinteger(L, id);
  lua_pushboolean(L, made);
  return 2;
}

int lua_case_add_entry(lua_State *L) {
  static const char *const known[] = {EVENT, "body", NULL};
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  bool encoded;
  status s = check_event(L, w, known, &e, &p);
  slice body = args_json(L, OPTIONS, "body", &encoded);
  if (!s) s = entry_add(w, &e, body, &id, &p);
  return result_integer(L, s, id, &p);
}

int lua_case_strike_entry(lua_State *L) {
  static const char *const known[] = {"at", "on",   "pupil", "school", "enrolment",
                                      "of", "data", "by",    NULL};
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status s = check_event(L, w, known, &e, &p);
  int64_t of = args_required_integer(L, OPTIONS, "of");
  if (!s) s = entry_strike(w, of, &e, &id, &p);
  return result_integer(L, s, id, &p);
}

/* A school's suggestions in memory --------------------------------------------- */

school_suggestions *lua_case_check_suggestions(lua_State *L, int index) {
  return lua_isnil(L, index) ? NULL : luaL_checkudata(L, index, SUGGESTIONS_TYPE);
}

static int collect(lua_State *L) {
  school_suggestions_free(luaL_checkudata(L, 1, SUGGESTIONS_TYPE));
  return 0;
}

/* The row of the key in the arguments (suggestions, enrolment, step, concern), or NULL. */
static suggestion_row *row_of(lua_State *L) {
  const school_suggestions *all = luaL_checkudata(L, 1, SUGGESTIONS_TYPE);
  return school_suggestions_find(all, luaL_checkinteger(L, 2), args_slice(L, 3), args_slice(L, 4));
}

static int find(lua_State *L) {
  const suggestion_row *row = row_of(L);
  if (!row) return 0;
  lua_pushlstring(L, row->state.at, row->state.length);
  lua_pushboolean(L, row->open);
  lua_pushinteger(L, row->made);
  return 3;
}

static int hold(lua_State *L) {
  suggestion_row *row = row_of(L);
  if (row) row->held = true;
  return 0;
}

static int look(lua_State *L) {
  const school_suggestions *all = luaL_checkudata(L, 1, SUGGESTIONS_TYPE);
  size_t count, first = school_suggestions_of(all, luaL_checkinteger(L, 2), &count);
  for (size_t i = first; i < first + count; i++) all->rows[i].look = true;
  return 0;
}

static int left(lua_State *L) {
  const school_suggestions *all = luaL_checkudata(L, 1, SUGGESTIONS_TYPE);
  const suggestion_row **rows =
      lua_newuserdatauv(L, (all->count + 1) * sizeof(suggestion_row *), 0);
  size_t n = school_suggestions_left(all, rows);
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    lua_createtable(L, 0, 5);
    result_set_integer(L, "enrolment", rows[i]->enrolment);
    result_set_integer(L, "made", rows[i]->made);
    result_set_text(L, "step", rows[i]->step);
    result_set_text(L, "concern", rows[i]->concern);
    result_set_text(L, "state", rows[i]->state);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

int lua_case_school_suggestions(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"find", find}, {"hold", hold}, {"look", look}, {"left", left}, {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__gc", collect}, {NULL, NULL}};
  static const char *const known[] = {"school", "known", "diary", "lower", NULL};
  store *w = lua_store_check(L, 1);
  args_options(L, OPTIONS, known);
  int64_t school = args_required_integer(L, OPTIONS, "school");
  int64_t last = args_integer(L, OPTIONS, "known", INT64_MAX);
  day diary = args_required_day(L, OPTIONS, "diary");
  school_suggestions *all = lua_newuserdatauv(L, sizeof *all, 0);
  *all = (school_suggestions){0};
  type_push(L, SUGGESTIONS_TYPE, meta, methods);
  lua_setmetatable(L, -2);
  problem p;
  if (school_suggestions_read(w, school, last, diary, all, &p)) return result_problem(L, &p);
  all->lower = args_flag(L, OPTIONS, "lower");
  return 1;
}
