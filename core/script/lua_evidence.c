/* lua_evidence: what a compiled rule says of one pupil's span. User values: the pupil and the
 * compiled rule, so that the sessions can be listed again later. */
#include "script/lua_evidence.h"

#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#include "attendance/kernel.h"
#include "script/lua_date.h"
#include "script/lua_pupil.h"
#include "script/lua_rule.h"
#include "script/type.h"
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

/* How a field is made of what lies at its offset: in the evidence, or for RULE_* and ASKED
 * in the rule and the box. */
typedef enum shape {
  FLAG,       /* bool */
  COUNT,      /* uint32_t */
  DIFFERENCE, /* int32_t */
  SESSION,    /* index of a session; nil for none */
  RULE_INT,   /* int of the rule */
  RULE_SOME,  /* the same; nil unless it is over 0 */
  ASKED,      /* day of the box; nil when it was not given */
  OTHER       /* by name: see push_other */
} shape;

#define OF(kind) (1U << RULE_##kind)
enum {
  ALL = (1 << RULE_KINDS) - 1,
  RUNS = OF(STREAK) | OF(LONGEST),
  PROFILES = OF(TREND) | OF(WEEKDAY)
};
#define E(member) offsetof(evidence, member)
#define R(member) offsetof(rule, member)
#define CLASS(c) offsetof(evidence, tally.by_class[c])

/* clang-format off */
static const struct evidence_field {
  const char *name;
  unsigned kinds; /* of rules that have it */
  shape shape;
  size_t at;
} fields[] = {
  {"met",                    ALL,             FLAG,       E(met)},
  {"count",                  ALL,             COUNT,      E(count)},
  {"of",                     ALL,             COUNT,      E(of)},
  {"rule",                   ALL,             OTHER,      0},
  {"kind",                   ALL,             OTHER,      0},
  {"weeks",                  ALL,             RULE_INT,   R(weeks)},
  {"from",                   ALL,             OTHER,      0},
  {"to",                     ALL,             OTHER,      0},
  {"as_of",                  ALL,             OTHER,      0},
  {"asked_from",             ALL,             ASKED,      offsetof(evidence_box, asked_from)},
  {"asked_to",               ALL,             ASKED,      offsetof(evidence_box, asked_to)},
  {"concern",                ALL,             OTHER,      0},
  {"age_unknown",            ALL,             OTHER,      0},
  {"attended",               OF(RATE),        COUNT,      E(tally.attended)},
  {"possible",               OF(RATE),        COUNT,      E(tally.possible)},
  {"absent",                 OF(RATE),        COUNT,      E(tally.absent)},
  {"authorised",             OF(RATE),        COUNT,      CLASS(CLASS_AUTHORISED)},
  {"unauthorised",           OF(RATE),        COUNT,      CLASS(CLASS_UNAUTHORISED)},
  {"present",                OF(RATE),        COUNT,      CLASS(CLASS_PRESENT)},
  {"educational",            OF(RATE),        COUNT,      CLASS(CLASS_EDUCATIONAL)},
  {"not_possible",           OF(RATE),        COUNT,      CLASS(CLASS_NOT_POSSIBLE)},
  {"percent",                OF(RATE),        OTHER,      0},
  {"hundredths",             OF(RATE),        OTHER,      0},
  {"band",                   OF(RATE),        OTHER,      0},
  {"too_few",                OF(RATE) | PROFILES, FLAG,   E(too_few)},
  {"since",                  OF(COUNT) | OF(ROLLING), SESSION, E(spell)},
  {"unit",                   OF(COUNT) | RUNS, OTHER,     0},
  {"first_met",              OF(ROLLING),     SESSION,    E(first_met)},
  {"largest",                OF(ROLLING),     COUNT,      E(largest)},
  {"first",                  RUNS,            SESSION,    E(run_from)},
  {"last",                   RUNS,            OTHER,      0},
  {"attended",               OF(TREND),       OTHER,      0},
  {"possible",               OF(TREND),       COUNT,      E(contrast.pupil[0].possible)},
  {"attended_before",        OF(TREND),       OTHER,      0},
  {"possible_before",        OF(TREND),       COUNT,      E(contrast.pupil[1].possible)},
  {"before_from",            OF(TREND),       OTHER,      0},
  {"before_to",              OF(TREND),       OTHER,      0},
  {"fall",                   OF(TREND),       DIFFERENCE, E(contrast.points)},
  {"school_fall",            OF(TREND),       OTHER,      0},
  {"since",                  OF(TREND),       OTHER,      0},
  {"was_at_least",           OF(TREND),       RULE_SOME,  R(was_at_least)},
  {"before",                 OF(TREND),       RULE_INT,   R(before)},
  {"absent",                 OF(WEEKDAY),     COUNT,      E(contrast.pupil[0].absent)},
  {"possible",               OF(WEEKDAY),     COUNT,      E(contrast.pupil[0].possible)},
  {"others_absent",          OF(WEEKDAY),     COUNT,      E(contrast.pupil[1].absent)},
  {"others_possible",        OF(WEEKDAY),     COUNT,      E(contrast.pupil[1].possible)},
  {"school_absent",          OF(WEEKDAY),     COUNT,      E(contrast.school[0].absent)},
  {"school_possible",        OF(WEEKDAY),     COUNT,      E(contrast.school[0].possible)},
  {"school_others_absent",   OF(WEEKDAY),     COUNT,      E(contrast.school[1].absent)},
  {"school_others_possible", OF(WEEKDAY),     COUNT,      E(contrast.school[1].possible)},
  {"weekday",                OF(WEEKDAY),     OTHER,      0},
  {"days",                   OF(WEEKDAY),     COUNT,      E(days)},
  {"of_days",                OF(WEEKDAY),     COUNT,      E(of_days)},
  {"difference",             OF(WEEKDAY),     DIFFERENCE, E(contrast.points)},
  {"school_difference",      OF(WEEKDAY),     OTHER,      0},
  {"at_least",               OF(WEEKDAY),     RULE_INT,   R(at_least)},
  {"points",                 PROFILES,        RULE_INT,   R(points)},
  {"least_possible",         PROFILES,        RULE_INT,   R(least_possible)},
};
/* clang-format on */

static void push_session_at(lua_State *L, const evidence_box *b, size_t i) {
  if (i == INDEX_NONE)
    lua_pushnil(L);
  else
    lua_date_push_session(L, b->span.calendar->at[i]);
}

static void push_day_at(lua_State *L, const evidence_box *b, size_t i) {
  const calendar *c = b->span.calendar;
  lua_date_push(L, i < c->count ? session_day(c->at[i]) : DAY_NONE);
}

static void push_if(lua_State *L, bool known, lua_Integer number) {
  if (known)
    lua_pushinteger(L, number);
  else
    lua_pushnil(L);
}

/* Fields that are no member of the evidence; their kinds of rules are in the table. */
static void push_other(lua_State *L, const evidence_box *b, const char *name) {
  const evidence *e = &b->evidence;
  const rule *r = &e->rule->rule;
  const share *pupil = e->contrast.pupil, *school = e->contrast.school;
  bool any_before = e->before_from < e->before_to;
  if (strcmp(name, "rule") == 0) {
    lua_pushstring(L, r->name);
  } else if (strcmp(name, "kind") == 0) {
    lua_pushstring(L, rule_kind_name(r->kind));
  } else if (strcmp(name, "from") == 0) { /* of a run, its own */
    push_day_at(L, b, e->run_from == INDEX_NONE ? e->from : e->run_from);
  } else if (strcmp(name, "to") == 0) {
    size_t end = e->run_to == INDEX_NONE ? e->to : e->run_to;
    push_day_at(L, b, end ? end - 1 : INDEX_NONE);
  } else if (strcmp(name, "as_of") == 0) {
    lua_date_push(L, b->span.as_of);
  } else if (strcmp(name, "concern") == 0) {
    char text[CONCERN_TEXT];
    evidence_concern(e, &b->span, text);
    lua_pushstring(L, text);
  } else if (strcmp(name, "age_unknown") == 0) {
    lua_pushboolean(L, r->ages.used && b->span.born == DAY_NONE);
  } else if (strcmp(name, "band") == 0) {
    push_if(L, e->band >= 0, e->band);
  } else if (strcmp(name, "hundredths") == 0) {
    int32_t percent = tally_percent(&e->tally);
    push_if(L, percent >= 0, percent);
  } else if (strcmp(name, "percent") == 0) {
    int32_t percent = tally_percent(&e->tally);
    if (percent >= 0)
      lua_pushnumber(L, (lua_Number)percent / 100.0);
    else
      lua_pushnil(L);
  } else if (strcmp(name, "unit") == 0) {
    lua_pushstring(L, r->by_day ? "days" : "sessions");
  } else if (strcmp(name, "last") == 0) {
    push_session_at(L, b, e->run_to == INDEX_NONE ? INDEX_NONE : e->run_to - 1);
  } else if (strcmp(name, "attended") == 0) {
    lua_pushinteger(L, pupil[0].possible - pupil[0].absent);
  } else if (strcmp(name, "attended_before") == 0) {
    lua_pushinteger(L, pupil[1].possible - pupil[1].absent);
  } else if (strcmp(name, "before_from") == 0) {
    push_day_at(L, b, any_before ? e->before_from : INDEX_NONE);
  } else if (strcmp(name, "before_to") == 0) {
    push_day_at(L, b, any_before ? e->before_to - 1 : INDEX_NONE);
  } else if (strcmp(name, "since") == 0) { /* of a trend: the Monday of that week */
    const session *at = b->span.calendar->at;
    lua_date_push(L, e->spell == INDEX_NONE ? DAY_NONE : date_monday(session_day(at[e->spell])));
  } else if (strcmp(name, "weekday") == 0) {
    lua_pushstring(L, e->weekday < 0 ? NULL : weekday_name(e->weekday));
  } else { /* school_fall, school_difference: nil where the rule does not look at the school, or
              nobody else is there */
    push_if(L, school[0].possible && school[1].possible, e->contrast.school_points);
  }
}

static int evidence_index(lua_State *L) {
  const evidence_box *b = check(L);
  const rule *r = &b->evidence.rule->rule;
  const char *name = luaL_checkstring(L, 2);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    const struct evidence_field *f = &fields[i];
    if (!(f->kinds >> r->kind & 1U) || strcmp(name, f->name) != 0) continue;
    const char *member = (const char *)&b->evidence + f->at, *asked = (const char *)r + f->at;
    switch (f->shape) {
      case FLAG: lua_pushboolean(L, *(const bool *)member); break;
      case COUNT: lua_pushinteger(L, *(const uint32_t *)member); break;
      case DIFFERENCE: lua_pushinteger(L, *(const int32_t *)member); break;
      case SESSION: push_session_at(L, b, *(const size_t *)member); break;
      case RULE_INT: lua_pushinteger(L, *(const int *)asked); break;
      case RULE_SOME: push_if(L, *(const int *)asked > 0, *(const int *)asked); break;
      case ASKED: lua_date_push(L, *(const day *)((const char *)b + f->at)); break;
      case OTHER: push_other(L, b, name); break;
    }
    return 1;
  }
  return luaL_error(L, "the evidence of a %s rule has no field \"%s\"", rule_kind_name(r->kind),
                    name);
}

/* Methods ------------------------------------------------------------------ */

/* evidence:sessions(), evidence:unresolved() -> list of sessions with their marks; upvalue 1:
 * whether they are those that are watched */
static int list_sessions(lua_State *L) {
  const evidence_box *b = check(L);
  bool watched = lua_toboolean(L, lua_upvalueindex(1));
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

static char *put(char *to, slice text) {
  memcpy(to, text.at, text.length);
  return to + text.length;
}

void lua_evidence_push_list(lua_State *L, int index, bool watched) {
  enum { SESSION_JSON = 32 }; /* ["2025-09-08","AM","\\"], and room for an escape */
  const evidence_box *b = luaL_checkudata(L, index, EVIDENCE_TYPE);
  size_t n = evidence_sessions(&b->evidence, &b->span, watched, NULL, 0);
  uint32_t *indexes = lua_newuserdatauv(L, (n + 1) * sizeof *indexes, 0);
  char *text = lua_newuserdatauv(L, n * SESSION_JSON + 2, 0), *at = text;
  (void)evidence_sessions(&b->evidence, &b->span, watched, indexes, n);
  day latest = DAY_NONE;
  char date[DATE_TEXT];
  *at++ = '[';
  for (size_t i = 0; i < n; i++) {
    session when = b->span.calendar->at[indexes[i]];
    if (session_day(when) != latest) date_format(latest = session_day(when), date);
    at = put(at, slice_of(i ? ",[\"" : "[\""));
    at = put(at, slice_of(date));
    at = put(at, slice_of(session_half(when) ? "\",\"PM\",\"" : "\",\"AM\",\""));
    for (const char *c = b->codes->of[b->span.marks[indexes[i]]].text; *c; c++) {
      if (*c == '"' || *c == '\\') *at++ = '\\';
      *at++ = *c;
    }
    at = put(at, slice_of("\"]"));
  }
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

/* pupil:KIND(rule[, from[, to]]), pupil:measure(…) of any kind -> evidence. Upvalues: the kind, or
 * RULE_KINDS for any; the rate of the year to date. */
static int measure(lua_State *L) {
  (void)lua_pupil_check(L, 1);
  enum rule_kind kind = (enum rule_kind)lua_tointeger(L, lua_upvalueindex(1));
  lua_settop(L, 4);
  if (lua_isnil(L, 2) && kind == RULE_RATE) {
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_replace(L, 2);
  }
  const rule *r = lua_rule_check(L, 2);
  if (kind != RULE_KINDS && r->kind != kind)
    return luaL_error(L, "pupil:%s() takes a %s rule; \"%s\" is a %s rule: use pupil:%s()",
                      rule_kind_name(kind), rule_kind_name(kind), r->name, rule_kind_name(r->kind),
                      rule_kind_name(r->kind));
  day from = lua_date_opt(L, 3), to = lua_date_opt(L, 4);
  if (rule_is_fixed(r) && (from != DAY_NONE || to != DAY_NONE))
    return luaL_error(L, "a %s rule has its own period: give it no dates", rule_kind_name(r->kind));
  lua_evidence_push(L, 1, 2, from, to);
  return 1;
}

int lua_evidence_open(lua_State *L, int methods) {
  static const char *const lists[] = {"sessions", "unresolved"};
  static const luaL_Reg meta[] = {
      {"__index", evidence_index}, {"__tostring", evidence_tostring}, {NULL, NULL}};
  methods = lua_absindex(L, methods);
  (void)lua_rule_open(L);
  lua_getfield(L, -1, "rate"); /* pupil:rate() is that of the year to date */
  lua_createtable(L, 0, 1);
  lua_pushstring(L, "attendance");
  lua_setfield(L, -2, "name");
  lua_call(L, 1, 1);
  for (int kind = 0; kind <= RULE_KINDS; kind++) {
    lua_pushinteger(L, kind);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, measure, 2);
    lua_setfield(L, methods, kind < RULE_KINDS ? rule_kind_name((enum rule_kind)kind) : "measure");
  }
  lua_pop(L, 2);
  lua_createtable(L, 0, 2);
  for (int watched = 0; watched < 2; watched++) {
    lua_pushboolean(L, watched);
    lua_pushcclosure(L, list_sessions, 1);
    lua_setfield(L, -2, lists[watched]);
  }
  type_push(L, EVIDENCE_TYPE, NULL, NULL);
  lua_pushvalue(L, -2);
  luaL_setfuncs(L, meta, 1);
  lua_pop(L, 1);
  return 1;
}
