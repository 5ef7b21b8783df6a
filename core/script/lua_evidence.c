/* lua_evidence: see lua_evidence.h. User values: the pupil, the compiled rule. */
#include "script/lua_evidence.h"

#include <lauxlib.h>
#include <string.h>

#include "attendance/kernel.h"
#include "script/lua_date.h"
#include "script/lua_pupil.h"
#include "script/lua_rule.h"
#include "script/value.h"

#define EVIDENCE_TYPE "waymark.evidence"

typedef struct evidence_box {
  evidence evidence;
  span span;
  const code_set *codes;
  day asked_from, asked_to;
} evidence_box;

static evidence_box *check(lua_State *L) { return luaL_checkudata(L, 1, EVIDENCE_TYPE); }

/* Fields ------------------------------------------------------------------- */

static void push_session_at(lua_State *L, const evidence_box *b, size_t i) {
  if (i == INDEX_NONE)
    lua_pushnil(L);
  else
    lua_date_push_session(L, b->span.calendar->at[i]);
}

static void push_day_at(lua_State *L, const evidence_box *b, size_t i) {
  if (i >= b->span.calendar->count)
    lua_pushnil(L);
  else
    lua_date_push(L, session_day(b->span.calendar->at[i]));
}

/* The first and the last session looked at; of a run, its own. */
static size_t first_index(const evidence *e) {
  return e->run_from == INDEX_NONE ? e->from : e->run_from;
}

static size_t last_index(const evidence *e) {
  size_t end = e->run_to == INDEX_NONE ? e->to : e->run_to;
  return end ? end - 1 : INDEX_NONE;
}

static void push_concern(lua_State *L, const evidence_box *b) {
  char text[CONCERN_TEXT];
  evidence_concern(&b->evidence, &b->span, text);
  lua_pushstring(L, text);
}

static void push_hundredths(lua_State *L, const evidence_box *b) {
  int32_t percent = tally_percent(&b->evidence.tally);
  if (percent < 0)
    lua_pushnil(L);
  else
    lua_pushinteger(L, percent);
}

static void push_percent(lua_State *L, const evidence_box *b) {
  int32_t percent = tally_percent(&b->evidence.tally);
  if (percent < 0)
    lua_pushnil(L);
  else
    lua_pushnumber(L, (lua_Number)percent / 100.0);
}

static bool push_tally(lua_State *L, const evidence_box *b, const char *name) {
  const tally *t = &b->evidence.tally;
  const struct {
    const char *name;
    uint32_t value;
  } values[] = {{"attended", t->attended},
                {"possible", t->possible},
                {"absent", t->absent},
                {"authorised", t->by_class[CLASS_AUTHORISED]},
                {"unauthorised", t->by_class[CLASS_UNAUTHORISED]},
                {"present", t->by_class[CLASS_PRESENT]},
                {"educational", t->by_class[CLASS_EDUCATIONAL]},
                {"not_possible", t->by_class[CLASS_NOT_POSSIBLE]}};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (strcmp(name, values[i].name) == 0) return lua_pushinteger(L, values[i].value), true;
  if (strcmp(name, "percent") == 0) return push_percent(L, b), true;
  if (strcmp(name, "hundredths") == 0) return push_hundredths(L, b), true;
  if (strcmp(name, "too_few") == 0) return lua_pushboolean(L, b->evidence.too_few), true;
  if (strcmp(name, "band") != 0) return false;
  if (b->evidence.band < 0)
    lua_pushnil(L);
  else
    lua_pushinteger(L, b->evidence.band);
  return true;
}

/* The school's difference; nil where the rule does not look at it, or nobody else is
 * there. */
static bool push_school_points(lua_State *L, const contrast *c) {
  if (c->school[0].possible && c->school[1].possible)
    lua_pushinteger(L, c->school_points);
  else
    lua_pushnil(L);
  return true;
}

/* nil unless it is over 0. */
static bool push_positive(lua_State *L, int number) {
  if (number > 0)
    lua_pushinteger(L, number);
  else
    lua_pushnil(L);
  return true;
}

static bool push_asked(lua_State *L, const evidence *e, const char *name) {
  if (strcmp(name, "points") == 0) return lua_pushinteger(L, e->rule->rule.points), true;
  if (strcmp(name, "least_possible") == 0)
    return lua_pushinteger(L, e->rule->rule.least_possible), true;
  if (strcmp(name, "too_few") == 0) return lua_pushboolean(L, e->too_few), true;
  return false;
}

/* The Monday of the week in which the spell began. */
static void push_monday(lua_State *L, const evidence_box *b, size_t i) {
  lua_date_push(L, i == INDEX_NONE ? DAY_NONE : date_monday(session_day(b->span.calendar->at[i])));
}

static bool push_trend(lua_State *L, const evidence_box *b, const char *name) {
  const evidence *e = &b->evidence;
  const share *now = &e->contrast.pupil[0], *before = &e->contrast.pupil[1];
  bool any = e->before_from < e->before_to;
  if (strcmp(name, "attended") == 0) return lua_pushinteger(L, now->possible - now->absent), true;
  if (strcmp(name, "possible") == 0) return lua_pushinteger(L, now->possible), true;
  if (strcmp(name, "attended_before") == 0)
    return lua_pushinteger(L, before->possible - before->absent), true;
  if (strcmp(name, "possible_before") == 0) return lua_pushinteger(L, before->possible), true;
  if (strcmp(name, "before_from") == 0)
    return push_day_at(L, b, any ? e->before_from : INDEX_NONE), true;
  if (strcmp(name, "before_to") == 0)
    return push_day_at(L, b, any ? e->before_to - 1 : INDEX_NONE), true;
  if (strcmp(name, "fall") == 0) return lua_pushinteger(L, e->contrast.points), true;
  if (strcmp(name, "school_fall") == 0) return push_school_points(L, &e->contrast);
  if (strcmp(name, "since") == 0) return push_monday(L, b, e->spell), true;
  if (strcmp(name, "was_at_least") == 0) return push_positive(L, e->rule->rule.was_at_least);
  if (strcmp(name, "before") == 0) return lua_pushinteger(L, e->rule->rule.before), true;
  return push_asked(L, e, name);
}

static bool push_weekday(lua_State *L, const evidence *e, const char *name) {
  const contrast *c = &e->contrast;
  const struct {
    const char *name;
    uint32_t value;
  } values[] = {{"absent", c->pupil[0].absent},
                {"possible", c->pupil[0].possible},
                {"others_absent", c->pupil[1].absent},
                {"others_possible", c->pupil[1].possible},
                {"school_absent", c->school[0].absent},
                {"school_possible", c->school[0].possible},
                {"school_others_absent", c->school[1].absent},
                {"school_others_possible", c->school[1].possible}};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (strcmp(name, values[i].name) == 0) return lua_pushinteger(L, values[i].value), true;
  if (strcmp(name, "weekday") == 0)
    return lua_pushstring(L, e->weekday < 0 ? NULL : weekday_name(e->weekday)), true;
  if (strcmp(name, "days") == 0) return lua_pushinteger(L, e->days), true;
  if (strcmp(name, "of_days") == 0) return lua_pushinteger(L, e->of_days), true;
  if (strcmp(name, "difference") == 0) return lua_pushinteger(L, c->points), true;
  if (strcmp(name, "school_difference") == 0) return push_school_points(L, c);
  if (strcmp(name, "at_least") == 0) return lua_pushinteger(L, e->rule->rule.at_least), true;
  return push_asked(L, e, name);
}

static bool push_by_kind(lua_State *L, const evidence_box *b, const char *name) {
  const evidence *e = &b->evidence;
  switch (e->rule->rule.kind) {
    case RULE_RATE: return push_tally(L, b, name);
    case RULE_COUNT:
      return strcmp(name, "since") == 0 ? (push_session_at(L, b, e->spell), true) : false;
    case RULE_ROLLING:
      if (strcmp(name, "first_met") == 0) return push_session_at(L, b, e->first_met), true;
      if (strcmp(name, "since") == 0) return push_session_at(L, b, e->spell), true;
      if (strcmp(name, "largest") == 0) return lua_pushinteger(L, e->largest), true;
      return false;
    case RULE_STREAK:
    case RULE_LONGEST:
      if (strcmp(name, "first") == 0) return push_session_at(L, b, e->run_from), true;
      if (strcmp(name, "last") != 0) return false;
      push_session_at(L, b, e->run_to == INDEX_NONE ? INDEX_NONE : e->run_to - 1);
      return true;
    case RULE_TREND: return push_trend(L, b, name);
    case RULE_WEEKDAY: return push_weekday(L, e, name);
    default: return false;
  }
}

static bool push_common(lua_State *L, const evidence_box *b, const char *name) {
  const evidence *e = &b->evidence;
  if (strcmp(name, "met") == 0) return lua_pushboolean(L, e->met), true;
  if (strcmp(name, "count") == 0) return lua_pushinteger(L, e->count), true;
  if (strcmp(name, "of") == 0) return lua_pushinteger(L, e->of), true;
  if (strcmp(name, "rule") == 0) return lua_pushstring(L, e->rule->rule.name), true;
  if (strcmp(name, "kind") == 0) return lua_pushstring(L, rule_kind_name(e->rule->rule.kind)), true;
  if (strcmp(name, "weeks") == 0) return lua_pushinteger(L, e->rule->rule.weeks), true;
  if (strcmp(name, "from") == 0) return push_day_at(L, b, first_index(e)), true;
  if (strcmp(name, "to") == 0) return push_day_at(L, b, last_index(e)), true;
  if (strcmp(name, "as_of") == 0) return lua_date_push(L, b->span.as_of), true;
  if (strcmp(name, "asked_from") == 0) return lua_date_push(L, b->asked_from), true;
  if (strcmp(name, "asked_to") == 0) return lua_date_push(L, b->asked_to), true;
  if (strcmp(name, "concern") == 0) return push_concern(L, b), true;
  if (strcmp(name, "age_unknown") == 0)
    return lua_pushboolean(L, e->rule->rule.ages.used && b->span.born == DAY_NONE), true;
  return false;
}

static int evidence_index(lua_State *L) {
  const evidence_box *b = check(L);
  const char *name = luaL_checkstring(L, 2);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  if (push_common(L, b, name) || push_by_kind(L, b, name)) return 1;
  return luaL_error(L, "the evidence of a %s rule has no field \"%s\"",
                    rule_kind_name(b->evidence.rule->rule.kind), name);
}

/* Methods ------------------------------------------------------------------ */

static int list_sessions(lua_State *L, bool watched) {
  const evidence_box *b = check(L);
  size_t n = evidence_sessions(&b->evidence, &b->span, watched, NULL, 0);
  uint32_t *indexes = lua_newuserdatauv(L, (n + 1) * sizeof *indexes, 0);
  (void)evidence_sessions(&b->evidence, &b->span, watched, indexes, n);
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    lua_pupil_push_session(L, &b->span, b->codes, indexes[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int evidence_list(lua_State *L) { return list_sessions(L, false); }
static int evidence_unresolved(lua_State *L) { return list_sessions(L, true); }

enum { SESSION_JSON = 32 }; /* ["2025-09-08","AM","\\"], and room for an escape */

static char *put(char *to, slice text) {
  memcpy(to, text.at, text.length);
  return to + text.length;
}

static char *write_session(char *to, const evidence_box *b, size_t i) {
  session at = b->span.calendar->at[i];
  char date[DATE_TEXT];
  date_format(session_day(at), date);
  to = put(to, slice_of("[\""));
  to = put(to, slice_of(date));
  to = put(to, slice_of(session_half(at) ? "\",\"PM\",\"" : "\",\"AM\",\""));
  for (const char *text = b->codes->of[b->span.marks[i]].text; *text; text++) {
    if (*text == '"' || *text == '\\') *to++ = '\\';
    *to++ = *text;
  }
  return put(to, slice_of("\"],"));
}

void lua_evidence_push_list(lua_State *L, int index, bool watched) {
  const evidence_box *b = luaL_checkudata(L, index, EVIDENCE_TYPE);
  size_t n = evidence_sessions(&b->evidence, &b->span, watched, NULL, 0);
  uint32_t *indexes = lua_newuserdatauv(L, (n + 1) * sizeof *indexes, 0);
  char *text = lua_newuserdatauv(L, n * SESSION_JSON + 2, 0), *at = text;
  (void)evidence_sessions(&b->evidence, &b->span, watched, indexes, n);
  *at++ = '[';
  for (size_t i = 0; i < n; i++) at = write_session(at, b, indexes[i]);
  if (n) at--; /* the last comma */
  *at++ = ']';
  value_push_raw(L, (slice){text, (size_t)(at - text)});
  lua_replace(L, -3);
  lua_pop(L, 1);
}

/* In words, by the method `describe` of lua/sdk. */
static int evidence_tostring(lua_State *L) {
  const evidence_box *b = check(L);
  if (lua_getfield(L, lua_upvalueindex(1), "describe") != LUA_TFUNCTION) {
    lua_pushfstring(L, "evidence of \"%s\"", b->evidence.rule->rule.name);
    return 1;
  }
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

/* Measures ----------------------------------------------------------------- */

void lua_evidence_push(lua_State *L, int pupil, int by, day from, day to) {
  pupil = lua_absindex(L, pupil);
  by = lua_absindex(L, by);
  const lua_pupil *p = lua_pupil_check(L, pupil);
  lua_pupil_push_codes(L, pupil);
  const compiled_rule *compiled = lua_rule_push_compiled(L, by, lua_gettop(L));
  evidence_box *b = lua_newuserdatauv(L, sizeof *b, 2);
  *b = (evidence_box){.codes = p->codes, .asked_from = from, .asked_to = to};
  batch_span(p->batch, p->index, &b->span);
  kernel_rule(compiled, &b->span, from, to, &b->evidence);
  lua_pushvalue(L, pupil);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, -2); /* the compiled rule */
  lua_setiuservalue(L, -2, 2);
  luaL_setmetatable(L, EVIDENCE_TYPE);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

const evidence *lua_evidence_check(lua_State *L, int index, const span **pupil) {
  const evidence_box *b = luaL_checkudata(L, index, EVIDENCE_TYPE);
  *pupil = &b->span;
  return &b->evidence;
}

/* pupil, rule, from, to -> evidence */
static int measure(lua_State *L) {
  const rule *r = lua_rule_check(L, 2);
  day from = lua_date_opt(L, 3), to = lua_date_opt(L, 4);
  if (rule_is_fixed(r) && (from != DAY_NONE || to != DAY_NONE))
    return luaL_error(L, "a %s rule has its own period: give it no dates", rule_kind_name(r->kind));
  lua_evidence_push(L, 1, 2, from, to);
  return 1;
}

/* pupil:KIND(rule[, from[, to]]) -> evidence; upvalue 1 is the kind. */
static int measure_kind(lua_State *L) {
  (void)lua_pupil_check(L, 1);
  enum rule_kind kind = (enum rule_kind)lua_tointeger(L, lua_upvalueindex(1));
  lua_settop(L, 4);
  if (lua_isnil(L, 2) && kind == RULE_RATE) {
    lua_pushvalue(L, lua_upvalueindex(2)); /* the year to date */
    lua_replace(L, 2);
  }
  const rule *r = lua_rule_check(L, 2);
  if (r->kind != kind)
    return luaL_error(L, "pupil:%s() takes a %s rule; \"%s\" is a %s rule: use pupil:%s()",
                      rule_kind_name(kind), rule_kind_name(kind), r->name, rule_kind_name(r->kind),
                      rule_kind_name(r->kind));
  return measure(L);
}

/* pupil:measure(rule[, from[, to]]) -> evidence, whatever the kind */
static int measure_any(lua_State *L) {
  (void)lua_pupil_check(L, 1);
  lua_settop(L, 4);
  return measure(L);
}

static void add_measures(lua_State *L, int methods) {
  (void)lua_rule_open(L);
  lua_getfield(L, -1, "rate");
  lua_createtable(L, 0, 1);
  lua_pushstring(L, "attendance");
  lua_setfield(L, -2, "name");
  lua_call(L, 1, 1);
  for (int kind = 0; kind < RULE_KINDS; kind++) {
    lua_pushinteger(L, kind);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, measure_kind, 2);
    lua_setfield(L, methods, rule_kind_name((enum rule_kind)kind));
  }
  lua_pushcfunction(L, measure_any);
  lua_setfield(L, methods, "measure");
  lua_pop(L, 2);
}

int lua_evidence_open(lua_State *L, int methods) {
  static const luaL_Reg own[] = {
      {"sessions", evidence_list}, {"unresolved", evidence_unresolved}, {NULL, NULL}};
  methods = lua_absindex(L, methods);
  add_measures(L, methods);
  luaL_newlib(L, own);
  luaL_newmetatable(L, EVIDENCE_TYPE);
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, evidence_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, evidence_tostring, 1);
  lua_setfield(L, -2, "__tostring");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  return 1;
}
