/* lua_school: batches and sweeps for Lua; the contract is in the header. */
#include "host/lua_school.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "host/args.h"
#include "host/held.h"
#include "host/lua_case.h"
#include "host/lua_store.h"
#include "script/lua_date.h"
#include "script/lua_rule.h"
#include "script/result.h"
#include "store/school/batches.h"
#include "store/school/figures.h"

enum { OPTIONS = 2, RULES_MOST = 64 };

/* Whom the options ask for, but the school; the texts are lent by them. */
static pupil_filter check_filter(lua_State *L) {
  return (pupil_filter){.as_of = args_required_day(L, OPTIONS, "as_of"),
                        .known_at = args_time(L, OPTIONS, "known_at"),
                        .year = args_text(L, OPTIONS, "year"),
                        .form = args_text(L, OPTIONS, "form"),
                        .upn = args_text(L, OPTIONS, "upn"),
                        .enrolment = args_integer(L, OPTIONS, "enrolment", 0),
                        .everyone = args_flag(L, OPTIONS, "everyone")};
}

/* Batches -------------------------------------------------------------------- */

typedef struct batch_list {
  batches *batches;
  buffer block;
  int64_t *also;
} batch_list;

static void free_batches(void *object) {
  batch_list *b = object;
  batches_free(b->batches);
  buffer_free(&b->block);
  mem_free(b->also);
  mem_free(b);
}

static int next_batch(lua_State *L) {
  (void)lua_store_iterated(L);
  batch_list *b = held_self(L);
  bool more = false;
  problem p;
  if (batches_next(b->batches, &b->block, &more, &p)) return result_raise(L, &p);
  if (more)
    lua_pushlstring(L, b->block.bytes, b->block.length);
  else
    lua_pushnil(L);
  lua_pushinteger(L, (lua_Integer)batches_pupils(b->batches));
  if (!more) held_end(L); /* a school's room is not to wait for Lua to look for what is free */
  return 2;
}

/* The rules that the option `name` lists, lent by it; at most `most`. -> how many */
static size_t check_rules(lua_State *L, const char *name, const rule **rules, size_t most) {
  int type = lua_getfield(L, OPTIONS, name);
  size_t n = 0;
  if (type != LUA_TNIL && type != LUA_TTABLE) luaL_error(L, "'%s' must be a list of rules", name);
  for (lua_Integer i = 1; type == LUA_TTABLE && lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    if (n == most) luaL_error(L, "'%s': at most %d", name, (int)most);
    rules[n++] = lua_rule_check(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_settop(L, OPTIONS);
  return n;
}

int lua_school_batches(lua_State *L) {
  static const char *const known[] = {
      "as_of",  "diary",    "known_at", "first_day", "school", "year", "form", "upn",  "enrolment",
      "fields", "everyone", "on_roll",  "rules",     "some",   "also", "open", "size", NULL};
  const rule *rules[BATCH_RULES];
  store *w = lua_store_check(L, 1);
  args_options(L, OPTIONS, known);
  batches_options o = {.who = check_filter(L),
                       .diary = args_day(L, OPTIONS, "diary"),
                       .first_day = args_day(L, OPTIONS, "first_day"),
                       .rules = rules,
                       .rule_count = check_rules(L, "rules", rules, BATCH_RULES),
                       .some = args_flag(L, OPTIONS, "some")};
  o.who.on_roll = args_flag(L, OPTIONS, "on_roll");
  int64_t size = args_integer(L, OPTIONS, "size", BATCH_PUPILS);
  if (size < 1 || size > BATCH_PUPILS)
    return luaL_error(L, "'size' must be from 1 to %d", BATCH_PUPILS);
  o.size = (size_t)size;
  problem p;
  int type = lua_getfield(L, OPTIONS, "fields");
  if (type == LUA_TNIL) o.fields = FIELD_EVERYTHING;
  if (type != LUA_TNIL && type != LUA_TTABLE) luaL_error(L, "'fields' must be a list");
  for (lua_Integer i = 1; type == LUA_TTABLE && lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    slice name;
    name.at = luaL_tolstring(L, -1, &name.length);
    if (fields_add(name, &o.fields, &p)) luaL_error(L, "'fields': %s", p.sentence);
    lua_pop(L, 2);
  }
  if (o.rule_count && !(o.fields & FIELD_REGISTERS))
    luaL_error(L, "'rules' need the field \"registers\"");
  lua_settop(L, OPTIONS);
  type = lua_getfield(L, OPTIONS, "also");
  if (type != LUA_TNIL && type != LUA_TTABLE) luaL_error(L, "'also' must be a list");
  size_t named = type == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
  lua_getfield(L, OPTIONS, "open");
  const school_suggestions *open = lua_case_check_suggestions(L, OPTIONS + 2);
  held *h = held_push(L, free_batches);
  if (lua_store_school_option(L, OPTIONS, w, &o.who.school, &p)) return result_problem(L, &p);
  batch_list *b = mem_new(1, sizeof *b);
  if (!b) return luaL_error(L, "not enough memory");
  h->object = b;
  o.also = b->also = mem_new(named + (open ? open->count : 0), sizeof *b->also);
  if (!b->also) return luaL_error(L, "not enough memory");
  for (size_t i = 0; i < named; i++, lua_pop(L, 1)) {
    (void)lua_rawgeti(L, OPTIONS + 1, (lua_Integer)i + 1);
    int whole;
    b->also[o.also_count++] = lua_tointegerx(L, -1, &whole);
    if (!whole) return luaL_error(L, "'also' must list numbers of enrolments");
  }
  for (size_t i = 0; open && i < open->count; i++)
    if (open->rows[i].open) b->also[o.also_count++] = open->rows[i].enrolment;
  qsort(b->also, o.also_count, sizeof *b->also, array_by_id);
  if (batches_begin(w, &o, &b->batches, &p)) return result_problem(L, &p);
  return held_iterate(L, next_batch);
}

/* What is asked of a sweep --------------------------------------------------- */

#define ASKED                                                                                  \
  "as_of", "from", "to", "known_at", "school", "year", "form", "upn", "enrolment", "everyone", \
      "rules", "threads"

/* Lent by the options. */
typedef struct asked {
  sweep_options options;
  const rule *rules[RULES_MOST]; /* first `thresholds` that roll, then those of any kind */
  size_t thresholds;
} asked;

static void check_asked(lua_State *L, const char *const *known, asked *a) {
  args_options(L, OPTIONS, known);
  *a = (asked){.options = {.who = check_filter(L),
                           .from = args_day(L, OPTIONS, "from"),
                           .to = args_day(L, OPTIONS, "to"),
                           .rules = a->rules}};
  int64_t threads = args_integer(L, OPTIONS, "threads", 0);
  if (threads < 0 || threads > SWEEP_THREADS_MOST)
    luaL_error(L, "'threads' must be from 1 to %d", (int)SWEEP_THREADS_MOST);
  a->options.threads = (unsigned)threads;
  a->thresholds = a->options.rule_count = check_rules(L, "rules", a->rules, RULES_MOST);
}

/* The school that is asked for; and a rule over rolling weeks has a first session on which it was
 * met, others have none. */
static status complete(lua_State *L, store *w, asked *a, problem *p) {
  for (size_t i = 0; i < a->thresholds; i++)
    if (a->rules[i]->kind != RULE_ROLLING)
      return problem_set(p, STATUS_REFUSED, "give rolling rules",
                         "the rule \"%s\" is a %s, and has no first day on which it was met",
                         a->rules[i]->name, rule_kind_name(a->rules[i]->kind));
  return lua_store_school_option(L, OPTIONS, w, &a->options.who.school, p);
}

/* Figures -------------------------------------------------------------------- */

typedef struct figures {
  sweep *sweep;
  size_t thresholds, measures; /* rules: first those, then these */
} figures;

static void free_figures(void *object) {
  figures *f = object;
  sweep_free(f->sweep);
  mem_free(f);
}

static void set_session(lua_State *L, const char *name, session at) {
  if (at == SESSION_NONE) return;
  lua_date_push_session(L, at);
  lua_setfield(L, -2, name);
}

static void push_figures(lua_State *L, const sweep_row *row, const figures *f) {
  const tally *t = &row->figures;
  lua_createtable(L, 0, 20);
  result_set_text(L, "school", row->school_key);
  result_set_integer(L, "enrolment", row->enrolment);
  result_set_integer(L, "pupil", row->pupil);
  result_set_text(L, "upn", row->upn);
  result_set_text(L, "forename", row->forename);
  result_set_text(L, "surname", row->surname);
  result_set_text(L, "year", row->year);
  result_set_text(L, "form", row->form);
  result_set_integer(L, "possible", t->possible);
  result_set_integer(L, "attended", t->attended);
  result_set_integer(L, "absent", t->absent);
  result_set_integer(L, "present", t->by_class[CLASS_PRESENT]);
  result_set_integer(L, "educational", t->by_class[CLASS_EDUCATIONAL]);
  result_set_integer(L, "authorised", t->by_class[CLASS_AUTHORISED]);
  result_set_integer(L, "unauthorised", t->by_class[CLASS_UNAUTHORISED]);
  if (t->possible) result_set_integer(L, "percent", tally_percent(t));
  result_set_integer(L, "missing", row->missing);
  lua_createtable(L, (int)f->thresholds, 0);
  for (size_t i = 0; i < f->thresholds; i++) {
    const sweep_answer *a = &row->answers[i];
    lua_createtable(L, 0, 4);
    result_set_integer(L, "largest", a->largest);
    set_session(L, "since", a->since);
    if (a->first_met != SESSION_NONE) {
      result_set_day(L, "date", session_day(a->first_met));
      result_set_text(L, "session", slice_of(session_half_name(a->first_met)));
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "thresholds");
  if (!f->measures) return;
  lua_createtable(L, (int)f->measures, 0);
  for (size_t i = 0; i < f->measures; i++) {
    const sweep_answer *a = &row->answers[f->thresholds + i];
    lua_createtable(L, 0, 8);
    result_set_flag(L, "met", a->met);
    result_set_flag(L, "too_few", a->too_few);
    result_set_integer(L, "count", a->count);
    result_set_integer(L, "of", a->of);
    result_set_integer(L, "largest", a->largest);
    if (a->band >= 0) result_set_integer(L, "band", a->band);
    set_session(L, "since", a->since);
    set_session(L, "first_met", a->first_met);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "measures");
}

static int next_figures(lua_State *L) {
  (void)lua_store_iterated(L);
  const figures *f = held_self(L);
  sweep_row row;
  bool more = false;
  problem p;
  if (sweep_next(f->sweep, &row, &more, &p)) return result_raise(L, &p);
  if (more)
    push_figures(L, &row, f);
  else
    lua_pushnil(L);
  return 1;
}

int lua_school_figures(lua_State *L) {
  static const char *const known[] = {ASKED, "measures", "met", NULL};
  store *w = lua_store_check(L, 1);
  asked a;
  check_asked(L, known, &a);
  size_t measures = check_rules(L, "measures", a.rules + a.thresholds, RULES_MOST - a.thresholds);
  a.options.rule_count += measures;
  a.options.met = args_flag(L, OPTIONS, "met");
  a.options.names = a.options.missing = !a.options.met;
  problem p;
  held *h = held_push(L, free_figures);
  if (complete(L, w, &a, &p)) return result_problem(L, &p);
  figures *f = mem_new(1, sizeof *f);
  if (!f) return luaL_error(L, "not enough memory");
  h->object = f;
  f->thresholds = a.thresholds;
  f->measures = measures;
  if (sweep_begin(w, &a.options, &f->sweep, &p)) return result_problem(L, &p);
  return held_iterate(L, next_figures);
}

int lua_school_write_figures(lua_State *L) {
  static const char *const known[] = {ASKED, "heading", "school_column", "bands", "out", NULL};
  store *w = lua_store_check(L, 1);
  asked a;
  check_asked(L, known, &a);
  figures_plan plan = {.heading = args_text(L, OPTIONS, "heading"),
                       .school = args_flag(L, OPTIONS, "school_column")};
  int type = lua_getfield(L, OPTIONS, "bands"); /* percentages, false for one that nobody reaches */
  if (type != LUA_TNIL && type != LUA_TTABLE) luaL_error(L, "'bands' must be a list");
  for (lua_Integer i = 1; type == LUA_TTABLE && lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    int is_band = lua_isboolean(L, -1);
    lua_Integer band = is_band ? -1 : lua_tointegerx(L, -1, &is_band);
    if (!is_band || band < -1 || band > 100) luaL_error(L, "'bands' must be from 0 to 100");
    if (i > FIGURES_BANDS) luaL_error(L, "'bands': at most %d", (int)FIGURES_BANDS);
    plan.bands[plan.band_count++] = (int)band;
    lua_pop(L, 1);
  }
  lua_getfield(L, OPTIONS, "out");
  const luaL_Stream *out = luaL_testudata(L, -1, LUA_FILEHANDLE);
  if (!out || !out->closef) return luaL_error(L, "'out' must be an open file");
  (void)fflush(out->f); /* we write by its descriptor */
  problem p;
  status s = complete(L, w, &a, &p);
  if (!s) s = figures_write(w, &a.options, &plan, fileno(out->f), &p);
  return result_true(L, s, &p);
}

/* Sums ----------------------------------------------------------------------- */

int lua_school_sweep(lua_State *L) {
  static const char *const known[] = {ASKED, NULL};
  store *w = lua_store_check(L, 1);
  asked a;
  check_asked(L, known, &a);
  a.options.totals_only = true;
  problem p;
  sweep *all = NULL;
  sweep_totals t;
  sweep_sums sums[RULES_MOST];
  if (lua_store_school_option(L, OPTIONS, w, &a.options.who.school, &p))
    return result_problem(L, &p);
  status s = sweep_begin(w, &a.options, &all, &p);
  if (!s) s = sweep_sum(all, &t, sums, &p);
  sweep_free(all);
  if (s) return result_problem(L, &p);
  lua_createtable(L, 0, 6);
  result_set_integer(L, "pupils", (int64_t)t.pupils);
  result_set_integer(L, "possible", (int64_t)t.possible);
  result_set_integer(L, "attended", (int64_t)t.attended);
  result_set_integer(L, "authorised", (int64_t)t.authorised);
  result_set_integer(L, "unauthorised", (int64_t)t.unauthorised);
  lua_createtable(L, (int)a.options.rule_count, 0);
  for (size_t i = 0; i < a.options.rule_count; i++) {
    lua_createtable(L, 0, 5);
    result_set_integer(L, "met", (int64_t)sums[i].met);
    result_set_integer(L, "ever", (int64_t)sums[i].ever);
    result_set_integer(L, "count", (int64_t)sums[i].count);
    result_set_integer(L, "largest", (int64_t)sums[i].largest);
    result_set_integer(L, "first_met", sums[i].first_met);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "rules");
  return 1;
}
