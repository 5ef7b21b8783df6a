/* lua_import: imports and CSV files for Lua; the contract is in the header. */
#include "host/lua_import.h"

#include <string.h>

#include "host/args.h"
#include "host/held.h"
#include "host/lua_reading.h"
#include "host/lua_store.h"
#include "script/lua_date.h"
#include "script/result.h"
#include "script/type.h"
#include "store/import/import.h"
#include "store/import/undo.h"
#include "store/sheet/likeness.h"
#include "store/csv/csv_write.h"
#include "store/csv/left_out.h"

/* The report of an import ---------------------------------------------------- */

static void push_examples(lua_State *L, const char *name, const char *sentence, const examples *t) {
  lua_createtable(L, 0, 4);
  if (name) result_set_text(L, "name", slice_of(name));
  if (sentence) result_set_text(L, "sentence", slice_of(sentence));
  result_set_integer(L, "count", (int64_t)t->count);
  lua_createtable(L, (int)t->shown, 0);
  for (size_t i = 0; i < t->shown; i++) {
    lua_createtable(L, 0, 2);
    if (t->list[i].line) result_set_integer(L, "line", (int64_t)t->list[i].line);
    result_set_text(L, "words", slice_of(t->list[i].words));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "examples");
}

/* The children who are named: a list of reasons, and of each its first names. */
static void push_names(lua_State *L, const import_report *r) {
  lua_newtable(L);
  for (unsigned i = 0, n = 0; i < IMPORT_NAMES; i++) {
    const name_list *list = &r->names[i];
    if (!list->count || list->texts.failed) continue;
    lua_createtable(L, 0, 4);
    result_set_text(L, "name", slice_of(import_names_name(i)));
    result_set_text(L, "sentence", slice_of(import_names_sentence(i)));
    result_set_integer(L, "count", (int64_t)list->count);
    lua_createtable(L, (int)list->shown, 0);
    const char *at = list->texts.bytes;
    for (size_t k = 0; k < list->shown; k++) {
      lua_createtable(L, 0, 3);
      result_set_text(L, "name", slice_of(at));
      at += strlen(at) + 1;
      if (*at) result_set_text(L, "words", slice_of(at));
      at += strlen(at) + 1;
      int64_t line = 0;
      if (text_number(slice_of(at), INT64_MAX, &line) && line) result_set_integer(L, "line", line);
      at += strlen(at) + 1;
      lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
    lua_setfield(L, -2, "names");
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "people");
}

static void set_list(lua_State *L, const char *name, char *const *texts, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushstring(L, texts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

static void push_report(lua_State *L, const import_report *r) {
  const struct {
    const char *name;
    size_t count;
  } counts[] = {{"rows", r->rows},       {"added", r->added},       {"unchanged", r->unchanged},
                {"changed", r->changed}, {"removed", r->removed},   {"repeated", r->repeated},
                {"merged", r->merged},   {"cleared", r->cleared},   {"no_mark", r->no_mark},
                {"agreed", r->agreed},   {"left_out", r->left_out}, {"sessions", r->sessions},
                {"schools", r->schools}, {"details", r->details}};
  lua_createtable(L, 0, 32);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    result_set_integer(L, counts[i].name, (int64_t)counts[i].count);
  result_set_text(L, "kind", slice_of(import_kind_name(r->kind)));
  if (r->shape) result_set_text(L, "shape", slice_of(r->shape));
  if (r->file) result_set_text(L, "file", slice_of(r->file));
  if (r->left_out_path) result_set_text(L, "left_out_path", slice_of(r->left_out_path));
  result_set_text(L, "digest", slice_of(r->digest));
  result_set_text(L, "encoding", slice_of(r->encoding));
  if (r->delimiter) result_set_text(L, "delimiter", (slice){&r->delimiter, 1});
  if (r->import) result_set_integer(L, "import", r->import);
  result_set_flag(L, "seen_before", r->seen_before);
  result_set_day(L, "first", r->first);
  result_set_day(L, "last", r->last);
  lua_newtable(L);
  for (unsigned i = 0, n = 0; i < LEFT_REASONS; i++) {
    if (!r->reasons[i].count) continue;
    push_examples(L, left_reason_name(i), left_reason_sentence(i), &r->reasons[i]);
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "reasons");
  lua_newtable(L);
  for (unsigned i = 0, n = 0; i < IMPORT_WARNINGS; i++) {
    if (!r->warnings[i].count) continue;
    push_examples(L, import_warning_name(i), import_warning_sentence(i), &r->warnings[i]);
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "warnings");
  push_names(L, r);
  push_examples(L, NULL, NULL, &r->repeats);
  lua_setfield(L, -2, "repeats");
  push_examples(L, NULL, NULL, &r->clears);
  lua_setfield(L, -2, "clears");
  push_examples(L, NULL, NULL, &r->passed_over);
  lua_setfield(L, -2, "passed_over");
  lua_newtable(L);
  for (size_t i = 0; i < r->pair_count; i++) {
    const import_pair *pair = &r->pairs[i];
    lua_createtable(L, 0, 3);
    result_set_text(L, "was", slice_of(r->codes.of[pair->was].text));
    result_set_text(L, "now", slice_of(r->codes.of[pair->now].text));
    result_set_integer(L, "count", (int64_t)pair->count);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "pairs");
  set_list(L, "ignored", r->ignored, r->ignored_count);
  set_list(L, "groups", r->groups, r->group_count);
}

/* Importing ------------------------------------------------------------------ */

enum { SELF = 1, KIND, PATH, OPTIONS, PROGRESS, READING };

/* step(function, &numbers) -> what the function says; false only when it said
 * false. Called protected: pushing may raise. */
static int progress_step(lua_State *L) {
  const uint64_t *numbers = lua_touserdata(L, 2);
  lua_settop(L, 1);
  lua_pushinteger(L, (lua_Integer)numbers[0]);
  lua_pushinteger(L, (lua_Integer)numbers[1]);
  lua_call(L, 2, 1);
  lua_pushboolean(L, !lua_isboolean(L, -1) || lua_toboolean(L, -1));
  return 1;
}

/* Raises nothing; an error in the function stops the import, which says so. */
static bool call_progress(void *state, uint64_t done, uint64_t total) {
  lua_State *L = state;
  uint64_t numbers[2] = {done, total};
  if (!lua_checkstack(L, 4)) return false;
  lua_pushcfunction(L, progress_step);
  lua_pushvalue(L, PROGRESS);
  lua_pushlightuserdata(L, numbers);
  bool on = lua_pcall(L, 2, 1, 0) == LUA_OK && lua_toboolean(L, -1);
  lua_pop(L, 1);
  return on;
}

static void free_report(void *object) {
  import_report_free(object);
  mem_free(object);
}

/* The texts of the options are lent by a copy of their table, which nobody else has: `progress`,
 * which comes to lie above it, cannot take them away. */
int lua_import_run(lua_State *L) {
  static const char *const known[] = {"at",    "by",      "strict",     "dry_run", "left_out_dir",
                                      "today", "am_code", "pm_code",    "memory",  "progress",
                                      "same",  "another", "names_most", "reading", NULL};
  store *w = lua_store_check(L, SELF);
  import_options o = {.path = args_path(L, PATH), .context = L};
  luaL_argcheck(L, import_kind_parse(args_slice(L, KIND), &o.kind), KIND,
                "one of schools, removed-schools, calendar, pupils, contacts, marks");
  args_options(L, OPTIONS, known);
  lua_newtable(L);
  for (lua_pushnil(L); lua_next(L, OPTIONS);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, OPTIONS + 1);
  }
  lua_replace(L, OPTIONS);
  o.at = args_required_integer(L, OPTIONS, "at");
  luaL_argcheck(L, o.at >= 0 && o.at / 86400 < DATE_LAST, OPTIONS, "'at' is no time");
  bool unlimited = lua_getfield(L, OPTIONS, "today") == LUA_TBOOLEAN && !lua_toboolean(L, -1);
  lua_pop(L, 1);
  o.today = unlimited ? DAY_NONE : args_day(L, OPTIONS, "today");
  if (!unlimited && o.today == DAY_NONE) o.today = (day)(o.at / 86400);
  o.by = args_string(L, OPTIONS, "by");
  o.left_out_dir = args_string(L, OPTIONS, "left_out_dir");
  o.am_code = args_string(L, OPTIONS, "am_code");
  o.pm_code = args_string(L, OPTIONS, "pm_code");
  o.same = args_string(L, OPTIONS, "same");
  o.another = args_string(L, OPTIONS, "another");
  int64_t names = args_integer(L, OPTIONS, "names_most", 0);
  luaL_argcheck(L, names >= 0, OPTIONS, "'names_most' must not be negative");
  o.names_most = (size_t)names;
  int64_t memory = args_integer(L, OPTIONS, "memory", 0);
  luaL_argcheck(L, memory >= 0, OPTIONS, "'memory' must not be negative");
  o.memory = (size_t)memory;
  o.strict = args_flag(L, OPTIONS, "strict");
  o.dry_run = args_flag(L, OPTIONS, "dry_run");
  int type = lua_getfield(L, OPTIONS, "progress"); /* at PROGRESS */
  luaL_argcheck(L, type == LUA_TNIL || type == LUA_TFUNCTION, OPTIONS,
                "'progress' must be a function");
  if (type == LUA_TFUNCTION) o.progress = call_progress;
  o.reading = lua_reading_check(L, OPTIONS, "reading"); /* at READING */
  held *h = held_push(L, free_report);
  problem p;
  import_report *r = mem_new(1, sizeof *r);
  if (!r) {
    (void)problem_no_memory(&p);
    (void)result_problem(L, &p);
    lua_pushnil(L); /* where the report is: nil, why, nil, the machine */
    lua_insert(L, -2);
    return 4;
  }
  h->object = r;
  store **place = lua_touserdata(L, SELF);
  *place = NULL; /* closed to whatever `progress` does; import_run raises nothing */
  status s = import_run(w, &o, r, &p);
  *place = w;
  int count = s ? result_problem(L, &p) : 0; /* nil, why[, the machine] */
  push_report(L, r);
  if (count == 3) lua_insert(L, -2);
  return count + 1;
}

/* Whether it is the right one -------------------------------------------------- */

int lua_import_likeness(lua_State *L) {
  static const char *const known[] = {"school", "first", "last", "weeks", NULL};
  store *w = lua_store_check(L, 1);
  args_options(L, 2, known);
  likeness found;
  problem p;
  if (sheets_likeness(store_db(w), args_required_integer(L, 2, "school"),
                      args_required_day(L, 2, "first"), args_required_day(L, 2, "last"),
                      (int)args_required_integer(L, 2, "weeks"), &found, &p))
    return result_problem(L, &p);
  lua_createtable(L, 0, 3);
  result_set_integer(L, "absent", (int64_t)found.absent);
  result_set_integer(L, "pupils", (int64_t)found.pupils);
  result_set_integer(L, "differing", (int64_t)found.differing);
  return 1;
}

/* Undoing -------------------------------------------------------------------- */

int lua_import_marks(lua_State *L) {
  store *w = lua_store_check(L, 1);
  held *h = held_push(L, mem_free);
  import_pupil_marks *list = NULL;
  size_t count = 0;
  problem p;
  if (import_marks_read(store_db(w), luaL_checkinteger(L, 2), &list, &count, &p))
    return result_problem(L, &p);
  h->object = list;
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 3);
    result_set_integer(L, "enrolment", list[i].enrolment);
    result_set_integer(L, "set", (int64_t)list[i].set);
    result_set_integer(L, "changed", (int64_t)list[i].changed);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

int lua_import_undo_marks(lua_State *L) {
  static const char *const known[] = {"import", "undo", "at", "by", NULL};
  store *w = lua_store_check(L, 1);
  args_options(L, 2, known);
  sheet_source from = {.import = args_required_integer(L, 2, "undo"),
                       .at = args_required_integer(L, 2, "at"),
                       .by = args_string(L, 2, "by")};
  size_t set = 0, changed = 0;
  problem p;
  if (import_marks_undo(store_db(w), args_required_integer(L, 2, "import"), &from, &set, &changed,
                        &p))
    return result_problem(L, &p);
  lua_pushinteger(L, (lua_Integer)set);
  lua_pushinteger(L, (lua_Integer)changed);
  return 2;
}

/* CSV files by themselves ---------------------------------------------------- */

static const char csv_type[] = "waymark.csv";

typedef struct csv_box {
  csv_reader *reader;
  csv_column columns[CSV_WANTED]; /* [column_count], their names lent by the box's list of texts */
  size_t column_count;
  left_out *left; /* NULL: rows left out are not kept */
  csv_row row;    /* what came last; lent by the reader */
  bool any;       /* there is such a row */
} csv_box;

static csv_box *check_csv(lua_State *L) {
  csv_box *c = luaL_checkudata(L, 1, csv_type);
  luaL_argcheck(L, c->reader, 1, "the file has been closed");
  return c;
}

static int csv_close(lua_State *L) {
  csv_box *c = luaL_checkudata(L, 1, csv_type);
  left_out_free(c->left);
  csv_reader_close(c->reader);
  *c = (csv_box){0};
  return 0;
}

static void push_cells(lua_State *L, const slice *cells, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    (void)lua_pushlstring(L, cells[i].length ? cells[i].at : "", cells[i].length);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int csv_give_headings(lua_State *L) {
  size_t count;
  const slice *headings = csv_headings(check_csv(L)->reader, &count);
  push_cells(L, headings, count);
  return 1;
}

static int csv_about(lua_State *L) {
  const csv_reader *r = check_csv(L)->reader;
  char delimiter = csv_source(r)->delimiter;
  problem p;
  source_facts facts;
  if (csv_facts(r, &facts, &p)) return result_problem(L, &p);
  lua_createtable(L, 0, 5);
  result_set_text(L, "name", slice_of(csv_name(r)));
  result_set_text(L, "form", slice_of(csv_source(r)->form->name));
  result_set_text(L, "encoding", slice_of(facts.encoding));
  if (delimiter) result_set_text(L, "delimiter", (slice){&delimiter, 1});
  result_set_text(L, "digest", slice_of(facts.digest));
  return 1;
}

static int csv_next(lua_State *L) {
  csv_box *c = check_csv(L);
  problem p;
  c->any = false;
  do
    if (csv_reader_next(c->reader, &c->row, &c->any, &p)) return result_problem(L, &p);
  while (c->any && c->column_count && !csv_is_record(c->reader, &c->row));
  if (!c->any) return lua_pushnil(L), 1;
  enum csv_fault fault = c->row.fault;
  lua_createtable(L, 0, 3);
  result_set_integer(L, "line", (int64_t)c->row.line);
  if (fault != CSV_FINE)
    result_set_text(L, "fault", slice_of(left_reason_sentence(left_reason_of(fault))));
  push_cells(L, c->row.cells, fault == CSV_FINE || fault == CSV_WRONG_COUNT ? c->row.count : 0);
  for (size_t i = 0; i < c->column_count; i++) { /* NULL is empty where it is wanted */
    size_t at = csv_place(c->reader, i);
    if (at >= c->row.count || csv_cell(c->reader, &c->row, i).length) continue;
    lua_pushliteral(L, "");
    lua_rawseti(L, -2, (lua_Integer)at + 1);
  }
  lua_setfield(L, -2, "cells");
  return 1;
}

static int csv_give_date(lua_State *L) {
  csv_box *c = check_csv(L);
  slice name = args_slice(L, 2);
  size_t i = 0;
  while (i < c->column_count && !slice_is(name, c->columns[i].name)) i++;
  luaL_argcheck(L, i < c->column_count, 2, "none of the wanted columns");
  luaL_argcheck(L, c->any && !c->row.fault, 1, "there is no row to read");
  problem p;
  day on;
  status s = csv_date(c->reader, &c->row, i, &on, &p);
  if (s == STATUS_SYNTAX || s == STATUS_RANGE) { /* of this row alone */
    lua_pushboolean(L, 0);
    lua_pushfstring(L, p.remedy[0] ? "%s; %s" : "%s", p.sentence, p.remedy);
    return 2;
  }
  if (s) return result_problem(L, &p);
  if (on == DAY_NONE)
    lua_pushnil(L);
  else
    lua_date_push(L, on);
  return 1;
}

static int csv_leave_out(lua_State *L) {
  csv_box *c = check_csv(L);
  const char *reason = luaL_checkstring(L, 2);
  luaL_argcheck(L, c->any, 1, "there is no row to leave out");
  problem p;
  status s = c->left ? left_out_add(c->left, &c->row, reason, &p) : STATUS_OK;
  return result_true(L, s, &p);
}

static int csv_seal(lua_State *L) {
  csv_box *c = check_csv(L);
  problem p;
  if (c->left && left_out_seal(c->left, &p)) return result_problem(L, &p);
  const char *path = left_out_path(c->left);
  if (path)
    (void)lua_pushstring(L, path);
  else
    lua_pushboolean(L, 0);
  return 1;
}

static int csv_withdraw(lua_State *L) {
  left_out_withdraw(check_csv(L)->left);
  return 0;
}

static const luaL_Reg csv_methods[] = {
    {"headings", csv_give_headings}, {"about", csv_about},         {"next", csv_next},
    {"date", csv_give_date},         {"leave_out", csv_leave_out}, {"seal", csv_seal},
    {"withdraw", csv_withdraw},      {"close", csv_close},         {NULL, NULL}};

/* Columns of the box out of the list of names at `from`, which go into that at `texts`. */
static void add_columns(lua_State *L, csv_box *c, int from, const char *option, enum csv_need need,
                        int texts) {
  int type = lua_getfield(L, from, option);
  luaL_argcheck(L, type == LUA_TNIL || type == LUA_TTABLE, from, "names are in a list");
  for (lua_Integer i = 1; type == LUA_TTABLE && lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    luaL_argcheck(L, c->column_count < CSV_WANTED, from, "too many columns are wanted");
    c->columns[c->column_count++] = (csv_column){luaL_checkstring(L, -1), need};
    lua_rawseti(L, texts, (lua_Integer)c->column_count);
  }
  lua_settop(L, texts);
}

int lua_import_csv(lua_State *L) {
  static const luaL_Reg meta[] = {{"__gc", csv_close}, {"__close", csv_close}, {NULL, NULL}};
  static const char *const known[] = {"left_out_dir", "kind",   "at",     "reading",
                                      "twice",        "needed", "wanted", NULL};
  const char *path = args_path(L, 1);
  args_options(L, 2, known);
  const char *folder = args_string(L, 2, "left_out_dir"), *kind = args_string(L, 2, "kind");
  int64_t at = folder ? args_required_integer(L, 2, "at") : 0;
  const reading *said = lua_reading_check(L, 2, "reading"); /* at 3 */
  csv_box *c = lua_newuserdatauv(L, sizeof *c, 3);
  *c = (csv_box){0};
  type_push(L, csv_type, meta, csv_methods);
  lua_setmetatable(L, -2);
  lua_getfield(L, 2, "left_out_dir");
  lua_setiuservalue(L, 4, 1); /* the reader holds the folder's name … */
  lua_pushvalue(L, 3);
  lua_setiuservalue(L, 4, 2); /* … and what the file is said to be */
  lua_newtable(L);
  add_columns(L, c, 2, "needed", CSV_MUST, 5);
  add_columns(L, c, 2, "wanted", CSV_MAY, 5);
  lua_setiuservalue(L, 4, 3);
  problem p;
  if (csv_reader_open(path, said, c->columns, c->column_count, &c->reader, &p) ||
      (!args_flag(L, 2, "twice") && csv_headings_once(c->reader, &p)) ||
      (folder && left_out_new(folder, kind ? kind : "rows", at, c->reader, &c->left, &p)))
    return result_problem(L, &p);
  return 1;
}

int lua_import_csv_line(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer count = luaL_optinteger(L, 2, (lua_Integer)lua_rawlen(L, 1));
  bool as_it_is = lua_toboolean(L, 3);
  buffer *line = held_buffer(L);
  problem p;
  for (lua_Integer i = 1; i <= count; i++) {
    slice cell = {0};
    if (i > 1) buffer_add_char(line, ',');
    if (lua_rawgeti(L, 1, i) != LUA_TNIL) {
      cell.at = luaL_tolstring(L, -1, &cell.length);
      if (as_it_is)
        csv_write_cell(line, cell);
      else
        csv_write_shown(line, cell);
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  buffer_add_char(line, '\n');
  if (buffer_status(line, &p)) return result_problem(L, &p);
  (void)lua_pushlstring(L, line->bytes, line->length);
  buffer_free(line); /* rather than when it is collected: there are as many as lines */
  return 1;
}
