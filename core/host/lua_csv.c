/* lua_csv: see lua_csv.h. */
#include "host/lua_csv.h"

#include <string.h>

#include "host/lua_options.h"
#include "host/lua_problem.h"
#include "store/csv/left_out.h"

static const char csv_type[] = "waymark.csv";

typedef struct lua_csv {
  csv_reader *reader;
  left_out *left; /* NULL: rows left out are not kept */
  csv_row row;    /* what came last; lent by the reader */
  bool any;       /* there is such a row */
} lua_csv;

static lua_csv *check(lua_State *L) {
  lua_csv *c = luaL_checkudata(L, 1, csv_type);
  luaL_argcheck(L, c->reader, 1, "the file has been closed");
  return c;
}

/* Opening ---------------------------------------------------------------------- */

/* The options at 2 name where rows that are left out go. The reader, at 1, holds
 * the folder's name. */
static status begin_left_out(lua_State *L, lua_csv *c, problem *p) {
  slice folder = lua_option_text(L, "left_out_dir"), kind = lua_option_text(L, "kind");
  if (!folder.length) return STATUS_OK;
  int64_t at = lua_option_required_integer(L, "at");
  luaL_argcheck(L, strlen(folder.at) == folder.length, OPTIONS_AT, "'left_out_dir' is no path");
  lua_getfield(L, OPTIONS_AT, "left_out_dir");
  lua_setiuservalue(L, 1, 1);
  return left_out_new(folder.at, kind.length ? kind.at : "rows", at, c->reader, &c->left, p);
}

static int csv_open(lua_State *L) {
  static const char *const known[] = {"left_out_dir", "kind", "at", NULL};
  size_t length;
  const char *path = luaL_checklstring(L, 1, &length);
  luaL_argcheck(L, length && strlen(path) == length, 1, "not a path");
  lua_settop(L, 2);
  lua_options_check(L, known);
  lua_csv *c = lua_newuserdatauv(L, sizeof *c, 1);
  *c = (lua_csv){0};
  luaL_setmetatable(L, csv_type);
  problem p;
  if (csv_reader_open(path, NULL, 0, &c->reader, &p)) return lua_push_problem(L, &p);
  lua_replace(L, 1);
  if (begin_left_out(L, c, &p)) return lua_push_problem(L, &p);
  lua_settop(L, 1);
  return 1;
}

static int csv_close(lua_State *L) {
  lua_csv *c = luaL_checkudata(L, 1, csv_type);
  left_out_free(c->left);
  csv_reader_close(c->reader);
  *c = (lua_csv){0};
  return 0;
}

/* Reading ---------------------------------------------------------------------- */

static void push_cells(lua_State *L, const slice *cells, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    (void)lua_pushlstring(L, cells[i].length ? cells[i].at : "", cells[i].length);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int csv_headings_of(lua_State *L) {
  size_t count;
  const slice *headings = csv_headings(check(L)->reader, &count);
  push_cells(L, headings, count);
  return 1;
}

static int csv_about(lua_State *L) {
  const csv_reader *r = check(L)->reader;
  char delimiter = csv_delimiter(r);
  lua_createtable(L, 0, 4);
  lua_set_text(L, "name", slice_of(csv_name(r)));
  lua_set_text(L, "encoding", slice_of(csv_encoding(r)));
  lua_set_text(L, "delimiter", (slice){&delimiter, 1});
  lua_set_text(L, "digest", slice_of(csv_facts(r)->digest));
  return 1;
}

static const char *fault_sentence(enum csv_fault fault) {
  switch (fault) {
    case CSV_FINE: return "";
    case CSV_BROKEN_QUOTES: return left_reason_sentence(LEFT_QUOTES);
    case CSV_WRONG_COUNT: return left_reason_sentence(LEFT_WRONG_COUNT);
    case CSV_TOO_LONG: return left_reason_sentence(LEFT_TOO_LONG);
    case CSV_NUL: return left_reason_sentence(LEFT_NUL);
    case CSV_NOT_UTF8: return left_reason_sentence(LEFT_NOT_UTF8);
  }
  return "";
}

static int csv_next(lua_State *L) {
  lua_csv *c = check(L);
  problem p;
  c->any = false;
  if (csv_reader_next(c->reader, &c->row, &c->any, &p)) return lua_push_problem(L, &p);
  if (!c->any) return lua_pushnil(L), 1;
  bool read = c->row.fault == CSV_FINE || c->row.fault == CSV_WRONG_COUNT;
  lua_createtable(L, 0, 3);
  lua_set_integer(L, "line", (int64_t)c->row.line);
  lua_set_text(L, "fault", slice_of(fault_sentence(c->row.fault)));
  push_cells(L, c->row.cells, read ? c->row.count : 0);
  lua_setfield(L, -2, "cells");
  return 1;
}

/* Rows left out ---------------------------------------------------------------- */

static int csv_leave_out(lua_State *L) {
  lua_csv *c = check(L);
  const char *reason = luaL_checkstring(L, 2);
  luaL_argcheck(L, c->any, 1, "there is no row to leave out");
  problem p;
  if (c->left && left_out_add(c->left, &c->row, reason, &p)) return lua_push_problem(L, &p);
  lua_pushboolean(L, 1);
  return 1;
}

static int csv_seal(lua_State *L) {
  lua_csv *c = check(L);
  problem p;
  if (c->left && left_out_seal(c->left, &p)) return lua_push_problem(L, &p);
  const char *path = left_out_path(c->left);
  if (path)
    (void)lua_pushstring(L, path);
  else
    lua_pushboolean(L, 0);
  return 1;
}

static int csv_withdraw(lua_State *L) {
  left_out_withdraw(check(L)->left);
  return 0;
}

/* -------------------------------------------------------------------------- */

int lua_csv_open(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"headings", csv_headings_of}, {"about", csv_about}, {"next", csv_next},
      {"leave_out", csv_leave_out},  {"seal", csv_seal},   {"withdraw", csv_withdraw},
      {"close", csv_close},          {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__gc", csv_close}, {"__close", csv_close}, {NULL, NULL}};
  luaL_newmetatable(L, csv_type);
  luaL_setfuncs(L, meta, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_pushcfunction(L, csv_open);
  return 1;
}
