/* fill_fields: see fill_fields.h. One SELECT of json_object() is put together
 * from the texts below; nothing of it comes from outside. */
#include "store/school/fill_fields.h"

#define ISO(column) "date(" column " * 86400, 'unixepoch')"
#define TRUTH(column) "json(CASE " column " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END)"

/* Those that are not gone, the first to be told first. */
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

/* What stands, in the order of its days: the body with what the event says laid under it;
 * of a file its name. A file is no entry of the step that it was made for: a letter that
 * was printed is no contact. */
#define ENTRIES \
  "SELECT json_group_array(json_patch(json_object('id', id, 'kind', substr(kind, 7), 'on', "     \
  ISO("on_day") ", 'step', CASE WHEN kind NOT IN ('entry.attached', 'entry.rendered') THEN step" \
  " END, 'school', school, 'file_name', json_extract(body, '$.file.name')),"                     \
  " json_remove(body, '$.file')))"                                                               \
  " FROM (SELECT v.id, v.kind, v.on_day, v.step, s.key AS school, n.body FROM event v"           \
  " JOIN school s ON s.id = v.school JOIN entry n ON n.event = v.id"                             \
  " WHERE v.pupil = e.pupil AND v.on_day <= ?2 AND v.at <= ?3 AND n.body IS NOT NULL"            \
  " ORDER BY v.on_day, v.id)"

static const struct group {
  const char *name;
  uint32_t bit;
  const char *sql; /* pairs of json_object; "" for none */
} groups[] = {
    {"registers", FILL_REGISTERS, ""},
    {"pupil.upn", FILL_UPN, ", 'upn', p.upn"},
    {"pupil.name", FILL_NAME,
     ", 'surname', p.surname, 'forename', p.forename, 'name', trim(p.forename || ' ' || "
     "p.surname)"},
    {"pupil.groups", FILL_GROUPS, ", 'year', e.year, 'form', e.form, 'groups', json(e.groups)"},
    {"pupil.dob", FILL_DOB, ", 'dob', " ISO("p.dob")},
    {"pupil.sex", FILL_SEX, ", 'sex', p.sex"},
    {"sensitive", FILL_SENSITIVE, ", 'sen', e.sen, 'fsm', e.fsm"},
    {"contacts", FILL_CONTACTS, ", 'contacts', (" CONTACTS ")"},
    {"cases", FILL_CASES, ", 'case', (" ENTRIES ")"},
};

enum { GROUPS = sizeof groups / sizeof *groups };

uint32_t fill_field(slice name) {
  for (size_t i = 0; i < GROUPS; i++)
    if (slice_is(name, groups[i].name)) return groups[i].bit;
  return 0;
}

const char *fill_field_names(void) {
  return "registers, pupil.upn, pupil.name, pupil.groups, pupil.dob, pupil.sex, sensitive, "
         "contacts, cases";
}

static void write_sql(uint32_t mask, buffer *sql) {
  buffer_add_text(sql, "SELECT json_object('id', e.id");
  for (size_t i = 0; i < GROUPS; i++)
    if (mask & groups[i].bit) buffer_add_text(sql, groups[i].sql);
  buffer_add_text(sql, ") FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.id = ?1");
}

status fill_fields_statement(db *d, uint32_t mask, day as_of, int64_t known_at, statement **out,
                             problem *p) {
  buffer sql = {0};
  write_sql(mask, &sql);
  status s = buffer_status(&sql, p);
  statement *rows = s ? NULL : db_prepare(d, (slice){sql.bytes, sql.length}, p);
  if (!s && !rows) s = STATUS_FAULT;
  buffer_free(&sql);
  if (s) return s;
  if (mask & FILL_CASES) {
    db_bind_int(rows, 2, as_of);
    db_bind_int(rows, 3, known_at);
  }
  *out = rows;
  return STATUS_OK;
}
