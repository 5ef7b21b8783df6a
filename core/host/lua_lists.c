/* lua_lists: lists and what came back from them, as methods of a Lua store; see
 * lua_registers.h and store/lists.h. */
#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_registers.h"
#include "host/lua_store.h"
#include "store/case/lists.h"

static int store_make_list(lua_State *L) {
  static const char *const known[] = {"at", "as_of", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  int64_t at = lua_option_required_integer(L, "at"), id = 0;
  problem p;
  if (list_make(s, at, lua_option_required_day(L, "as_of"), &id, &p))
    return lua_push_problem(L, &p);
  lua_pushinteger(L, id);
  return 1;
}

static int store_add_list_row(lua_State *L) {
  static const char *const known[] = {"list", "number", "enrolment", "step", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  int64_t list = lua_option_required_integer(L, "list");
  int64_t number = lua_option_required_integer(L, "number");
  int64_t enrolment = lua_option_required_integer(L, "enrolment");
  problem p;
  if (list_add_row(s, list, number, enrolment, lua_option_text(L, "step"), &p))
    return lua_push_problem(L, &p);
  lua_pushboolean(L, 1);
  return 1;
}

static int give_records(lua_State *L, status failed, lua_held *held, query *rows,
                        const problem *p) {
  if (failed) return lua_push_problem(L, p);
  held->object = rows;
  int given = lua_push_records(L, rows);
  lua_held_free(held);
  return given;
}

static int store_list_rows(lua_State *L) {
  static const char *const known[] = {"list", "number", NULL};
  store *s = lua_store_check(L, 1);
  lua_options_check(L, known);
  int64_t list = lua_option_integer(L, "list", 0), number = lua_option_integer(L, "number", 0);
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  status failed = list_rows(s, list, number, &rows, &p);
  return give_records(L, failed, held, rows, &p);
}

static int store_add_action(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice key;
  key.at = luaL_checklstring(L, 2, &key.length);
  int64_t entry = luaL_checkinteger(L, 3);
  problem p;
  if (action_add(s, key, entry, &p)) return lua_push_problem(L, &p);
  lua_pushboolean(L, 1);
  return 1;
}

static int store_actions(lua_State *L) {
  store *s = lua_store_check(L, 1);
  slice prefix;
  prefix.at = luaL_checklstring(L, 2, &prefix.length);
  luaL_argcheck(L, prefix.length, 2, "the beginning of a key");
  lua_settop(L, 2);
  lua_held *held = lua_held_push(L, lua_free_query);
  query *rows = NULL;
  problem p;
  status failed = actions_list(s, prefix, &rows, &p);
  return give_records(L, failed, held, rows, &p);
}

void lua_lists_add(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"make_list", store_make_list}, {"add_list_row", store_add_list_row},
      {"list_rows", store_list_rows}, {"add_action", store_add_action},
      {"actions", store_actions},     {NULL, NULL}};
  lua_store_methods(L, methods);
}
