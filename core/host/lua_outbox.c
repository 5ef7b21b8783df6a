/* lua_outbox: effects, and the places of hook plugins, as methods of a Lua store;
 * see lua_registers.h and store/outbox.h. */
#include "store/case/outbox.h"

#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_registers.h"
#include "host/lua_store.h"

static int give_records(lua_State *L, lua_held *held, query *rows) {
  held->object = rows;
  int given = lua_push_records(L, rows);
  lua_held_free(held);
  return given;
}

static int give_true(lua_State *L, status failed, const problem *p) {
  if (failed) return lua_push_problem(L, p);
  lua_pushboolean(L, 1);
  return 1;
}

static slice check_text(lua_State *L, int index) {
  slice text;
  text.at = luaL_checklstring(L, index, &text.length);
  return text;
}

/* Effects -------------------------------------------------------------------- */

static int store_add_effect(lua_State *L) {
  static const char *const known[] = {"plugin", "version", "event", "number", "kind",
                                      "body",   "at",      "state", "note",   NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  effect e = {.plugin = lua_option_text(L, "plugin"),
              .version = lua_option_text(L, "version"),
              .event = lua_option_required_integer(L, "event"),
              .number = lua_option_required_integer(L, "number"),
              .kind = lua_option_text(L, "kind"),
              .at = lua_option_required_integer(L, "at"),
              .state = lua_option_text(L, "state"),
              .note = lua_option_text(L, "note")};
  bool encoded;
  e.body = lua_option_json(L, "body", &encoded);
  int64_t id = 0;
  bool fresh = false;
  problem p;
  if (effect_add(s, &e, &id, &fresh, &p)) return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  lua_pushboolean(L, fresh);
  return 2;
}

static int store_mark_effect(lua_State *L) {
  static const char *const known[] = {"id", "state", "path", "note", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  int64_t id = lua_option_required_integer(L, "id");
  problem p;
  status failed = effect_mark(s, id, lua_option_text(L, "state"), lua_option_text(L, "path"),
                              lua_option_text(L, "note"), &p);
  return give_true(L, failed, &p);
}

static int store_forget_effects(lua_State *L) {
  store *s = lua_store_check(L, 1);
  int64_t count = 0;
  problem p;
  if (effects_forget(s, &count, &p)) return lua_push_problem(L, &p);
  lua_pushinteger(L, count);
  return 1;
}

static int store_effects(lua_State *L) {
  static const char *const known[] = {"id", "state", "plugin", "path", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  effect_filter f = {.id = lua_option_integer(L, "id", 0),
                     .state = lua_option_text(L, "state"),
                     .plugin = lua_option_text(L, "plugin"),
                     .path = lua_option_text(L, "path")};
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  if (effects_list(s, &f, &rows, &p)) return lua_push_problem(L, &p);
  return give_records(L, held, rows);
}

/* Places --------------------------------------------------------------------- */

static int store_hook_place(lua_State *L) {
  store *s = lua_store_check(L, 1);
  int64_t place = 0;
  bool found = false;
  problem p;
  if (hook_place_get(s, check_text(L, 2), &place, &found, &p)) return lua_push_problem(L, &p);
  if (found)
    lua_pushinteger(L, place);
  else
    lua_pushnil(L);
  return 1;
}

static int store_put_hook_place(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice plugin = check_text(L, 2);
  int64_t place = luaL_checkinteger(L, 3);
  problem p;
  return give_true(L, hook_place_put(s, plugin, place, &p), &p);
}

static int store_last_event(lua_State *L) {
  store *s = lua_store_check(L, 1);
  int64_t place = 0, at = luaL_optinteger(L, 2, INT64_MIN);
  problem p;
  if (hook_last_event(s, at, &place, &p)) return lua_push_problem(L, &p);
  lua_pushinteger(L, place);
  return 1;
}

static int store_hook_events(lua_State *L) {
  store *s = lua_store_check(L, 1);
  int64_t after = luaL_checkinteger(L, 2);
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  if (hook_events(s, after, &rows, &p)) return lua_push_problem(L, &p);
  return give_records(L, held, rows);
}

void lua_outbox_add(lua_State *L) {
  static const luaL_Reg methods[] = {{"add_effect", store_add_effect},
                                     {"mark_effect", store_mark_effect},
                                     {"forget_effects", store_forget_effects},
                                     {"effects", store_effects},
                                     {"hook_place", store_hook_place},
                                     {"put_hook_place", store_put_hook_place},
                                     {"last_event", store_last_event},
                                     {"hook_events", store_hook_events},
                                     {NULL, NULL}};
  lua_store_methods(L, methods);
}
