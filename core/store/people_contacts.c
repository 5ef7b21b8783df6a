/* people_contacts: the contacts of a pupil at a school, replaced as a set when
 * they differ; see people.h. */
#include "store/people_inner.h"

static const char contact_columns[] =
    "SELECT title, forename, surname, relationship, email, phone, address, language,"
    " parental_responsibility, lives_with, no_contact, confidential_address, priority"
    " FROM contact WHERE pupil = ? AND school = ? ORDER BY id";

static bool same_contact(sqlite3_stmt *row, const contact_record *c) {
  for (int i = 0; i < CONTACT_TEXTS; i++)
    if (!slice_equal(db_column_text(row, i), c->texts[i])) return false;
  for (int i = 0; i < CONTACT_NUMBERS; i++) {
    int column = CONTACT_TEXTS + i;
    int known =
        sqlite3_column_type(row, column) == SQLITE_NULL ? -1 : sqlite3_column_int(row, column);
    if (known != c->numbers[i]) return false;
  }
  return true;
}

static bool same_names(sqlite3_stmt *row, const contact_record *c) {
  return slice_equal(db_column_text(row, CONTACT_FORENAME), c->texts[CONTACT_FORENAME]) &&
         slice_equal(db_column_text(row, CONTACT_SURNAME), c->texts[CONTACT_SURNAME]);
}

/* How the contacts differ from the stored ones. A stored one is spoken for by
 * the first new one that is the same, else by the first of the same names. */
typedef struct comparison {
  enum people_change *how; /* [count] */
  size_t stored, removed, out_of_place;
} comparison;

static void compare_row(sqlite3_stmt *row, const contact_record *contacts, size_t count,
                        comparison *c) {
  size_t same = count, named = count;
  for (size_t i = count; i-- > 0;) {
    if (c->how[i] == PEOPLE_ADDED && same_contact(row, &contacts[i])) same = i;
    if (c->how[i] == PEOPLE_ADDED && same_names(row, &contacts[i])) named = i;
  }
  size_t at = same < count ? same : named;
  if (at < count)
    c->how[at] = same < count ? PEOPLE_UNCHANGED : PEOPLE_CHANGED;
  else
    c->removed++;
  c->out_of_place += same != c->stored;
  c->stored++;
}

static status compare_contacts(people *all, int64_t school, int64_t pupil,
                               const contact_record *contacts, size_t count, comparison *c,
                               problem *p) {
  db *d = store_db(all->store);
  sqlite3_stmt *rows = db_statement(d, contact_columns, p);
  if (!rows) return STATUS_FAULT;
  (void)sqlite3_bind_int64(rows, 1, pupil);
  (void)sqlite3_bind_int64(rows, 2, school);
  bool row;
  status t;
  while (!(t = db_step(d, rows, &row, p)) && row) compare_row(rows, contacts, count, c);
  return t;
}

static status insert_contact(people *all, int64_t school, int64_t pupil, const contact_record *c,
                             problem *p) {
  db *d = store_db(all->store);
  sqlite3_stmt *s = db_statement(
      d,
      "INSERT INTO contact (pupil, school, title, forename, surname, relationship, email, phone,"
      " address, language, parental_responsibility, lives_with, no_contact, confidential_address,"
      " priority) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      p);
  if (!s) return STATUS_FAULT;
  (void)sqlite3_bind_int64(s, 1, pupil);
  (void)sqlite3_bind_int64(s, 2, school);
  for (int i = 0; i < CONTACT_TEXTS; i++) db_bind_text(s, 3 + i, c->texts[i]);
  for (int i = 0; i < CONTACT_NUMBERS; i++)
    if (c->numbers[i] >= 0) (void)sqlite3_bind_int(s, 3 + CONTACT_TEXTS + i, c->numbers[i]);
  return db_run(d, s, p);
}

static status replace_contacts(people *all, int64_t school, int64_t pupil,
                               const contact_record *contacts, size_t count, problem *p) {
  db *d = store_db(all->store);
  sqlite3_stmt *clear = db_statement(d, "DELETE FROM contact WHERE pupil = ? AND school = ?", p);
  if (!clear) return STATUS_FAULT;
  (void)sqlite3_bind_int64(clear, 1, pupil);
  (void)sqlite3_bind_int64(clear, 2, school);
  status t = db_run(d, clear, p);
  for (size_t i = 0; i < count && !t; i++) t = insert_contact(all, school, pupil, &contacts[i], p);
  return t;
}

status people_put_contacts(people *all, size_t school, int64_t pupil,
                           const contact_record *contacts, size_t count, contact_counts *counts,
                           problem *p) {
  int64_t id = all->schools[school].id;
  comparison c = {.how = mem_new(count, sizeof *c.how)}; /* all PEOPLE_ADDED */
  if (!c.how) return problem_no_memory(p);
  status t = compare_contacts(all, id, pupil, contacts, count, &c, p);
  if (!t && (c.out_of_place || c.stored != count))
    t = replace_contacts(all, id, pupil, contacts, count, p);
  for (size_t i = 0; i < count && !t; i++) {
    counts->added += c.how[i] == PEOPLE_ADDED;
    counts->unchanged += c.how[i] == PEOPLE_UNCHANGED;
    counts->changed += c.how[i] == PEOPLE_CHANGED;
  }
  if (!t) counts->removed += c.removed;
  mem_free(c.how);
  return t;
}
