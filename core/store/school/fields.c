/* fields: one SELECT of json_object() is put together from the texts below; nothing of
 * it comes from outside. */
#include "store/school/fields.h"

#include "store/sheet/rows.h"

#define ISO(column) "date(" column " * 86400, 'unixepoch')"
#define TRUTH(column) "json(CASE " column " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END)"

/* Contacts who are still there, in the order in which they are to be told. */
#define CONTACTS \
  "SELECT json_group_array(json_object('id', id, 'title', title, 'forename', forename,"         \
  " 'surname', surname, 'relationship', relationship,"                                          \
  " 'parental_responsibility', " TRUTH("parental_responsibility") ","                           \
  " 'lives_with', " TRUTH("lives_with") ", 'no_contact', " TRUTH("no_contact") ","              \
  " 'confidential_address', " TRUTH("confidential_address") ", 'priority', priority,"           \
  " 'email', email, 'phone', phone,"                                                            \
  " 'address', CASE WHEN confidential_address IS NOT 1 THEN address END,"                       \
  " 'language', language, 'communication_needs', communication_needs,"                          \
  " 'dob', " ISO("dob") ", 'checked_on', " ISO("checked_on") "))"                               \
  " FROM (SELECT * FROM contact WHERE pupil = e.pupil AND school = e.school AND gone = 0"       \
  " ORDER BY priority IS NULL, priority, id)"

/* Who may read an entry, as it was changed last (waymark audience): laid over the body. Where
 * nobody changed any, the events of a pupil are not looked through for it. */
#define CHANGED_AUDIENCE                                                                 \
  "CASE WHEN (SELECT 1 FROM event WHERE kind = 'audience.changed' LIMIT 1) THEN (SELECT" \
  " json_object('audience', json_extract(a.data, '$.audience'), 'audience_chosen',"      \
  " json('true'), 'readers', json_extract(a.data, '$.readers')) FROM event a"            \
  " WHERE a.pupil = v.pupil AND +a.kind = 'audience.changed' AND a.at <= ?3"             \
  " AND json_extract(a.data, '$.of') = v.id ORDER BY a.id DESC LIMIT 1) END"

/* What stands, in the order of its days: the body with what the event says laid under it;
 * of a file its name. An entry that is a file (attached, or made of a template) is none of
 * the step that it was made for: a letter that was printed is no contact. */
#define ENTRIES \
  "SELECT json_group_array(json_patch(json_patch(json_object('id', id, 'kind',"                 \
  " substr(kind, 7), 'on', " ISO("on_day") ", 'step',"                                          \
  " CASE WHEN json_type(body, '$.file') IS NULL THEN step END,"                                 \
  " 'school', school, 'file_name', json_extract(body, '$.file.name')),"                         \
  " json_remove(body, '$.file')), ifnull(changed, '{}')))"                                      \
  " FROM (SELECT v.id, v.kind, v.on_day, v.step, s.key AS school, v.body,"                      \
  " " CHANGED_AUDIENCE " AS changed FROM (SELECT o.*, n.body,"                            \
  " sum(120 + length(CAST(n.body AS BLOB))) OVER (ORDER BY o.on_day DESC, o.id DESC) AS bytes FROM event o"                             \
  " JOIN entry n ON n.event = o.id WHERE o.pupil = e.pupil AND o.on_day <= ?2 AND o.at <= ?3"   \
  " AND n.body IS NOT NULL) v JOIN school s ON s.id = v.school"                                 \
  " WHERE v.bytes <= ?4 ORDER BY v.on_day, v.id)"

/* What came with marks beside their codes, up to the as-of day (?5) and while the pupil was on
 * roll: of each mark the last that was known at ?3, if it is of the mark that was there then. */
#define DETAILS \
  "SELECT json_group_array(json_object('date', " ISO("(session >> 1)") ", 'session',"              \
  " iif(session & 1, 'PM', 'AM'), 'code', text, 'minutes_late', minutes, 'sub_code', sub_code,"  \
  " 'comment', comment)) FROM (SELECT d.*, c.text FROM mark_detail d JOIN code c"                \
  " ON c.byte = d.mark JOIN slot l ON l.enrolment = d.enrolment AND l.academic_year ="           \
  " CAST(strftime('%Y', (d.session >> 1) * 86400, 'unixepoch', '-7 months') AS INTEGER)"         \
  " JOIN sheet h ON h.key = " SHEET_KEY("l.school", "(d.session >> 1)")                          \
  " WHERE d.enrolment = e.id AND d.session >> 1 <= ?5"                                           \
  " AND (e.joined IS NULL OR d.session >> 1 >= e.joined)"                                        \
  " AND (e.left IS NULL OR d.session >> 1 <= e.left)"                                            \
  " AND d.id = (SELECT max(id) FROM mark_detail WHERE enrolment = d.enrolment"                   \
  " AND session = d.session AND at <= ?3)"                                                       \
  " AND coalesce(d.minutes, d.sub_code, d.comment) IS NOT NULL"                                  \
  " AND printf('%02X', d.mark) = ifnull((SELECT printf('%02X', was) FROM amendment a"            \
  " WHERE a.enrolment = d.enrolment AND a.session = d.session AND a.at > ?3 ORDER BY a.id"       \
  " LIMIT 1), hex(substr(iif(d.session & 1, h.pm, h.am), l.slot + 1, 1)))"                       \
  " ORDER BY d.session)"

/* A group's bit is its place here. */
static const struct {
  const char *name, *sql; /* pairs of json_object; "" for none */
} groups[] = {
    {"registers", ""},
    {"pupil.upn", ", 'upn', p.upn"},
    {"pupil.name",
     ", 'surname', p.surname, 'forename', p.forename, 'name', trim(p.forename || ' ' || "
     "p.surname)"},
    {"pupil.groups", ", 'year', e.year, 'form', e.form"},
    {"pupil.dob", ", 'dob', " ISO("p.dob")},
    {"pupil.sex", ", 'sex', p.sex"},
    {"sensitive", ", 'sen', e.sen, 'fsm', e.fsm, 'details', (" DETAILS ")"},
    {"contacts", ", 'contacts', (" CONTACTS ")"},
    {"cases", ", 'case', (" ENTRIES ")"},
};

enum { GROUPS = sizeof groups / sizeof *groups };
_Static_assert(FIELD_EVERYTHING == (1 << GROUPS) - 1, "a bit for each group");

status fields_add(slice name, uint32_t *mask, problem *p) {
  for (size_t i = 0; i < GROUPS; i++)
    if (slice_is(name, groups[i].name)) {
      *mask |= UINT32_C(1) << i;
      return STATUS_OK;
    }
  buffer all = {0};
  for (size_t i = 0; i < GROUPS; i++) buffer_printf(&all, "%s%s", i ? ", " : "", groups[i].name);
  status s = buffer_status(&all, p);
  if (!s)
    s = problem_set(p, STATUS_NOT_FOUND, NULL, "\"%.*s\" is none of %.*s", (int)name.length,
                    name.at, (int)all.length, all.bytes);
  buffer_free(&all);
  return s;
}

/* Headings are compared as `store_show_groups` has them. */
static const char all_groups[] = ", 'groups', json(e.groups)";
static const char shown_groups[] =
    ", 'groups', json((SELECT json_group_object(key, value) FROM json_each(e.groups) WHERE"
    " replace(replace(fold(key), '_', ' '), '-', ' ') IN (SELECT value FROM json_each(?6))))";

status fields_statement(db *d, uint32_t mask, day as_of, day diary, int64_t known_at, slice shown,
                        statement **out, problem *p) {
  buffer sql = {0};
  buffer_add_text(&sql, "SELECT json_object('id', e.id");
  for (size_t i = 0; i < GROUPS; i++)
    if (mask >> i & 1U) buffer_add_text(&sql, groups[i].sql);
  bool some = (mask & FIELD_GROUPS) && !(mask & FIELD_SENSITIVE);
  if (mask & FIELD_GROUPS) buffer_add_text(&sql, some ? shown_groups : all_groups);
  buffer_add_text(&sql, ") FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.id = ?1");
  status s = buffer_status(&sql, p);
  if (!s && !(*out = db_borrow(d, buffer_slice(&sql), p))) s = STATUS_FAULT;
  buffer_free(&sql);
  if (!s && mask & FIELD_CASES) db_bind_int(*out, 2, diary);
  if (!s && mask & (FIELD_CASES | FIELD_SENSITIVE)) db_bind_int(*out, 3, known_at);
  if (!s && mask & FIELD_CASES) db_bind_int(*out, 4, FIELD_CASE_MOST);
  if (!s && mask & FIELD_SENSITIVE) db_bind_int(*out, 5, as_of);
  if (!s && some) db_bind_text(*out, 6, shown);
  return s;
}
