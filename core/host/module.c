/* module: `waymark.core` in full: what the host's Lua is given, on one page. Each function is told
 * of in the header of its file. */
#include "host/module.h"

#include <lauxlib.h>

#include "host/lua_case.h"
#include "host/lua_html.h"
#include "host/lua_examine.h"
#include "host/lua_import.h"
#include "host/lua_rows.h"
#include "host/lua_school.h"
#include "host/lua_store.h"
#include "host/lua_system.h"
#include "host/lua_worker.h"
#include "script/api.h"
#include "script/chunk.h"
#include "script/result.h"
#include "store/school/fields.h"

static const luaL_Reg store_functions[] = {
    {"open", lua_store_open},           {"create", lua_store_create},
    {"read_only", lua_store_read_only}, {"backup", lua_store_backup},
    {"restore", lua_store_restore},     {NULL, NULL}};

static const luaL_Reg store_methods[] = {{"close", lua_store_close},
                                         {"begin", lua_store_begin},
                                         {"lock", lua_store_lock},
                                         {"is_locked", lua_store_is_locked},
                                         {"is_stale", lua_store_is_stale},
                                         {"refuse_changes", lua_store_refuse_changes},
                                         {"commit", lua_store_commit},
                                         {"rollback", lua_store_rollback},
                                         {"settings", lua_store_settings},
                                         {"last_settings", lua_store_last_settings},
                                         {"codes", lua_store_codes},
                                         {"add_codes", lua_store_add_codes},
                                         {"default_days", lua_store_default_days},
                                         {"days", lua_store_days},
                                         {"show_groups", lua_store_show_groups},
                                         {"schools", lua_store_schools},
                                         {"school_id", lua_store_school_id},
                                         {"put_school", lua_store_put_school},
                                         {"check", lua_store_verify},
                                         {"query", lua_rows_query},
                                         {"rows", lua_rows_rows},
                                         {"run", lua_rows_run},
                                         {"import", lua_import_run},
                                         {"import_marks", lua_import_marks},
                                         {"undo_marks", lua_import_undo_marks},
                                         {"likeness", lua_import_likeness},
                                         {"batches", lua_school_batches},
                                         {"figures", lua_school_figures},
                                         {"write_figures", lua_school_write_figures},
                                         {"sweep", lua_school_sweep},
                                         {"add_event", lua_case_add_event},
                                         {"make_suggestion", lua_case_make_suggestion},
                                         {"lapse_suggestion", lua_case_lapse_suggestion},
                                         {"school_suggestions", lua_case_school_suggestions},
                                         {"add_entry", lua_case_add_entry},
                                         {"strike_entry", lua_case_strike_entry},
                                         {NULL, NULL}};

static const luaL_Reg system_functions[] = {{"now", lua_system_now},
                                            {"time", lua_system_time},
                                            {"time_text", lua_system_time_text},
                                            {"local_text", lua_system_local_text},
                                            {"sha256", lua_system_sha256},
                                            {"is_terminal", lua_system_is_terminal},
                                            {"processors", lua_system_processors},
                                            {"width", lua_system_width},
                                            {"taken_back", lua_system_taken_back},
                                            {"columns", lua_system_columns},
                                            {"readline", lua_system_readline},
                                            {"history_load", lua_system_history_load},
                                            {"history_save", lua_system_history_save},
                                            {"make_folder", lua_system_make_folder},
                                            {"private", lua_system_private},
                                            {"read", lua_system_read},
                                            {"write", lua_system_write},
                                            {"place", lua_system_place},
                                            {"lock", lua_system_lock},
                                            {"bounded", lua_system_bounded},
                                            {"run", lua_system_run},
                                            {"hold", lua_system_hold},
                                            {"is_stopped", lua_system_is_stopped},
                                            {NULL, NULL}};

/* sdk_code(): all of lua/sdk, compiled. What plugins declare goes by it. */
static int sdk_code(lua_State *L) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (const chunk *c = chunk_sdk; c->name; c++) luaL_addlstring(&b, c->code, c->length);
  luaL_pushresult(&b);
  return 1;
}

int luaopen_waymark_core(lua_State *L) {
  luaL_checkversion(L);
  (void)api_open(L); /* rules, dates, calendars, batches, JSON */
  int core = lua_gettop(L);
  (void)luaL_newmetatable(L, RESULT_PROBLEM); /* waymark.base.problem fills it */
  lua_setfield(L, core, "problem");
  api_push_sdk(L, core); /* sdk(name): the modules of lua/sdk in this process */
  lua_pushvalue(L, -1);
  lua_setfield(L, core, "sdk");
  lua_pushcfunction(L, sdk_code);
  lua_setfield(L, core, "sdk_code");
  lua_pushliteral(L, "pupil"); /* what a pupil has is declared there */
  lua_call(L, 1, 0);
  lua_store_type(L, store_methods);
  luaL_newlib(L, store_functions);
  lua_pushinteger(L, FIELD_CASE_MOST);
  lua_setfield(L, -2, "case_most"); /* bytes of a case that plugins are told of */
  lua_setfield(L, core, "store");
  lua_pushcfunction(L, lua_examine);
  lua_setfield(L, core, "examine");
  lua_pushcfunction(L, lua_import_csv);
  lua_setfield(L, core, "csv");
  lua_pushcfunction(L, lua_import_csv_line);
  lua_setfield(L, core, "csv_line");
  lua_pushcfunction(L, lua_html);
  lua_setfield(L, core, "html");
  (void)lua_worker_open(L);
  lua_setfield(L, core, "worker");
  luaL_newlib(L, system_functions);
  lua_setfield(L, core, "system");
  return 1;
}
