/* lua_store: stores as userdata; the invariants are in the header. */
#include "host/lua_store.h"

#include <string.h>

#include "host/args.h"
#include "host/held.h"
#include "host/lua_system.h"
#include "script/lua_date.h"
#include "script/result.h"
#include "script/type.h"
#include "store/backup/backup.h"
#include "store/case/check.h"
#include "store/people/schools.h"

static const char store_type[] = "waymark.store";

static bool reads_only; /* set once, for the process; no Lua reaches it */

store *lua_store_check(lua_State *L, int index) {
  store **s = luaL_checkudata(L, index, store_type);
  luaL_argcheck(L, *s, index, "the workspace has been closed");
  return *s;
}

store *lua_store_iterated(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1); /* where an error message can name it */
  store *w = lua_store_check(L, 1);
  lua_remove(L, 1);
  return w;
}

status lua_store_school_option(lua_State *L, int at, store *w, int64_t *out, problem *p) {
  bool by_key = lua_getfield(L, at, "school") == LUA_TSTRING;
  lua_pop(L, 1);
  if (by_key) return school_find(store_db(w), args_text(L, at, "school"), out, p);
  *out = args_integer(L, at, "school", 0);
  return STATUS_OK;
}

/* Opening -------------------------------------------------------------------- */

static int refuse_change(lua_State *L) {
  problem p;
  (void)problem_set(&p, STATUS_REFUSED, "change it by a command, such as waymark import or record",
                    "a script opens a workspace for reading only");
  return result_problem(L, &p);
}

int lua_store_read_only(lua_State *L) {
  (void)L;
  reads_only = true;
  return 0;
}

int lua_store_create(lua_State *L) {
  const char *path = args_path(L, 1);
  if (reads_only) return refuse_change(L);
  buffer *warning = held_buffer(L);
  problem p;
  if (store_create(path, warning, &p)) return result_problem(L, &p);
  lua_system_changed();
  lua_pushboolean(L, true);
  lua_pushstring(L, warning->bytes); /* nil for NULL */
  return 2;
}

int lua_store_open(lua_State *L) {
  static const char *const names[] = {"create", "write", "read", NULL};
  static const enum db_mode modes[] = {DB_CREATE, DB_WRITE, DB_READ};
  const char *path = args_path(L, 1);
  enum db_mode mode = modes[luaL_checkoption(L, 2, NULL, names)];
  if (reads_only && mode != DB_READ) return refuse_change(L);
  if (mode == DB_CREATE && (lua_store_create(L), lua_isnil(L, -2))) return 2;
  problem p;
  store **s = lua_newuserdatauv(L, sizeof *s, 0);
  *s = NULL;
  luaL_setmetatable(L, store_type);
  if (store_open(path, mode == DB_READ ? mode : DB_WRITE, s, &p)) return result_problem(L, &p);
  lua_pushstring(L, store_warning(*s)); /* nil for NULL */
  return 2;
}

int lua_store_close(lua_State *L) {
  store **s = luaL_checkudata(L, 1, store_type);
  store_close(*s);
  *s = NULL;
  return 0;
}

void lua_store_type(lua_State *L, const luaL_Reg *methods) {
  static const luaL_Reg meta[] = {
      {"__gc", lua_store_close}, {"__close", lua_store_close}, {NULL, NULL}};
  type_push(L, store_type, meta, methods);
  lua_pop(L, 1);
}

/* Backups -------------------------------------------------------------------- */

static int give_report(lua_State *L, status s, const backup_report *r, const problem *p) {
  if (s) return result_problem(L, p);
  lua_system_changed();
  lua_createtable(L, 0, 5);
  result_set_integer(L, "at", r->at);
  result_set_integer(L, "bytes", r->bytes);
  result_set_integer(L, "tables", r->tables);
  result_set_integer(L, "rows", r->rows);
  result_set_integer(L, "version", r->version);
  return 1;
}

int lua_store_backup(lua_State *L) {
  const char *from = args_path(L, 1), *to = args_path(L, 2);
  int64_t at = luaL_checkinteger(L, 3);
  backup_report r;
  problem p;
  status s = backup_write(from, to, at, &r, &p);
  return give_report(L, s, &r, &p);
}

int lua_store_restore(lua_State *L) {
  const char *from = args_path(L, 1), *to = args_path(L, 2);
  if (reads_only) return refuse_change(L);
  backup_report r;
  problem p;
  status s = backup_restore(from, to, &r, &p);
  return give_report(L, s, &r, &p);
}

/* Transactions --------------------------------------------------------------- */

int lua_store_begin(lua_State *L) {
  problem p;
  db *d = store_db(lua_store_check(L, 1));
  return result_true(L, db_begin(d, lua_toboolean(L, 2), &p), &p);
}

int lua_store_lock(lua_State *L) {
  problem p;
  return result_true(L, db_lock(store_db(lua_store_check(L, 1)), &p), &p);
}

int lua_store_is_locked(lua_State *L) {
  lua_pushboolean(L, db_is_locked(store_db(lua_store_check(L, 1))));
  return 1;
}

int lua_store_is_stale(lua_State *L) {
  lua_pushboolean(L, db_is_stale(store_db(lua_store_check(L, 1))));
  return 1;
}

int lua_store_refuse_changes(lua_State *L) {
  problem p;
  luaL_checktype(L, 2, LUA_TBOOLEAN);
  db *d = store_db(lua_store_check(L, 1));
  return result_true(L, db_refuse_changes(d, lua_toboolean(L, 2), &p), &p);
}

int lua_store_commit(lua_State *L) {
  problem p;
  db *d = store_db(lua_store_check(L, 1));
  bool changes = db_is_locked(d);
  status s = db_commit(d, &p);
  if (!s && changes) lua_system_committed();
  return result_true(L, s, &p);
}

int lua_store_rollback(lua_State *L) {
  problem p;
  store *w = lua_store_check(L, 1);
  db_rollback(store_db(w));
  lua_system_rolled_back();
  return result_true(L, store_reload(w, &p), &p);
}

/* Settings ------------------------------------------------------------------- */

int lua_store_settings(lua_State *L) {
  store *w = lua_store_check(L, 1);
  slice text = args_slice(L, 2);
  int64_t at = luaL_checkinteger(L, 3);
  problem p;
  bool kept = false;
  if (store_settings(w, text, at, &kept, &p)) return result_problem(L, &p);
  lua_pushboolean(L, kept);
  return 1;
}

int lua_store_last_settings(lua_State *L) {
  store *w = lua_store_check(L, 1);
  buffer *text = held_buffer(L);
  problem p;
  int64_t at = 0;
  bool any = false;
  if (store_last_settings(w, text, &at, &any, &p)) return result_problem(L, &p);
  if (!any) return 0;
  (void)lua_pushlstring(L, text->length ? text->bytes : "", text->length);
  lua_pushinteger(L, at);
  return 2;
}

/* Codes ---------------------------------------------------------------------- */

int lua_store_codes(lua_State *L) {
  store *w = lua_store_check(L, 1);
  const code_set *all = store_codes(w);
  buffer *meaning = held_buffer(L);
  lua_Integer n = 0;
  problem p;
  lua_newtable(L);
  for (unsigned m = 1; m < MARK_VALUES; m++) {
    const code *c = &all->of[m];
    if (!c->text[0]) continue;
    buffer_clear(meaning);
    if (store_code_meaning(w, (mark)m, meaning, &p)) return result_raise(L, &p);
    lua_createtable(L, 0, 7);
    result_set_integer(L, "byte", m);
    result_set_text(L, "text", slice_of(c->text));
    result_set_text(L, "class", slice_of(class_name(mark_class_of((mark)m))));
    result_set_text(L, "meaning", buffer_slice(meaning));
    result_set_flag(L, "physical", c->physical);
    result_set_day(L, "from", c->from);
    result_set_day(L, "to", c->to);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

int lua_store_add_codes(lua_State *L) {
  enum { CODE = 3 }; /* the one at hand, on the stack */
  store *w = lua_store_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_Integer count = luaL_len(L, 2);
  problem p = {0};
  status s = STATUS_OK;
  for (lua_Integer i = 1; i <= count && !s; i++) {
    enum mark_class class;
    lua_geti(L, 2, i);
    luaL_checktype(L, CODE, LUA_TTABLE);
    slice text = args_text(L, CODE, "text"), name = args_text(L, CODE, "class");
    code c = {.physical = args_flag(L, CODE, "physical"),
              .from = args_day(L, CODE, "from"),
              .to = args_day(L, CODE, "to")};
    if (text.length >= sizeof c.text) {
      s = problem_set(&p, STATUS_SYNTAX, "use one or two printable characters",
                      "not an attendance code: \"%.20s\"", text.at);
    } else if (!class_parse(name, &class)) {
      s = problem_set(&p, STATUS_NOT_FOUND, NULL, "no class of codes is called \"%.40s\"", name.at);
    } else {
      memcpy(c.text, text.at, text.length);
      s = store_codes_add(w, class, &c, args_text(L, CODE, "meaning"), NULL, &p);
    }
    lua_settop(L, 2);
  }
  return result_true(L, s, &p);
}

/* Calendars ------------------------------------------------------------------ */

int lua_store_default_days(lua_State *L) {
  enum { MOST_DAYS = 120000 }; /* of all years that there are */
  store *w = lua_store_check(L, 1);
  slice key = {"", 0};
  if (!lua_isnoneornil(L, 2)) key = args_slice(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_Integer count = luaL_len(L, 3);
  luaL_argcheck(L, count >= 0 && count <= MOST_DAYS, 3, "too many days");
  school_day *days = lua_newuserdatauv(L, (size_t)(count ? count : 1) * sizeof *days, 0);
  int top = lua_gettop(L);
  for (lua_Integer i = 0; i < count; i++) {
    lua_geti(L, 3, i + 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_geti(L, top + 1, 1);
    lua_geti(L, top + 1, 2);
    lua_geti(L, top + 1, 3);
    days[i] = (school_day){lua_date_check(L, top + 2),
                           {lua_toboolean(L, top + 3), lua_toboolean(L, top + 4)}};
    lua_settop(L, top);
  }
  problem p;
  return result_true(L, store_default_days(w, key, days, (size_t)count, &p), &p);
}

int lua_store_show_groups(lua_State *L) {
  store *w = lua_store_check(L, 1);
  problem p;
  return result_true(L, store_show_groups(w, args_slice(L, 2), &p), &p);
}

int lua_store_days(lua_State *L) {
  store *w = lua_store_check(L, 1);
  int64_t school = luaL_checkinteger(L, 2);
  day from = lua_date_opt(L, 3), to = lua_date_opt(L, 4);
  held *h = held_push(L, mem_free);
  school_day *all = NULL;
  size_t count = 0;
  problem p;
  if (store_days(w, school, &all, &count, &p)) return result_problem(L, &p);
  h->object = all;
  lua_newtable(L);
  lua_Integer n = 0;
  for (size_t i = 0; i < count; i++) {
    if ((from != DAY_NONE && all[i].on < from) || (to != DAY_NONE && all[i].on > to)) continue;
    lua_createtable(L, 3, 0);
    lua_date_push(L, all[i].on);
    lua_rawseti(L, -2, 1);
    for (int half = 0; half < 2; half++) {
      lua_pushboolean(L, all[i].open[half]);
      lua_rawseti(L, -2, half + 2);
    }
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* Schools -------------------------------------------------------------------- */

static void free_schools(void *object) { schools_free(object); }

static schools *hold_schools(lua_State *L, store *w, problem *p) {
  held *h = held_push(L, free_schools);
  schools *all = NULL;
  if (schools_new(store_db(w), &all, p)) return NULL;
  h->object = all;
  return all;
}

int lua_store_schools(lua_State *L) {
  store *w = lua_store_check(L, 1);
  problem p;
  schools *all = hold_schools(L, w, &p);
  if (!all) return result_problem(L, &p);
  lua_newtable(L);
  for (size_t i = 0; i < all->count; i++) {
    const school_entry *e = &all->list[i];
    session reach = SESSION_NONE;
    if (school_reach(store_db(w), e->id, INT64_MAX, &reach, &p)) return result_problem(L, &p);
    lua_createtable(L, 0, 6);
    result_set_integer(L, "id", e->id);
    result_set_text(L, "key", slice_of(e->key));
    lua_pushstring(L, e->name);
    lua_setfield(L, -2, "name");
    result_set_text(L, "phase", slice_of(e->phase));
    result_set_text(L, "la", slice_of(e->la));
    if (reach != SESSION_NONE) {
      lua_createtable(L, 2, 0);
      lua_date_push(L, session_day(reach));
      lua_rawseti(L, -2, 1);
      lua_pushstring(L, session_half_name(reach));
      lua_rawseti(L, -2, 2);
      lua_setfield(L, -2, "reach");
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

int lua_store_school_id(lua_State *L) {
  store *w = lua_store_check(L, 1);
  int64_t id = 0;
  problem p;
  status s = school_find(store_db(w), args_slice(L, 2), &id, &p);
  return result_integer(L, s, id, &p);
}

int lua_store_put_school(lua_State *L) {
  static const char *const known[] = {"key", "name", "phase", "la", "was", NULL};
  static const char *const names[] = {
      [PUT_ADDED] = "added", [PUT_UNCHANGED] = "unchanged", [PUT_CHANGED] = "changed"};
  store *w = lua_store_check(L, 1);
  args_options(L, 2, known);
  school_record what = {.key = args_text(L, 2, "key"),
                        .name = args_text(L, 2, "name"),
                        .phase = args_text(L, 2, "phase"),
                        .la = args_text(L, 2, "la"),
                        .was = args_text(L, 2, "was")};
  what.has_phase = what.phase.length > 0;
  what.has_la = what.la.length > 0;
  enum put_change change;
  problem p;
  schools *all = hold_schools(L, w, &p);
  if (!all || schools_put(all, &what, &change, &p)) return result_problem(L, &p);
  lua_pushstring(L, names[change]);
  return 1;
}

/* Checking ------------------------------------------------------------------- */

static void free_findings(void *object) {
  findings_free(object);
  mem_free(object);
}

int lua_store_verify(lua_State *L) {
  store *w = lua_store_check(L, 1);
  held *h = held_push(L, free_findings);
  findings *found = mem_new(1, sizeof *found);
  if (!found) return luaL_error(L, "not enough memory");
  h->object = found;
  problem p;
  if (check_workspace(w, found, &p)) return result_problem(L, &p);
  lua_createtable(L, (int)found->count, 0);
  for (size_t i = 0; i < found->count; i++) {
    lua_pushstring(L, found->texts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  held_free(h);
  return 1;
}
