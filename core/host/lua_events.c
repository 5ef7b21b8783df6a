/* lua_events: events, suggestions, amendments, runs and declarations; see
 * lua_registers.h. */
#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_registers.h"
#include "host/lua_store.h"
#include "script/lua_date.h"
#include "store/case/declarations.h"
#include "store/case/runs.h"
#include "store/case/suggestions.h"
#include "store/sheet/amendments.h"

/* Give all rows of a query, or the problem why there is none. */
static int give_records(lua_State *L, lua_held *held, query *rows) {
  held->object = rows;
  int given = lua_push_records(L, rows);
  lua_held_free(held);
  return given;
}

/* Events --------------------------------------------------------------------- */

/* The options as an event. The texts are lent by the options, the data by the
 * stack. */
status lua_event_options(lua_State *L, store *s, const char *const *known, event *out, problem *p) {
  static const char *const usual[] = {"at",        "on",     "kind",    "pupil",  "school",
                                      "enrolment", "plugin", "version", "digest", "step",
                                      "concern",   "by",     "data",    NULL};
  lua_options_check(L, known ? known : usual);
  *out = (event){.at = lua_option_required_integer(L, "at"),
                 .on = lua_option_required_day(L, "on"),
                 .pupil = lua_option_integer(L, "pupil", 0),
                 .enrolment = lua_option_integer(L, "enrolment", 0),
                 .kind = lua_option_text(L, "kind"),
                 .plugin = lua_option_text(L, "plugin"),
                 .version = lua_option_text(L, "version"),
                 .digest = lua_option_text(L, "digest"),
                 .step = lua_option_text(L, "step"),
                 .concern = lua_option_text(L, "concern"),
                 .by = lua_option_text(L, "by")};
  out->data = lua_option_json(L, "data", &out->encoded);
  return lua_option_school(L, s, &out->school, p);
}

static int store_add_event(lua_State *L) {
  store *s = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status failed = lua_event_options(L, s, NULL, &e, &p);
  if (!failed) failed = event_add(s, &e, &id, &p);
  if (failed) return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  return 1;
}

int lua_give_events(lua_State *L, const char *const *known, lua_event_lister *lister) {
  static const char *const usual[] = {"pupil", "upn", "school", "kind", "as_of", "known_at", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known ? known : usual);
  event_filter f = {.pupil = lua_option_integer(L, "pupil", 0),
                    .upn = lua_option_text(L, "upn"),
                    .kind = lua_option_text(L, "kind"),
                    .as_of = lua_option_day(L, "as_of"),
                    .known_at = lua_option_known_at(L)};
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  status failed = lua_option_school(L, s, &f.school, &p);
  if (!failed) failed = lister(s, &f, &rows, &p);
  return failed ? lua_push_problem(L, &p) : give_records(L, held, rows);
}

static int store_events(lua_State *L) { return lua_give_events(L, NULL, events_list); }

/* Suggestions ---------------------------------------------------------------- */

static int store_suggestions(lua_State *L) {
  static const char *const known[] = {"state", "school", "enrolment", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  suggestion_filter f = {.enrolment = lua_option_integer(L, "enrolment", 0),
                         .state = lua_option_text(L, "state")};
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  status failed = lua_option_school(L, s, &f.school, &p);
  if (!failed) failed = suggestions_list(s, &f, &rows, &p);
  return failed ? lua_push_problem(L, &p) : give_records(L, held, rows);
}

static int store_make_suggestion(lua_State *L) {
  store *s = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  bool made = false;
  problem p;
  status failed = lua_event_options(L, s, NULL, &e, &p);
  if (!failed) failed = suggestion_make(s, &e, &id, &made, &p);
  if (failed) return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  lua_pushboolean(L, made);
  return 2;
}

static int store_lapse_suggestion(lua_State *L) {
  store *s = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status failed = lua_event_options(L, s, NULL, &e, &p);
  if (!failed) failed = suggestion_lapse(s, &e, &id, &p);
  if (failed) return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  return 1;
}

static int store_amendments(lua_State *L) {
  static const char *const known[] = {"enrolment", "since", "since_event", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  int64_t enrolment = lua_option_required_integer(L, "enrolment");
  int64_t since = lua_option_integer(L, "since", INT64_MIN);
  int64_t since_event = lua_option_integer(L, "since_event", 0);
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  status failed = amendments_list(s, enrolment, since, since_event, &rows, &p);
  return failed ? lua_push_problem(L, &p) : give_records(L, held, rows);
}

/* Runs ----------------------------------------------------------------------- */

static slice failure_text(lua_State *L, const char *name) {
  slice text = {"", 0};
  lua_pushstring(L, name);
  int type = lua_rawget(L, -2);
  if (type != LUA_TNIL && type != LUA_TSTRING)
    luaL_error(L, "a failure's '%s' must be a text", name);
  if (type == LUA_TSTRING) text.at = lua_tolstring(L, -1, &text.length);
  lua_pop(L, 1); /* the record lends it */
  return text;
}

/* The record of a failure on top of the stack. */
static run_failure check_failure(lua_State *L) {
  if (!lua_istable(L, -1)) luaL_error(L, "'failures' must be a list of records");
  run_failure f = {.plugin = failure_text(L, "plugin"),
                   .version = failure_text(L, "version"),
                   .step = failure_text(L, "step"),
                   .verdict = failure_text(L, "verdict"),
                   .message = failure_text(L, "message")};
  if (!f.plugin.length || !f.verdict.length || !f.message.length)
    luaL_error(L, "a failure needs plugin, verdict and message");
  lua_pushliteral(L, "enrolment");
  int is_integer = 1;
  if (lua_rawget(L, -2) != LUA_TNIL) f.enrolment = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer) luaL_error(L, "a failure's 'enrolment' must be an integer");
  lua_pop(L, 1);
  return f;
}

static status record_failures(lua_State *L, store *s, int64_t run_id, bool check_only, problem *p) {
  status failed = STATUS_OK;
  lua_pushliteral(L, "failures");
  int type = lua_rawget(L, OPTIONS_AT);
  if (type != LUA_TNIL && type != LUA_TTABLE) luaL_error(L, "'failures' must be a list");
  for (lua_Integer i = 1; type == LUA_TTABLE && !failed; i++) {
    if (lua_rawgeti(L, -1, i) == LUA_TNIL) break;
    run_failure f = check_failure(L);
    if (!check_only) failed = run_fail(s, run_id, &f, p);
    lua_pop(L, 1);
  }
  lua_settop(L, OPTIONS_AT);
  return failed;
}

static int store_record_run(lua_State *L) {
  static const char *const known[] = {"at", "as_of", "made", "lapsed", "failures", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  run r = {.at = lua_option_required_integer(L, "at"),
           .as_of = lua_option_required_day(L, "as_of"),
           .made = lua_option_integer(L, "made", 0),
           .lapsed = lua_option_integer(L, "lapsed", 0)};
  problem p;
  int64_t id = 0;
  (void)record_failures(L, s, 0, true, &p);
  status failed = run_record(s, &r, &id, &p);
  if (!failed) failed = record_failures(L, s, id, false, &p);
  if (failed) return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  return 1;
}

static int store_last_run(lua_State *L) {
  store *s = lua_store_check(L, 1);
  run r;
  bool found = false;
  problem p;
  if (run_last(s, &r, &found, &p)) return lua_push_problem(L, &p);
  if (!found) return lua_pushnil(L), 1;
  lua_createtable(L, 0, 5);
  lua_set_integer(L, "id", r.id);
  lua_set_integer(L, "at", r.at);
  lua_date_push(L, r.as_of);
  lua_setfield(L, -2, "as_of");
  lua_set_integer(L, "made", r.made);
  lua_set_integer(L, "lapsed", r.lapsed);
  return 1;
}

static int store_add_plugin_state(lua_State *L) {
  static const char *const known[] = {"at", "plugin", "state", "why", "by", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  plugin_state what = {.at = lua_option_required_integer(L, "at"),
                       .plugin = lua_option_text(L, "plugin"),
                       .state = lua_option_text(L, "state"),
                       .why = lua_option_text(L, "why"),
                       .by = lua_option_text(L, "by")};
  problem p;
  if (plugin_state_add(s, &what, &p)) return lua_push_problem(L, &p);
  lua_pushboolean(L, 1);
  return 1;
}

static int store_plugin_states(lua_State *L) {
  store *s = lua_store_check(L, 1);
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  status failed = plugin_states(s, &rows, &p);
  return failed ? lua_push_problem(L, &p) : give_records(L, held, rows);
}

/* Declarations --------------------------------------------------------------- */

static slice check_text(lua_State *L, int index) {
  slice text;
  text.at = luaL_checklstring(L, index, &text.length);
  return text;
}

static void free_buffer(void *held) {
  buffer_free(held);
  mem_free(held);
}

static int store_declaration(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice key = check_text(L, 2);
  lua_held *held = lua_held_push(L, free_buffer);
  buffer *body = mem_new(1, sizeof *body);
  if (!body) return luaL_error(L, "not enough memory");
  held->object = body;
  bool found = false;
  problem p;
  if (declaration_get(s, key, body, &found, &p)) return lua_push_problem(L, &p);
  if (found)
    lua_pushlstring(L, body->bytes, body->length);
  else
    lua_pushnil(L);
  lua_held_free(held);
  return 1;
}

static int store_put_declaration(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice key = check_text(L, 2), body = check_text(L, 3);
  int64_t at = luaL_checkinteger(L, 4);
  problem p;
  if (declaration_put(s, key, body, at, &p)) return lua_push_problem(L, &p);
  lua_pushboolean(L, 1);
  return 1;
}

void lua_events_add(lua_State *L) {
  static const luaL_Reg methods[] = {{"add_event", store_add_event},
                                     {"events", store_events},
                                     {"suggestions", store_suggestions},
                                     {"make_suggestion", store_make_suggestion},
                                     {"lapse_suggestion", store_lapse_suggestion},
                                     {"amendments", store_amendments},
                                     {"add_plugin_state", store_add_plugin_state},
                                     {"plugin_states", store_plugin_states},
                                     {"record_run", store_record_run},
                                     {"last_run", store_last_run},
                                     {"declaration", store_declaration},
                                     {"put_declaration", store_put_declaration},
                                     {NULL, NULL}};
  lua_store_methods(L, methods);
}
