/* lua_backup: backups, beside `open` in core.store; see lua_store.h and
 * store/backup.h. */
#include <string.h>

#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "host/lua_store.h"
#include "store/backup/backup.h"

static const char *check_path(lua_State *L, int index) {
  size_t length;
  const char *path = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, length && strlen(path) == length, index, "not a path");
  return path;
}

static int give_report(lua_State *L, status failed, const backup_report *r, const problem *p) {
  if (failed) return lua_push_problem(L, p);
  lua_createtable(L, 0, 5);
  lua_set_integer(L, "at", r->at);
  lua_set_integer(L, "bytes", r->bytes);
  lua_set_integer(L, "tables", r->tables);
  lua_set_integer(L, "rows", r->rows);
  lua_set_integer(L, "version", r->version);
  return 1;
}

static int store_backup(lua_State *L) {
  const char *from = check_path(L, 1), *to = check_path(L, 2);
  int64_t at = luaL_checkinteger(L, 3);
  backup_report r;
  problem p;
  status failed = backup_write(from, to, at, &r, &p);
  return give_report(L, failed, &r, &p);
}

static int store_restore(lua_State *L) {
  const char *from = check_path(L, 1), *to = check_path(L, 2);
  backup_report r;
  problem p;
  status failed = backup_restore(from, to, &r, &p);
  return give_report(L, failed, &r, &p);
}

void lua_backup_add(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"backup", store_backup}, {"restore", store_restore}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
