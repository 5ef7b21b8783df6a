/* lua_examine: an examination as a table; the contract is in the header. */
#include "host/lua_examine.h"

#include "host/args.h"
#include "host/held.h"
#include "host/lua_reading.h"
#include "script/result.h"
#include "store/import/examine.h"

static void push_texts(lua_State *L, const slice *texts, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    (void)lua_pushlstring(L, texts[i].length ? texts[i].at : "", texts[i].length);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* What is wrong with the order of the dates, if it is the one said; into `field`. */
static void push_doubt(lua_State *L, const char *field, slice heading, const column_facts *f,
                       enum date_order said) {
  problem p;
  if (!orders_check(&f->orders, said, NULL, heading, &p)) return;
  lua_createtable(L, 0, 2);
  result_set_text(L, "what", slice_of(p.sentence));
  result_set_text(L, "todo", slice_of(p.remedy));
  lua_setfield(L, -2, field);
}

static void push_days(lua_State *L, slice heading, const column_facts *f) {
  static const char *const names[ORDERS] = {"day-first", "month-first"};
  static const enum date_order said[ORDERS] = {DATES_DAY_FIRST, DATES_MONTH_FIRST};
  lua_createtable(L, 0, ORDERS);
  for (int m = 0; m < ORDERS; m++) {
    lua_createtable(L, 0, 3);
    result_set_day(L, "first", f->first[m]);
    result_set_day(L, "last", f->last[m]);
    push_doubt(L, "doubt", heading, f, said[m]);
    lua_setfield(L, -2, names[m]);
  }
  push_doubt(L, "doubt", heading, f, DATES_FOUND);
  lua_setfield(L, -2, "orders");
}

static void push_dates(lua_State *L, slice heading, const column_facts *f, enum date_order said) {
  const struct {
    const char *name;
    size_t count;
  } counts[] = {{"iso", f->dates[DATE_ISO]},
                {"day_first_only", f->orders.only[DAY_FIRST]},
                {"month_first_only", f->orders.only[MONTH_FIRST]},
                {"either", f->orders.either},
                {"serial", f->dates[DATE_SERIAL]},
                {"words", f->dates[DATE_WORDS]},
                {"short_year", f->dates[DATE_SHORT_YEAR]}};
  bool any = false;
  lua_newtable(L);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    if (!counts[i].count) continue;
    result_set_integer(L, counts[i].name, (int64_t)counts[i].count);
    any = true;
  }
  if (!any) {
    lua_pop(L, 1);
    return;
  }
  lua_setfield(L, -2, "dates");
  push_days(L, heading, f);
  enum date_order order = said ? said : orders_proved(&f->orders);
  bool month_first = order == DATES_MONTH_FIRST;
  if (!order && f->dates[DATE_NUMBERS]) return;
  result_set_day(L, "first_date", f->first[month_first]);
  result_set_day(L, "last_date", f->last[month_first]);
}

static void push_column(lua_State *L, slice heading, const column_facts *f, enum date_order said) {
  lua_createtable(L, 0, 8);
  result_set_text(L, "heading", heading);
  result_set_integer(L, "blank", (int64_t)f->blank);
  result_set_integer(L, "upn", (int64_t)f->upn);
  result_set_integer(L, "numbers", (int64_t)f->numbers);
  push_dates(L, heading, f, said);
  if (f->many) return;
  lua_createtable(L, 0, (int)f->text_count);
  for (size_t i = 0; i < f->text_count; i++) {
    (void)lua_pushlstring(L, f->texts[i].text, f->texts[i].length);
    lua_pushinteger(L, (lua_Integer)f->texts[i].count);
    lua_rawset(L, -3);
  }
  lua_setfield(L, -2, "distinct");
}

static void free_examination(void *object) {
  examination_free(object);
  mem_free(object);
}

int lua_examine(lua_State *L) {
  const char *path = args_path(L, 1);
  problem p;
  day today = DAY_NONE;
  luaL_argcheck(L, lua_isnoneornil(L, 3) || !date_parse_iso(args_slice(L, 3), &today, &p), 3,
                "a day like 2025-09-08");
  lua_settop(L, 2);
  lua_newtable(L); /* at 3: the reading by its name */
  lua_pushvalue(L, 2);
  lua_setfield(L, 3, "reading");
  const reading *said = lua_reading_check(L, 3, "reading");
  held *h = held_push(L, free_examination);
  examination *e = mem_new(1, sizeof *e);
  if (!e) {
    (void)problem_no_memory(&p);
    return result_problem(L, &p);
  }
  h->object = e;
  source_facts facts;
  if (examine(path, said, today, e, &p) || csv_facts(e->reader, &facts, &p))
    return result_problem(L, &p);
  const source *from = csv_source(e->reader);
  size_t count, preamble;
  const slice *headings = csv_headings(e->reader, &count);
  const slice *lines = csv_preamble(e->reader, &preamble);
  lua_createtable(L, 0, 16);
  result_set_text(L, "form", slice_of(from->form->name));
  result_set_text(L, "encoding", slice_of(facts.encoding));
  if (from->delimiter) {
    result_set_text(L, "delimiter", (slice){&from->delimiter, 1});
    result_set_text(L, "quoting",
                    slice_of(from->quoting == QUOTING_BACKSLASH ? "backslash" : "doubled"));
  }
  if (from->sheets) result_set_text(L, "sheets", slice_of(from->sheets));
  result_set_integer(L, "heading", (int64_t)csv_heading_line(e->reader));
  result_set_integer(L, "heading_rows", (int64_t)csv_heading_rows(e->reader));
  result_set_integer(L, "records", (int64_t)e->records);
  result_set_integer(L, "faults", (int64_t)e->faults);
  result_set_integer(L, "footer", (int64_t)e->footer);
  push_texts(L, lines, preamble);
  lua_setfield(L, -2, "preamble");
  push_texts(L, headings, count);
  lua_setfield(L, -2, "headings");
  lua_createtable(L, (int)e->row_count, 0);
  for (size_t i = 0; i < e->row_count; i++) {
    push_texts(L, e->rows[i].row.cells, e->rows[i].row.count);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "rows");
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    push_column(L, headings[i], &e->columns[i], said ? said->dates : DATES_FOUND);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "columns");
  return 1;
}
