/* lua_school_events: what a school did for everybody, as methods of a Lua store; see
 * lua_registers.h and store/events.h. */
#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_registers.h"
#include "host/lua_store.h"
#include "store/case/events.h"

static int store_add_school_event(lua_State *L) {
  static const char *const known[] = {"at",      "on",     "school", "step", "plugin",
                                      "version", "digest", "by",     "body", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  event e = {.at = lua_option_required_integer(L, "at"),
             .on = lua_option_required_day(L, "on"),
             .step = lua_option_text(L, "step"),
             .plugin = lua_option_text(L, "plugin"),
             .version = lua_option_text(L, "version"),
             .digest = lua_option_text(L, "digest"),
             .by = lua_option_text(L, "by")};
  e.data = lua_option_json(L, "body", &e.encoded);
  int64_t id = 0;
  problem p;
  status failed = lua_option_school(L, s, &e.school, &p);
  if (!failed) failed = school_event_add(s, &e, &id, &p);
  if (failed) return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  return 1;
}

static int store_school_events(lua_State *L) {
  static const char *const known[] = {"school", "as_of", "known_at", NULL};
  return lua_give_events(L, known, school_events_list);
}

void lua_school_events_add(lua_State *L) {
  static const luaL_Reg methods[] = {{"add_school_event", store_add_school_event},
                                     {"school_events", store_school_events},
                                     {NULL, NULL}};
  lua_store_methods(L, methods);
}
