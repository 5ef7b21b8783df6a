/* find: see find.h. */
#include "store/people/find.h"

#include <string.h>

/* "Reed ,  Sam" as "Reed,Sam"; other texts as they are. */
static void add_without_spaces(buffer *to, slice text) {
  const char *comma = text.length ? memchr(text.at, ',', text.length) : NULL;
  if (!comma) {
    buffer_add(to, text.at, text.length);
    return;
  }
  slice before = slice_trim((slice){text.at, (size_t)(comma - text.at)});
  slice after = slice_trim((slice){comma + 1, text.length - (size_t)(comma + 1 - text.at)});
  buffer_add(to, before.at, before.length);
  buffer_add_char(to, ',');
  buffer_add(to, after.at, after.length);
}

status find_pupils(store *s, slice text, query **out, problem *p) {
  static const char sql[] =
      "WITH ranked AS (SELECT e.id AS enrolment, p.id AS pupil, p.upn,"
      "   trim(p.forename || ' ' || p.surname) AS name, s.id AS school_id, s.key AS school,"
      "   s.name AS school_name, e.year, e.form, date(e.joined * 86400, 'unixepoch') AS joined,"
      "   date(e.left * 86400, 'unixepoch') AS left, CASE"
      "     WHEN p.upn = ?1 COLLATE NOCASE THEN 1"
      "     WHEN e.admission_number = ?1 COLLATE NOCASE THEN 2"
      "     WHEN p.forename || ' ' || p.surname = ?1 COLLATE NOCASE THEN 3"
      "     WHEN p.surname || ',' || p.forename = ?2 COLLATE NOCASE THEN 3"
      "     WHEN p.surname = ?1 COLLATE NOCASE THEN 4"
      "     WHEN p.forename = ?1 COLLATE NOCASE THEN 5 END AS rank"
      "   FROM enrolment e JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school)"
      "SELECT enrolment, pupil, upn, name, school, school_name, year, form, joined, left"
      " FROM ranked WHERE rank = (SELECT min(rank) FROM ranked) ORDER BY school_id, enrolment";
  text = slice_trim(text);
  buffer tight = {0};
  add_without_spaces(&tight, text);
  query *q = NULL;
  status failed = buffer_status(&tight, p);
  if (!failed) failed = query_own(s, sql, &q, p);
  if (!failed) {
    query_bind_text(q, 1, text);
    query_bind_text(q, 2, (slice){tight.bytes, tight.length});
    *out = q;
  }
  buffer_free(&tight);
  return failed;
}
