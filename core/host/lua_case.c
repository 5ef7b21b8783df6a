/* lua_case: events, suggestions and entries for Lua; the contract is in the header. */
#include "host/lua_case.h"

#include "host/args.h"
#include "host/lua_store.h"
#include "script/result.h"
#include "store/case/entries.h"
#include "store/case/suggestions.h"

enum { OPTIONS = 2 };

#define EVENT                                                                                \
  "at", "on", "kind", "pupil", "school", "enrolment", "plugin", "version", "digest", "step", \
      "concern", "by", "data"

/* The options as an event. The texts are lent by the options, the data by the stack. */
static status check_event(lua_State *L, store *w, const char *const *known, event *out,
                          problem *p) {
  args_options(L, OPTIONS, known);
  *out = (event){.at = args_required_integer(L, OPTIONS, "at"),
                 .on = args_required_day(L, OPTIONS, "on"),
                 .pupil = args_integer(L, OPTIONS, "pupil", 0),
                 .enrolment = args_integer(L, OPTIONS, "enrolment", 0),
                 .kind = args_text(L, OPTIONS, "kind"),
                 .plugin = args_text(L, OPTIONS, "plugin"),
                 .version = args_text(L, OPTIONS, "version"),
                 .digest = args_text(L, OPTIONS, "digest"),
                 .step = args_text(L, OPTIONS, "step"),
                 .concern = args_text(L, OPTIONS, "concern"),
                 .by = args_text(L, OPTIONS, "by")};
  out->data = args_json(L, OPTIONS, "data", &out->encoded);
  return lua_store_school_option(L, OPTIONS, w, &out->school, p);
}

static const char *const event_options[] = {EVENT, NULL};

int lua_case_add_event(lua_State *L) {
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status s = check_event(L, w, event_options, &e, &p);
  if (!s) s = event_add(w, &e, &id, &p);
  return result_integer(L, s, id, &p);
}

int lua_case_make_suggestion(lua_State *L) {
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  bool made = false;
  problem p;
  status s = check_event(L, w, event_options, &e, &p);
  if (!s) s = suggestion_make(w, &e, &id, &made, &p);
  if (s) return result_problem(L, &p);
  lua_pushinteger(L, id);
  lua_pushboolean(L, made);
  return 2;
}

int lua_case_lapse_suggestion(lua_State *L) {
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status s = check_event(L, w, event_options, &e, &p);
  if (!s) s = suggestion_lapse(w, &e, &id, &p);
  return result_integer(L, s, id, &p);
}

int lua_case_add_entry(lua_State *L) {
  static const char *const known[] = {EVENT, "body", NULL};
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  bool encoded;
  status s = check_event(L, w, known, &e, &p);
  slice body = args_json(L, OPTIONS, "body", &encoded);
  if (!s) s = entry_add(w, &e, body, &id, &p);
  return result_integer(L, s, id, &p);
}

int lua_case_strike_entry(lua_State *L) {
  static const char *const known[] = {"at", "on",   "pupil", "school", "enrolment",
                                      "of", "data", "by",    NULL};
  store *w = lua_store_check(L, 1);
  event e;
  int64_t id = 0;
  problem p;
  status s = check_event(L, w, known, &e, &p);
  int64_t of = args_required_integer(L, OPTIONS, "of");
  if (!s) s = entry_strike(w, of, &e, &id, &p);
  return result_integer(L, s, id, &p);
}
