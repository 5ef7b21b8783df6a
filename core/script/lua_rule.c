/* lua_rule: one constructor for every kind; what a kind may
 * have is one row of `kinds`. */
#include "script/lua_rule.h"

#include <lauxlib.h>
#include <string.h>

#include "script/lua_pupil.h"
#include "script/type.h"

#define RULE_TYPE "waymark.rule"

/* User values: of a rule, the table it was made from, and the last that was compiled of
 * it; of a compiled one, its code set. While that lives, no other set has its address. */
enum { RULE_TABLE = 1, RULE_COMPILED };

typedef struct compiled_box {
  compiled_rule compiled;
  const code_set *codes;
} compiled_box;

enum field {
  F_NAME,
  F_CODES,
  F_CLASSES,
  F_UNRESOLVED,
  F_AT_LEAST,
  F_PERIOD,
  F_WEEKS,
  F_SINCE,
  F_AGES,
  F_BANDS,
  F_LEAST_POSSIBLE,
  F_BEFORE,
  F_POINTS,
  F_WAS_AT_LEAST,
  F_BESIDE_SCHOOL,
  F_UNIT,
  F_AFTER,
  F_EDITION,
  F_COUNT
};

static const char *const field_names[F_COUNT] = {
    "name",   "codes",        "classes",       "unresolved", "at_least",       "period",
    "weeks",  "since",        "ages",          "bands",      "least_possible", "before",
    "points", "was_at_least", "beside_school", "unit",       "after",          "edition"};

#define HAS(f) (1U << (f))

enum {
  COUNTING =
      HAS(F_NAME) | HAS(F_CODES) | HAS(F_CLASSES) | HAS(F_AT_LEAST) | HAS(F_SINCE) | HAS(F_AGES),
  PERIODS = HAS(F_PERIOD) | HAS(F_WEEKS),
  OF_ANY = HAS(F_EDITION),
  EDITION_MOST = 200
};

static const unsigned kinds[RULE_KINDS] = {
    [RULE_RATE] =
        HAS(F_NAME) | PERIODS | HAS(F_SINCE) | HAS(F_AGES) | HAS(F_BANDS) | HAS(F_LEAST_POSSIBLE),
    [RULE_COUNT] = COUNTING | PERIODS | HAS(F_UNIT),
    [RULE_STREAK] = COUNTING, /* a run is as long as it is */
    [RULE_LONGEST] = COUNTING | PERIODS | HAS(F_UNIT) | HAS(F_AFTER),
    [RULE_ROLLING] = COUNTING | HAS(F_WEEKS) | HAS(F_UNRESOLVED),
    [RULE_MISSING] = HAS(F_NAME) | HAS(F_AT_LEAST) | PERIODS | HAS(F_SINCE),
    [RULE_TREND] = HAS(F_NAME) | HAS(F_WEEKS) | HAS(F_BEFORE) | HAS(F_POINTS) |
                   HAS(F_WAS_AT_LEAST) | HAS(F_LEAST_POSSIBLE) | HAS(F_BESIDE_SCHOOL),
    [RULE_WEEKDAY] = HAS(F_NAME) | HAS(F_CLASSES) | HAS(F_WEEKS) | HAS(F_POINTS) | HAS(F_AT_LEAST) |
                     HAS(F_LEAST_POSSIBLE),
};

/* Errors ------------------------------------------------------------------- */

static int refuse(lua_State *L, const rule *r, const char *why) {
  return luaL_error(L, "%s { name = \"%s\" }: %s", rule_kind_name(r->kind), r->name, why);
}

/* `name` is none of `known`: "it has no field …", with the nearest. */
static int refuse_unknown(lua_State *L, const rule *r, const char *what, const char *name,
                          const slice *known, size_t n) {
  size_t nearest = text_nearest(slice_of(name), known, n);
  if (nearest == n) return refuse(L, r, lua_pushfstring(L, "%s no field \"%s\"", what, name));
  lua_pushlstring(L, known[nearest].at, known[nearest].length);
  return refuse(L, r,
                lua_pushfstring(L, "%s no field \"%s\"; did you mean \"%s\"?", what, name,
                                lua_tostring(L, -1)));
}

static void check_fields(lua_State *L, int table, const rule *r) {
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) (void)refuse(L, r, "it takes named fields only");
    int f = 0;
    while (f < F_COUNT && strcmp(lua_tostring(L, -2), field_names[f]) != 0) f++;
    if (f < F_COUNT && (kinds[r->kind] | OF_ANY) >> f & 1U) continue;
    slice known[F_COUNT];
    size_t n = 0;
    for (f = 0; f < F_COUNT; f++)
      if ((kinds[r->kind] | OF_ANY) >> f & 1U) known[n++] = slice_of(field_names[f]);
    (void)refuse_unknown(L, r, "it has", lua_tostring(L, -2), known, n);
  }
}

/* Fields: each leaves the stack as it was ----------------------------------- */

static bool get(lua_State *L, int table, enum field f) {
  lua_getfield(L, table, field_names[f]);
  if (!lua_isnil(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

static void take_number(lua_State *L, int table, enum field f, int least, int most, rule *r,
                        int *out) {
  if (!get(L, table, f)) return;
  int whole = 0;
  lua_Integer n = lua_tointegerx(L, -1, &whole);
  if (lua_type(L, -1) != LUA_TNUMBER || !whole || n < least || n > most)
    (void)refuse(
        L, r,
        lua_pushfstring(L, "\"%s\" is a whole number from %d to %d", field_names[f], least, most));
  *out = (int)n;
  lua_pop(L, 1);
}

static void add_code(lua_State *L, rule *r, slice text, char (*codes)[CODE_TEXT], int *count) {
  if (text.length < 1 || text.length >= CODE_TEXT || *count == RULE_CODES)
    (void)refuse(L, r, "its codes are a text of one-character codes, or a list of codes");
  memset(codes[*count], 0, CODE_TEXT);
  memcpy(codes[(*count)++], text.at, text.length);
}

static slice string_at(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  return (slice){text, length};
}

/* "GNOU", each character a code, or { "G", "Y1" }. */
static void take_codes(lua_State *L, int table, enum field f, rule *r, char (*codes)[CODE_TEXT],
                       int *count) {
  if (!get(L, table, f)) return;
  if (lua_type(L, -1) == LUA_TSTRING) {
    slice all = string_at(L, -1);
    for (size_t i = 0; i < all.length; i++) add_code(L, r, (slice){all.at + i, 1}, codes, count);
  } else {
    if (!lua_istable(L, -1)) (void)refuse(L, r, "its codes are a text or a list");
    lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= n && i <= RULE_CODES + 1; i++) {
      if (lua_rawgeti(L, -1, i) != LUA_TSTRING) (void)refuse(L, r, "each code is a text");
      add_code(L, r, string_at(L, -1), codes, count);
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
}

static void add_class(lua_State *L, rule *r) {
  enum mark_class c;
  if (lua_type(L, -1) != LUA_TSTRING || !class_parse(string_at(L, -1), &c))
    (void)refuse(L, r,
                 "a class is present, educational, authorised, unauthorised, not-possible or "
                 "administrative");
  else
    r->classes |= 1U << c;
}

static void take_classes(lua_State *L, int table, rule *r) {
  if (!get(L, table, F_CLASSES)) return;
  if (lua_istable(L, -1)) {
    lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= n && i <= CLASS_COUNT; i++, lua_pop(L, 1)) {
      lua_rawgeti(L, -1, i);
      add_class(L, r);
    }
  } else {
    add_class(L, r);
  }
  lua_pop(L, 1);
}

static void take_name(lua_State *L, int table, rule *r) {
  if (!get(L, table, F_NAME)) (void)refuse(L, r, "give it a name");
  slice name = lua_type(L, -1) == LUA_TSTRING ? string_at(L, -1) : (slice){"", 0};
  bool good = name.length > 0 && name.length < RULE_NAME;
  for (size_t i = 0; good && i < name.length; i++) {
    char c = name.at[i];
    good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  }
  if (!good) (void)refuse(L, r, "a name is up to 39 letters, digits, - and _");
  memcpy(r->name, name.at, name.length);
  lua_pop(L, 1);
}

static void take_period(lua_State *L, int table, rule *r) {
  static const char *const names[] = {"year", "weeks", "all"};
  bool weeks = r->weeks > 0;
  r->period = weeks ? PERIOD_WEEKS : r->kind == RULE_STREAK ? PERIOD_ALL : PERIOD_YEAR;
  if (!get(L, table, F_PERIOD)) return;
  int i = 0;
  while (i < 3 && (lua_type(L, -1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), names[i]) != 0))
    i++;
  if (i == 3) (void)refuse(L, r, "its period is \"year\", \"weeks\" or \"all\"");
  if ((i == PERIOD_WEEKS) != weeks)
    (void)refuse(L, r, "the period \"weeks\" goes with weeks = a number, and only it does");
  r->period = (enum rule_period)i;
  lua_pop(L, 1);
}

static void take_unit(lua_State *L, int table, rule *r) {
  if (!get(L, table, F_UNIT)) return;
  slice unit = lua_type(L, -1) == LUA_TSTRING ? string_at(L, -1) : (slice){"", 0};
  r->by_day = slice_is(unit, "days");
  if (!r->by_day && !slice_is(unit, "sessions"))
    (void)refuse(L, r, "its unit is \"sessions\" or \"days\"");
  if (r->by_day && r->weeks > 0)
    (void)refuse(L, r, "days are counted over a year or everything, not over school weeks");
  lua_pop(L, 1);
}

static void take_bands(lua_State *L, int table, rule *r) {
  if (!get(L, table, F_BANDS)) return;
  lua_Integer n = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;
  if (n < 1 || n > RULE_BANDS) (void)refuse(L, r, "its bands are a list of 1 to 12 percentages");
  for (lua_Integer i = 1; i <= n; i++, lua_pop(L, 1)) {
    int whole = 0;
    lua_rawgeti(L, -1, i);
    lua_Integer band = lua_tointegerx(L, -1, &whole);
    if (lua_type(L, -1) != LUA_TNUMBER || !whole || band < 0 || band > 100 ||
        (i > 1 && band >= r->bands[i - 2]))
      (void)refuse(L, r, "its bands are whole percentages, the highest first");
    r->bands[r->band_count++] = (int)band;
  }
  lua_pop(L, 1);
}

/* Ages ---------------------------------------------------------------------- */

static month_day to_month_day(lua_State *L, rule *r) {
  int64_t m = 0, d = 0;
  slice text = lua_type(L, -1) == LUA_TSTRING ? string_at(L, -1) : (slice){"", 0};
  bool good = text.length == 5 && text.at[2] == '-' && text_number((slice){text.at, 2}, 12, &m) &&
              text_number((slice){text.at + 3, 2}, 31, &d) && m >= 1 && d >= 1 &&
              d <= date_days_in_month(2023, (int)m);
  if (!good) (void)refuse(L, r, "a day of the year is written \"08-31\"");
  return (month_day){(int)m, (int)d};
}

static int age_number(lua_State *L, rule *r, int ages, const char *name, int most) {
  int whole = 0;
  lua_getfield(L, ages, name);
  lua_Integer n = lua_tointegerx(L, -1, &whole);
  if (lua_type(L, -1) != LUA_TNUMBER || !whole || n < 1 || n > most)
    (void)refuse(L, r, lua_pushfstring(L, "ages.%s is a whole number from 1 to %d", name, most));
  lua_pop(L, 1);
  return (int)n;
}

static void take_ages(lua_State *L, int table, rule *r) {
  if (!get(L, table, F_AGES)) return;
  if (!lua_istable(L, -1)) (void)refuse(L, r, "its ages are a table");
  int ages = lua_gettop(L);
  static const char *const names[] = {"from_age",    "from_on",  "to_age",
                                      "year_begins", "to_month", "to_last"};
  enum { NAMES = sizeof names / sizeof *names };
  for (lua_pushnil(L); lua_next(L, ages); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) (void)refuse(L, r, "its ages take named fields only");
    slice known[NAMES];
    size_t i = 0;
    while (i < NAMES && strcmp(lua_tostring(L, -2), names[i]) != 0) i++;
    if (i < NAMES) continue;
    for (i = 0; i < NAMES; i++) known[i] = slice_of(names[i]);
    (void)refuse_unknown(L, r, "its ages have", lua_tostring(L, -2), known, NAMES);
  }
  r->ages.used = true;
  r->ages.from_age = age_number(L, r, ages, "from_age", 30);
  r->ages.to_age = age_number(L, r, ages, "to_age", 30);
  r->ages.to_month = age_number(L, r, ages, "to_month", 12);
  lua_getfield(L, ages, "to_last");
  slice last = lua_type(L, -1) == LUA_TSTRING ? string_at(L, -1) : (slice){"", 0};
  while (r->ages.to_weekday < 7 && !slice_is(last, weekday_name(r->ages.to_weekday)))
    r->ages.to_weekday++;
  if (r->ages.to_weekday == 7) (void)refuse(L, r, "ages.to_last is a weekday: \"friday\"");
  lua_pop(L, 1);
  lua_getfield(L, ages, "year_begins");
  r->ages.year_begins = to_month_day(L, r);
  lua_pop(L, 1);
  lua_Integer n =
      lua_getfield(L, ages, "from_on") == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, -1) : 0;
  if (n < 1 || n > AGE_DATES)
    (void)refuse(L, r, "ages.from_on is a list of 1 to 4 days of the year");
  for (lua_Integer i = 1; i <= n; i++, lua_pop(L, 1)) {
    lua_rawgeti(L, -1, i);
    r->ages.from_on[r->ages.from_count++] = to_month_day(L, r);
  }
  lua_pop(L, 2);
}

/* Where it is from is for people alone: a line of text. */
static void check_edition(lua_State *L, int table, rule *r) {
  if (!get(L, table, F_EDITION)) return;
  slice text = lua_type(L, -1) == LUA_TSTRING ? string_at(L, -1) : (slice){"", 0};
  bool is_line = text.length >= 1 && text.length <= EDITION_MOST;
  for (size_t i = 0; is_line && i < text.length; i++)
    is_line = (unsigned char)text.at[i] >= 32 && text.at[i] != 127;
  if (!is_line)
    (void)refuse(L, r,
                 lua_pushfstring(L, "its edition is a line of at most %d bytes", EDITION_MOST));
  lua_pop(L, 1);
}

/* Construction -------------------------------------------------------------- */

static int new_rule(lua_State *L) {
  enum rule_kind kind = (enum rule_kind)lua_tointeger(L, lua_upvalueindex(1));
  rule r = {.kind = kind, .at_least = 1, .since = DAY_NONE};
  if (!lua_istable(L, 1)) return refuse(L, &r, "it takes a table of named fields");
  lua_settop(L, 1);
  take_name(L, 1, &r);
  check_fields(L, 1, &r);
  bool profile = kind == RULE_TREND || kind == RULE_WEEKDAY;
  if (profile) { /* no authority's numbers: of fewer half days, or for two days, a difference may
                    well be chance */
    r.least_possible = 20;
    if (kind == RULE_WEEKDAY) r.at_least = 3;
    r.beside_school = kind == RULE_TREND;
  }
  take_codes(L, 1, F_CODES, &r, r.codes, &r.code_count);
  take_codes(L, 1, F_UNRESOLVED, &r, r.unresolved, &r.unresolved_count);
  take_codes(L, 1, F_AFTER, &r, r.after, &r.after_count);
  take_classes(L, 1, &r);
  take_number(L, 1, F_AT_LEAST, 1, 10000, &r, &r.at_least);
  take_number(L, 1, F_WEEKS, 1, 520, &r, &r.weeks);
  take_number(L, 1, F_LEAST_POSSIBLE, 1, 10000, &r, &r.least_possible);
  take_number(L, 1, F_BEFORE, 1, 520, &r, &r.before);
  take_number(L, 1, F_POINTS, 1, 100, &r, &r.points);
  take_number(L, 1, F_WAS_AT_LEAST, 1, 100, &r, &r.was_at_least);
  if (get(L, 1, F_BESIDE_SCHOOL)) {
    if (!lua_isboolean(L, -1)) (void)refuse(L, &r, "\"beside_school\" is true or false");
    r.beside_school = lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  take_period(L, 1, &r);
  take_unit(L, 1, &r);
  if (get(L, 1, F_SINCE)) {
    slice text = lua_type(L, -1) == LUA_TSTRING ? string_at(L, -1) : (slice){"", 0};
    problem p = {0};
    if (date_parse_iso(text, &r.since, &p))
      (void)refuse(L, &r, "\"since\" is a date: \"2024-08-19\"");
    lua_pop(L, 1);
  }
  take_bands(L, 1, &r);
  take_ages(L, 1, &r);
  check_edition(L, 1, &r);
  const unsigned absence = 1U << CLASS_AUTHORISED | 1U << CLASS_UNAUTHORISED;
  if (kinds[kind] & HAS(F_CODES) && r.code_count == 0 && r.classes == 0)
    (void)refuse(L, &r, "say what it counts: codes = \"GNOU\" or classes = \"unauthorised\"");
  if (kind == RULE_ROLLING && r.weeks == 0)
    (void)refuse(L, &r, "say over how many school weeks: weeks = 10");
  if (profile && r.weeks == 0) (void)refuse(L, &r, "say over how many school weeks: weeks = 12");
  if (profile && r.points == 0)
    (void)refuse(L, &r, "say how many percentage points are worth a look: points = 10");
  if (kind == RULE_TREND && r.before == 0)
    (void)refuse(L, &r, "say beside how many school weeks before them: before = 9");
  if (profile && r.classes & ~absence)
    (void)refuse(L, &r, "its classes are those of absence: authorised, unauthorised");
  if (profile && r.classes == 0) r.classes = absence;
  rule *made = lua_newuserdatauv(L, sizeof *made, 2);
  *made = r;
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, RULE_TABLE);
  luaL_setmetatable(L, RULE_TYPE);
  return 1;
}

/* Use ----------------------------------------------------------------------- */

const rule *lua_rule_check(lua_State *L, int index) { return luaL_checkudata(L, index, RULE_TYPE); }

const compiled_rule *lua_rule_push_compiled(lua_State *L, int index, int codes) {
  const rule *r = lua_rule_check(L, index);
  const code_set *set = lua_codes_check(L, codes);
  if (lua_getiuservalue(L, index, RULE_COMPILED) == LUA_TUSERDATA) {
    const compiled_box *last = lua_touserdata(L, -1);
    if (last->codes == set) return &last->compiled;
  }
  lua_pop(L, 1);
  compiled_box *box = lua_newuserdatauv(L, sizeof *box, 1);
  problem p = {0};
  if (rule_compile(r, set, &box->compiled, &p)) luaL_error(L, "%s; %s", p.sentence, p.remedy);
  box->codes = set;
  lua_pushvalue(L, codes);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, index, RULE_COMPILED);
  return &box->compiled;
}

static int rule_index(lua_State *L) {
  const rule *r = lua_rule_check(L, 1);
  const char *name = luaL_checkstring(L, 2);
  if (strcmp(name, "kind") == 0) return lua_pushstring(L, rule_kind_name(r->kind)), 1;
  if (strcmp(name, "at_least") == 0) return lua_pushinteger(L, r->at_least), 1;
  lua_getiuservalue(L, 1, RULE_TABLE);
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  return 1;
}

static int rule_tostring(lua_State *L) {
  const rule *r = lua_rule_check(L, 1);
  lua_pushfstring(L, "%s \"%s\"", rule_kind_name(r->kind), r->name);
  return 1;
}

/* describe(rule) -> the table it was made from (not a copy), its kind */
static int rule_describe(lua_State *L) {
  const rule *r = lua_rule_check(L, 1);
  lua_getiuservalue(L, 1, RULE_TABLE);
  lua_pushstring(L, rule_kind_name(r->kind));
  return 2;
}

static int is_rule(lua_State *L) {
  lua_pushboolean(L, luaL_testudata(L, 1, RULE_TYPE) != NULL);
  return 1;
}

int lua_rule_open(lua_State *L) {
  static const luaL_Reg meta[] = {
      {"__index", rule_index}, {"__tostring", rule_tostring}, {NULL, NULL}};
  static const luaL_Reg functions[] = {
      {"describe", rule_describe}, {"is_rule", is_rule}, {NULL, NULL}};
  type_push(L, RULE_TYPE, meta, NULL);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_createtable(L, RULE_KINDS, 0);
  for (int kind = 0; kind < RULE_KINDS; kind++) {
    const char *name = rule_kind_name((enum rule_kind)kind);
    lua_pushstring(L, name);
    lua_rawseti(L, -2, kind + 1);
    lua_pushinteger(L, kind);
    lua_pushcclosure(L, new_rule, 1);
    lua_setfield(L, -3, name);
  }
  lua_setfield(L, -2, "kinds");
  return 1;
}
