/* fill_members: see fill_members.h. */
#include "store/school/fill_members.h"

#include "store/sheet/rows.h"

/* Whether a mark that is there now was there at ?10: no later than the reach then,
 * and not filled in by an amendment since. */
#define WAS_KNOWN(session)                                                                \
  "(?10 = 9223372036854775807 OR (" session                                               \
  " <= (SELECT max(c.last_session) FROM coverage c JOIN import i ON i.id = c.import"      \
  "   WHERE c.school = e.school AND i.at <= ?10) AND ifnull((SELECT a.was FROM amendment" \
  "   a WHERE a.enrolment = e.id AND a.session = " session                                \
  "   AND a.at > ?10 ORDER BY a.id LIMIT 1), 1) > 0))"

static const char in_the_year[] =
    " AND ((e.joined IS NULL OR e.joined <= ?7) AND (e.left IS NULL OR e.left >= ?8)"
    "  OR EXISTS (SELECT 1 FROM slot s JOIN sheet h ON h.key BETWEEN " SHEET_KEY("s.school", "?8")
    "   AND " SHEET_KEY("s.school", "?7") " WHERE s.enrolment = e.id AND s.academic_year = ?9"
    "   AND (substr(h.am, s.slot + 1, 1) > x'00' AND " WAS_KNOWN("h.day * 2") " OR"
    "    substr(h.pm, s.slot + 1, 1) > x'00' AND " WAS_KNOWN("h.day * 2 + 1") ")))";

/* Where nobody else is in between, the school need not be looked at. */
static void write_sql(const char *columns, const members_wanted *o, bool alone, buffer *sql) {
  buffer_printf(sql, "SELECT %s FROM enrolment e LEFT JOIN pupil p ON p.id = e.pupil", columns);
  buffer_add_text(sql, " WHERE e.id BETWEEN ?12 AND ?13");
  if (!alone) buffer_add_text(sql, " AND e.school = ?1");
  if (o->year.length) buffer_add_text(sql, " AND e.year = ?2 COLLATE NOCASE");
  if (o->form.length) buffer_add_text(sql, " AND e.form = ?3 COLLATE NOCASE");
  if (o->upn.length) buffer_add_text(sql, " AND p.upn = upper(?4)");
  if (o->enrolment) buffer_add_text(sql, " AND e.id = ?5");
  if (o->on_roll)
    buffer_add_text(sql,
                    " AND (e.joined IS NULL OR e.joined <= ?7)"
                    " AND (e.left IS NULL OR e.left >= ?7)");
  if (!o->everyone) buffer_add_text(sql, in_the_year);
  buffer_add_text(sql, " ORDER BY e.id");
}

/* Places that the text does not have are passed over by SQLite. */
static void bind(statement *s, const members_wanted *o) {
  int year = date_academic_year(o->as_of);
  if (o->year.length) db_bind_text(s, 2, o->year);
  if (o->form.length) db_bind_text(s, 3, o->form);
  if (o->upn.length) db_bind_text(s, 4, o->upn);
  db_bind_int(s, 5, o->enrolment);
  db_bind_int(s, 7, o->as_of);
  db_bind_int(s, 8, date_academic_start(year));
  db_bind_int(s, 9, year);
  db_bind_int(s, 10, o->known_at);
}

status fill_members_prepare(db *d, const char *columns, const members_wanted *what, bool alone,
                            statement **out, problem *p) {
  buffer sql = {0};
  write_sql(columns, what, alone, &sql);
  status failed = buffer_status(&sql, p);
  if (!failed && !(*out = db_prepare(d, (slice){sql.bytes, sql.length}, p))) failed = STATUS_FAULT;
  buffer_free(&sql);
  if (!failed) bind(*out, what);
  return failed;
}

void fill_members_of(statement *rows, int64_t school, int64_t first, int64_t last) {
  db_reset(rows);
  db_bind_int(rows, 1, school);
  db_bind_int(rows, 12, first);
  db_bind_int(rows, 13, last);
}
