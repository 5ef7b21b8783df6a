/* lua_cases: what people recorded, as methods of a Lua store; see
 * lua_registers.h and store/entries.h. */
#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_registers.h"
#include "host/lua_store.h"
#include "store/case/entries.h"

static int give_id(lua_State *L, status failed, int64_t id, const problem *p) {
  if (failed) return lua_push_problem(L, p);
  lua_pushinteger(L, id);
  return 1;
}

static int store_add_entry(lua_State *L) {
  static const char *const known[] = {"at",        "on",     "kind",    "pupil",  "school",
                                      "enrolment", "plugin", "version", "digest", "step",
                                      "concern",   "by",     "data",    "body",   NULL};
  store *s = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status failed = lua_event_options(L, s, known, &e, &p);
  bool encoded;
  slice body = lua_option_json(L, "body", &encoded);
  if (!failed) failed = entry_add(s, &e, body, &id, &p);
  return give_id(L, failed, id, &p);
}

static int store_strike_entry(lua_State *L) {
  static const char *const known[] = {"at", "on",   "pupil", "school", "enrolment",
                                      "of", "data", "by",    NULL};
  store *s = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status failed = lua_event_options(L, s, known, &e, &p);
  int64_t of = lua_option_required_integer(L, "of");
  if (!failed) failed = entry_strike(s, of, &e, &id, &p);
  return give_id(L, failed, id, &p);
}

static int store_entries(lua_State *L) { return lua_give_events(L, NULL, entries_list); }

void lua_cases_add(lua_State *L) {
  static const luaL_Reg methods[] = {{"add_entry", store_add_entry},
                                     {"strike_entry", store_strike_entry},
                                     {"entries", store_entries},
                                     {NULL, NULL}};
  lua_store_methods(L, methods);
}
