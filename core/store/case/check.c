/* check: reads everything and owns nothing but its findings. A finding is a sentence; a
 * failure ends the check, and no findings are given. */
#include "store/case/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/array.h"
#include "store/case/entries.h"
#include "store/db/row_digests.h"
#include "store/sheet/first_marks.h"
#include "store/sheet/rows.h"

typedef struct check {
  store *w;
  findings found;
  size_t room, of_kind; /* of_kind: findings of the part that is running */
  const char *of_whom;  /* whose entries that part reads: "", or " of a school" */
  status s;
  problem *p;
} check;

void findings_free(findings *f) {
  for (size_t i = 0; i < f->count; i++) mem_free(f->texts[i]);
  mem_free(f->texts);
  *f = (findings){0};
}

static void add_text(check *c, const char *text) {
  if (!c->s)
    c->s = array_grow(&c->found.texts, c->found.count, &c->room, sizeof *c->found.texts, c->p);
  if (c->s) return;
  char *copy = mem_copy_text(text, slice_of(text).length);
  if (copy)
    c->found.texts[c->found.count++] = copy;
  else
    c->s = problem_no_memory(c->p);
}

static void find(check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void find(check *c, const char *format, ...) {
  char text[PROBLEM_SENTENCE];
  if (c->of_kind++ >= FINDINGS_KEPT) return;
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  add_text(c, text);
}

/* Say how many more the part before found, and begin the next. */
static void begin_kind(check *c) {
  char text[64];
  if (c->of_kind > FINDINGS_KEPT) {
    (void)snprintf(text, sizeof text, "and %zu more like this", c->of_kind - FINDINGS_KEPT);
    add_text(c, text);
  }
  c->of_kind = 0;
}

/* NULL once something failed. */
static statement *prepared(check *c, const char *sql) {
  if (c->s) return NULL;
  statement *q = db_statement(store_db(c->w), sql, c->p);
  if (!q) c->s = STATUS_FAULT;
  return q;
}

/* Whether there is another row; none once something failed. Leaves no statement on a row. */
static bool step(check *c, statement *q) {
  bool row = false;
  if (!q) return false;
  if (!c->s) c->s = db_step(q, &row, c->p);
  if (!row) db_reset(q);
  return row;
}

/* A part that SQL answers alone: each row is a finding. */
static void check_rows(check *c, const char *sql) {
  begin_kind(c);
  statement *q = prepared(c, sql);
  while (step(c, q)) find(c, "%s", db_column_shown(q, 0));
}

/* SQLite --------------------------------------------------------------------- */

static const char damaged_pages[] =
    "SELECT 'the file is damaged: ' || replace(replace(integrity_check, '*** in database main ***'"
    "   || char(10), ''), char(10), '; ') FROM pragma_integrity_check"
    " WHERE integrity_check <> 'ok'";
static const char broken_references[] =
    "SELECT printf('row %d of the table %s names something in %s that is not there', rowid,"
    " \"table\", parent) FROM pragma_foreign_key_check";

/* Digests -------------------------------------------------------------------- */

static void differs(void *context, const char *sentence) { find(context, "%s", sentence); }

/* False: tables are not as they were made, or could not be read. */
static bool check_digests(check *c) {
  bool whole = false;
  begin_kind(c);
  if (!c->s) c->s = row_digests_compare(store_db(c->w), differs, c, &whole, c->p);
  return whole;
}

/* Codes ---------------------------------------------------------------------- */

static void check_codes(check *c) {
  begin_kind(c);
  statement *q = prepared(c, "SELECT byte, text, class FROM code ORDER BY byte");
  while (step(c, q)) {
    const char *class = class_name(mark_class_of((mark)(int)db_column_int(q, 0)));
    if (!slice_is(db_column_text(q, 2), class))
      find(c, "the code %s is recorded as %s, but its byte means %s", db_column_shown(q, 1),
           db_column_shown(q, 2), class);
  }
}

/* Calendars ------------------------------------------------------------------ */

static void check_calendar(check *c) {
  begin_kind(c);
  statement *q = prepared(c,
                          "SELECT k.key, d.day FROM calendar_day d"
                          " JOIN school k ON k.id = d.school"
                          " WHERE d.day NOT BETWEEN ?1 AND ?2 ORDER BY d.school, d.day");
  if (!q) return;
  db_bind_int(q, 1, DATE_FIRST);
  db_bind_int(q, 2, DATE_LAST);
  while (step(c, q))
    find(c, "the calendar of %s has a day of no date (%lld)", db_column_shown(q, 0),
         (long long)db_column_int(q, 1));
}

/* Sheets --------------------------------------------------------------------- */

typedef struct places {
  int64_t school;
  int year;
  buffer taken; /* [slot]: 1 when somebody has it */
} places;

static void read_places(check *c, places *of, int64_t school, int year) {
  if (of->school == school && of->year == year) return;
  of->school = school;
  of->year = year;
  buffer_clear(&of->taken);
  statement *q =
      prepared(c, "SELECT slot FROM slot WHERE school = ? AND academic_year = ? ORDER BY slot");
  if (!q) return;
  db_bind_int(q, 1, school);
  db_bind_int(q, 2, year);
  while (step(c, q)) {
    int64_t slot = db_column_int(q, 0);
    if (slot < 0 || slot >= SHEET_SLOTS) {
      find(c, "school %lld gives out the place %lld in %d", (long long)school, (long long)slot,
           year);
      continue;
    }
    while (of->taken.length < (size_t)slot && !of->taken.failed) buffer_add_char(&of->taken, 0);
    buffer_add_char(&of->taken, 1);
  }
  if (of->taken.failed && !c->s) c->s = problem_no_memory(c->p);
}

static void check_half(check *c, const places *of, statement *q, int half) {
  slice marks = db_column_text(q, 3 + half);
  const code_set *codes = store_codes(c->w);
  char date[DATE_TEXT];
  date_format((int)db_column_int(q, 2), date);
  const char *session_name = half == HALF_AM ? "AM" : "PM";
  for (size_t i = 0; i < marks.length; i++) {
    mark m = (mark)marks.at[i];
    if (m == MARK_NONE) continue;
    if (!codes->of[m].text[0])
      find(c, "%s, %s %s: place %zu holds %d, which is no code", db_column_shown(q, 1), date,
           session_name, i, m);
    else if (i >= of->taken.length || !of->taken.bytes[i])
      find(c, "%s, %s %s: a mark (%s) in place %zu, which nobody has", db_column_shown(q, 1), date,
           session_name, codes->of[m].text, i);
  }
}

static void check_sheets(check *c) {
  places of = {.year = INT32_MIN};
  begin_kind(c);
  statement *q = prepared(c,
                          "SELECT h.school, k.key, h.day, h.am, h.pm FROM sheet h"
                          " JOIN school k ON k.id = h.school ORDER BY h.key");
  while (step(c, q)) {
    int64_t on = db_column_int(q, 2);
    if (on < DATE_FIRST || on > DATE_LAST) {
      find(c, "%s has a sheet of no day (%lld)", db_column_shown(q, 1), (long long)on);
      continue;
    }
    read_places(c, &of, db_column_int(q, 0), date_academic_year((day)on));
    check_half(c, &of, q, HALF_AM);
    check_half(c, &of, q, HALF_PM);
  }
  buffer_free(&of.taken);
}

/* Imports --------------------------------------------------------------------- */

static void check_first_marks(check *c) {
  begin_kind(c);
  statement *q = prepared(c, "SELECT import, runs FROM first_marks");
  while (step(c, q)) {
    slice runs = db_column_text(q, 1);
    first_marks_run run;
    size_t at = 0;
    int64_t end = 0;
    status s = STATUS_OK;
    for (bool more = true; !s && more;) s = first_marks_next(runs, &at, &end, &run, &more, NULL);
    if (s) find(c, "which marks import %lld set cannot be read", (long long)db_column_int(q, 0));
  }
}

/* Amendments ----------------------------------------------------------------- */

static void check_amendments(check *c) {
  begin_kind(c);
  const code_set *codes = store_codes(c->w);
  statement *q = prepared(c,
                          "SELECT a.enrolment, a.session, a.now, p.forename || ' ' || p.surname"
                          " FROM amendment a JOIN enrolment e ON e.id = a.enrolment"
                          " JOIN pupil p ON p.id = e.pupil WHERE a.id = (SELECT max(b.id)"
                          " FROM amendment b WHERE b.enrolment = a.enrolment"
                          " AND b.session = a.session) ORDER BY a.enrolment, a.session");
  while (step(c, q)) {
    int64_t half = db_column_int(q, 1);
    if (half < session_of(DATE_FIRST, HALF_AM) || half > session_of(DATE_LAST, HALF_PM)) {
      find(c, "%s: an amendment of no half day (%lld)", db_column_shown(q, 3), (long long)half);
      continue;
    }
    session at = (session)half;
    int now = (int)db_column_int(q, 2), there = -1; /* no place in that year */
    statement *look =
        prepared(c,
                 "SELECT substr(CASE ?4 WHEN 0 THEN h.am ELSE h.pm END, s.slot + 1, 1)"
                 " FROM slot s LEFT JOIN sheet h ON h.key = " SHEET_KEY(
                     "s.school", "?3") " WHERE s.enrolment = ?1 AND s.academic_year = ?2");
    if (!look) continue; /* and the next step ends */
    db_bind_int(look, 1, db_column_int(q, 0));
    db_bind_int(look, 2, date_academic_year(session_day(at)));
    db_bind_int(look, 3, session_day(at));
    db_bind_int(look, 4, session_half(at));
    if (step(c, look)) {
      slice byte = db_column_text(look, 0);
      there = byte.length ? (unsigned char)byte.at[0] : MARK_NONE;
    }
    db_reset(look);
    if (there == now) continue;
    char date[DATE_TEXT];
    date_format(session_day(at), date);
    find(c, "%s, %s %s: the last amendment made it \"%s\", the sheet says \"%s\"",
         db_column_shown(q, 3), date, session_half_name(at), codes->of[(mark)now].text,
         there < 0 ? "no place" : codes->of[(mark)there].text);
  }
}

/* Suggestions ---------------------------------------------------------------- */

/* Rebuilt from events alone: made, and what ended it last (a lapse, or an entry
 * that answers it and was not struck out). */
static const char wrong_suggestions[] =
    "WITH struck AS (SELECT json_extract(data, '$.of') AS id FROM event"
    "   WHERE kind = 'entry.corrected'),"
    " ends AS (SELECT enrolment, step, concern, id, 'lapsed' AS state FROM event"
    "   WHERE kind = 'suggestion.lapsed'"
    "   UNION ALL SELECT json_extract(a.value, '$[0]'), json_extract(a.value, '$[1]'),"
    "     json_extract(a.value, '$[2]'), v.id, " ENTRY_STATE("v.kind") " AS state"
    "   FROM event v, json_each(v.data, '$.answers') a WHERE state IS NOT NULL"
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
    "SELECT printf('%s: the suggestion %s (%s) is not what its events say',"
    "   p.forename || ' ' || p.surname, w.step, w.concern)"
    " FROM (SELECT DISTINCT enrolment, step, concern FROM wrong) w"
    " LEFT JOIN enrolment e ON e.id = w.enrolment LEFT JOIN pupil p ON p.id = e.pupil"
    " ORDER BY w.enrolment, w.step, w.concern";

/* Events and entries --------------------------------------------------------- */

static const char events_elsewhere[] =
    "SELECT printf('event %d (%s) is not with the pupil and school of its enrolment', v.id, v.kind)"
    " FROM event v JOIN enrolment e ON e.id = v.enrolment"
    " WHERE e.pupil <> v.pupil OR e.school <> v.school ORDER BY v.id";
static const char unreadable_events[] =
    "SELECT printf('what event %d (%s) holds cannot be read', id, kind) FROM event v"
    " WHERE packed IS NOT NULL AND json_type(unpacked((SELECT text FROM pattern"
    "   WHERE id = v.pattern), packed)) IS NOT 'object' ORDER BY id";

static void wrong_entry(void *context, int64_t id) {
  check *c = context;
  find(c, "the text of entry %lld%s is not what was recorded", (long long)id, c->of_whom);
}

/* What a damaged file lets nobody read is a finding too, and the last. */
static void add_damage(check *c) {
  if (c->s != STATUS_CORRUPT) return;
  c->s = STATUS_OK;
  begin_kind(c);
  find(c, "%s", c->p->sentence);
}

status check_workspace(store *w, findings *out, problem *p) {
  problem damage = {0};
  check c = {.w = w, .p = p ? p : &damage};
  check_rows(&c, damaged_pages);
  bool whole = check_digests(&c);
  if (whole) {
    check_rows(&c, broken_references);
    check_codes(&c);
    check_calendar(&c);
    check_sheets(&c);
    check_amendments(&c);
    check_first_marks(&c);
    check_rows(&c, wrong_suggestions);
    check_rows(&c, events_elsewhere);
    check_rows(&c, unreadable_events);
    begin_kind(&c);
    c.of_whom = "";
    if (!c.s) c.s = entries_check(w, wrong_entry, &c, c.p);
    begin_kind(&c);
    c.of_whom = " of a school";
    if (!c.s) c.s = school_events_check(w, wrong_entry, &c, c.p);
  }
  begin_kind(&c);
  add_damage(&c);
  if (c.s)
    findings_free(&c.found);
  else
    *out = c.found;
  return c.s;
}
