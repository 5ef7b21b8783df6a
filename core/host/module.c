/* module: `waymark.core`, the C of Waymark as one Lua module. Built into the
 * program, and as core.so for stock Lua; the same objects.
 *
 *   everything of script/api.h (rules, dates, calendars, batches, JSON)
 *   answer_form see lua_answer.h
 *   sdk(name)   the modules of lua/sdk in this process
 *   store       {open=}: see lua_store.h, lua_registers.h
 *   csv         see lua_csv.h
 *   worker      {start=}: see lua_plugin_job.h
 *   system      see lua_system.h */
#include "host/module.h"

#include <lauxlib.h>

#include "host/lua_answer.h"
#include "host/lua_csv.h"
#include "host/lua_plugin_job.h"
#include "host/lua_registers.h"
#include "host/lua_store.h"
#include "host/lua_system.h"
#include "script/api.h"

int luaopen_waymark_core(lua_State *L) {
  luaL_checkversion(L);
  (void)api_open(L);
  int core = lua_gettop(L);
  api_push_sdk(L, core);
  lua_pushvalue(L, -1);
  lua_setfield(L, core, "sdk");
  lua_pushliteral(L, "pupil"); /* what a pupil has is declared there */
  lua_call(L, 1, 0);
  lua_answer_add(L);
  (void)lua_store_open(L);
  lua_setfield(L, core, "store");
  lua_registers_add(L);
  lua_settop(L, core);
  (void)lua_csv_open(L);
  lua_setfield(L, core, "csv");
  (void)lua_plugin_job_open(L);
  lua_setfield(L, core, "worker");
  (void)lua_system_open(L);
  lua_setfield(L, core, "system");
  return 1;
}
