/* check: see check.h. */
#include "store/case/check.h"

#include "store/case/entries.h"
#include "store/case/school_events.h"
#include "store/sheet/rows.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct checking {
  store *store;
  findings found;
  size_t of_kind; /* findings of the check that is running */
  status failed;
  problem *problem;
} checking;

void findings_free(findings *f) {
  for (size_t i = 0; i < f->count; i++) mem_free(f->texts[i]);
  mem_free(f->texts);
  *f = (findings){0};
}

static void add_text(checking *c, const char *text) {
  char **more = mem_resize(c->found.texts, c->found.count + 1, sizeof *more);
  if (more) c->found.texts = more;
  char *copy = more ? mem_copy_text(text, slice_of(text).length) : NULL;
  if (copy)
    c->found.texts[c->found.count++] = copy;
  else
    c->failed = problem_no_memory(c->problem);
}

static void find(checking *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void find(checking *c, const char *format, ...) {
  char text[PROBLEM_SENTENCE];
  if (c->failed || c->of_kind++ >= FINDINGS_KEPT) return;
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  add_text(c, text);
}

/* Begin a check; say how many more the one before found. */
static void begin_kind(checking *c) {
  char text[64];
  if (!c->failed && c->of_kind > FINDINGS_KEPT) {
    (void)snprintf(text, sizeof text, "and %zu more like this", c->of_kind - FINDINGS_KEPT);
    add_text(c, text);
  }
  c->of_kind = 0;
}

static statement *prepared(checking *c, const char *sql) {
  if (c->failed) return NULL;
  statement *s = db_statement(store_db(c->store), sql, c->problem);
  if (!s) c->failed = STATUS_FAULT;
  return s;
}

static bool step(checking *c, statement *s) {
  bool row = false;
  if (!s) return false;
  if (!c->failed) c->failed = db_step(s, &row, c->problem);
  if (!row) db_reset(s);
  return row;
}

/* SQLite --------------------------------------------------------------------- */

static void check_file(checking *c) {
  begin_kind(c);
  statement *s = prepared(c, "PRAGMA integrity_check");
  while (step(c, s))
    if (!slice_is(db_column_text(s, 0), "ok"))
      find(c, "the file is damaged: %s", db_column_shown(s, 0));
  begin_kind(c);
  s = prepared(c, "PRAGMA foreign_key_check");
  while (step(c, s))
    find(c, "row %lld of the table %s names something in %s that is not there",
         (long long)db_column_int(s, 1), db_column_shown(s, 0), db_column_shown(s, 2));
}

/* Codes ---------------------------------------------------------------------- */

static void check_codes(checking *c) {
  begin_kind(c);
  statement *s = prepared(c, "SELECT byte, text, class FROM code ORDER BY byte");
  while (step(c, s)) {
    const char *class = class_name(mark_class_of((mark)(int)db_column_int(s, 0)));
    if (!slice_is(db_column_text(s, 2), class))
      find(c, "the code %s is recorded as %s, but its byte means %s", db_column_shown(s, 1),
           db_column_shown(s, 2), class);
  }
}

/* Sheets --------------------------------------------------------------------- */

typedef struct places {
  int64_t school;
  int year;
  buffer taken; /* [slot]: 1 when somebody has it */
} places;

static void read_places(checking *c, places *of, int64_t school, int year) {
  if (of->school == school && of->year == year) return;
  of->school = school;
  of->year = year;
  buffer_clear(&of->taken);
  statement *s =
      prepared(c, "SELECT slot FROM slot WHERE school = ? AND academic_year = ? ORDER BY slot");
  if (!s) return;
  db_bind_int(s, 1, school);
  db_bind_int(s, 2, year);
  while (step(c, s)) {
    int64_t slot = db_column_int(s, 0);
    if (slot < 0 || slot > 1000000) {
      find(c, "school %lld gives out the place %lld in %d", (long long)school, (long long)slot,
           year);
      continue;
    }
    while (of->taken.length < (size_t)slot && !of->taken.failed) buffer_add_char(&of->taken, 0);
    buffer_add_char(&of->taken, 1);
  }
  if (of->taken.failed && !c->failed) c->failed = problem_no_memory(c->problem);
}

static void check_half(checking *c, const places *of, statement *s, int half) {
  slice marks = db_column_text(s, 3 + half);
  const code_set *codes = store_codes(c->store);
  char date[DATE_TEXT];
  date_format((int)db_column_int(s, 2), date);
  const char *session_name = half == HALF_AM ? "AM" : "PM";
  for (size_t i = 0; i < marks.length; i++) {
    mark m = (mark)marks.at[i];
    if (m == MARK_NONE) continue;
    if (!codes->of[m].text[0])
      find(c, "%s, %s %s: place %zu holds %d, which is no code", db_column_shown(s, 1), date,
           session_name, i, m);
    else if (i >= of->taken.length || !of->taken.bytes[i])
      find(c, "%s, %s %s: a mark (%s) in place %zu, which nobody has", db_column_shown(s, 1), date,
           session_name, codes->of[m].text, i);
  }
}

static void check_sheets(checking *c) {
  places of = {.year = INT32_MIN};
  begin_kind(c);
  statement *s = prepared(c,
                          "SELECT h.school, k.key, h.day, h.am, h.pm FROM sheet h"
                          " JOIN school k ON k.id = h.school ORDER BY h.key");
  while (step(c, s)) {
    day on = (int)db_column_int(s, 2);
    if (on < DATE_FIRST || on > DATE_LAST) {
      find(c, "%s has a sheet of no day (%d)", db_column_shown(s, 1), on);
      continue;
    }
    read_places(c, &of, db_column_int(s, 0), date_academic_year(on));
    check_half(c, &of, s, HALF_AM);
    check_half(c, &of, s, HALF_PM);
  }
  buffer_free(&of.taken);
}

/* Amendments ----------------------------------------------------------------- */

/* The byte on the sheet, or -1 when the enrolment has no place in that year. */
static int mark_on_sheet(checking *c, int64_t enrolment, session at) {
  statement *s = prepared(c,
                          "SELECT substr(CASE ?4 WHEN 0 THEN h.am ELSE h.pm END, s.slot + 1, 1)"
                          " FROM slot s LEFT JOIN sheet h ON h.key = " SHEET_KEY(
                              "s.school", "?3") " WHERE s.enrolment = ?1 AND s.academic_year = ?2");
  if (!s) return -1;
  db_bind_int(s, 1, enrolment);
  db_bind_int(s, 2, date_academic_year(session_day(at)));
  db_bind_int(s, 3, session_day(at));
  db_bind_int(s, 4, session_half(at));
  if (!step(c, s)) return -1;
  slice byte = db_column_text(s, 0);
  int found = byte.length ? (unsigned char)byte.at[0] : MARK_NONE;
  db_reset(s);
  return found;
}

static void check_amendments(checking *c) {
  begin_kind(c);
  const code_set *codes = store_codes(c->store);
  statement *s = prepared(c,
                          "SELECT a.enrolment, a.session, a.now, p.forename || ' ' || p.surname"
                          " FROM amendment a JOIN enrolment e ON e.id = a.enrolment"
                          " JOIN pupil p ON p.id = e.pupil WHERE a.id = (SELECT max(b.id)"
                          " FROM amendment b WHERE b.enrolment = a.enrolment"
                          " AND b.session = a.session) ORDER BY a.enrolment, a.session");
  while (step(c, s)) {
    session at = (int)db_column_int(s, 1);
    int now = (int)db_column_int(s, 2), there = mark_on_sheet(c, db_column_int(s, 0), at);
    if (there == now) continue;
    char date[DATE_TEXT];
    date_format(session_day(at), date);
    find(c, "%s, %s %s: the last amendment made it \"%s\", the sheet says \"%s\"",
         db_column_shown(s, 3), date, session_half_name(at), codes->of[(mark)now].text,
         there < 0 ? "no place" : codes->of[(mark)there].text);
  }
}

/* Suggestions ---------------------------------------------------------------- */

/* Rebuilt from events alone: made, and what ended it last (a lapse, or an entry
 * that answers it and was not struck out). */
static const char rebuilt_suggestions[] =
    "WITH struck AS (SELECT json_extract(data, '$.of') AS id FROM event"
    "   WHERE kind = 'entry.corrected'),"
    " ends AS (SELECT enrolment, step, concern, id, 'lapsed' AS state FROM event"
    "   WHERE kind = 'suggestion.lapsed'"
    "   UNION ALL SELECT json_extract(a.value, '$[0]'), json_extract(a.value, '$[1]'),"
    "     json_extract(a.value, '$[2]'), v.id, CASE v.kind WHEN 'entry.recorded' THEN 'answered'"
    "     WHEN 'entry.bypassed' THEN 'bypassed' ELSE 'put-off' END"
    "   FROM event v, json_each(v.data, '$.answers') a WHERE v.kind LIKE 'entry.%'"
    "     AND v.id NOT IN (SELECT id FROM struck)),"
    " told AS (SELECT enrolment, step, concern, max(id) AS made FROM event"
    "   WHERE kind = 'suggestion.made' GROUP BY 1, 2, 3),"
    /* The first end after it was made is the one that found it open. */
    " rebuilt AS (SELECT t.enrolment, t.step, t.concern, ifnull(e.state, 'open') AS state, t.made,"
    "   e.id AS ended FROM told t LEFT JOIN ends e ON e.id = (SELECT min(x.id) FROM ends x"
    "     WHERE x.enrolment = t.enrolment AND x.step = t.step AND x.concern = t.concern"
    "     AND x.id > t.made) AND e.enrolment = t.enrolment AND e.step = t.step"
    "     AND e.concern = t.concern),"
    " wrong AS ("
    "   SELECT * FROM (SELECT enrolment, step, concern, state, made, ended FROM suggestion"
    "     EXCEPT SELECT * FROM rebuilt)"
    "   UNION SELECT * FROM (SELECT * FROM rebuilt"
    "     EXCEPT SELECT enrolment, step, concern, state, made, ended FROM suggestion))"
    "SELECT DISTINCT w.enrolment, w.step, w.concern, p.forename || ' ' || p.surname FROM wrong w"
    " LEFT JOIN enrolment e ON e.id = w.enrolment LEFT JOIN pupil p ON p.id = e.pupil"
    " ORDER BY 1, 2, 3";

static void check_suggestions(checking *c) {
  begin_kind(c);
  statement *s = prepared(c, rebuilt_suggestions);
  while (step(c, s))
    find(c, "%s: the suggestion %s (%s) is not what its events say", db_column_shown(s, 3),
         db_column_shown(s, 1), db_column_shown(s, 2));
}

/* Events and entries --------------------------------------------------------- */

static void check_events(checking *c) {
  begin_kind(c);
  statement *s = prepared(c,
                          "SELECT v.id, v.kind FROM event v JOIN enrolment e ON e.id ="
                          " v.enrolment WHERE e.pupil <> v.pupil OR e.school <> v.school"
                          " ORDER BY v.id");
  while (step(c, s))
    find(c, "event %lld (%s) is not with the pupil and school of its enrolment",
         (long long)db_column_int(s, 0), db_column_shown(s, 1));
}

static void wrong_entry(void *context, int64_t id) {
  find(context, "the text of entry %lld is not what was recorded", (long long)id);
}

static void check_entries(checking *c) {
  begin_kind(c);
  if (!c->failed) c->failed = entries_check(c->store, wrong_entry, c, c->problem);
}

static void wrong_school_event(void *context, int64_t id) {
  find(context, "the text of entry %lld of a school is not what was recorded", (long long)id);
}

static void check_school_events(checking *c) {
  begin_kind(c);
  if (!c->failed) c->failed = school_events_check(c->store, wrong_school_event, c, c->problem);
}

status check_workspace(store *s, findings *out, problem *p) {
  checking c = {.store = s, .problem = p};
  check_file(&c);
  check_codes(&c);
  check_sheets(&c);
  check_amendments(&c);
  check_suggestions(&c);
  check_events(&c);
  check_entries(&c);
  check_school_events(&c);
  begin_kind(&c);
  if (c.failed) {
    findings_free(&c.found);
    return c.failed;
  }
  *out = c.found;
  return STATUS_OK;
}
