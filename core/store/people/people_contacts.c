/* people_contacts: the contacts of a pupil at a school, matched with those that are
 * known, so that each keeps its id; see people.h.
 *
 * 1. A known contact is spoken for by one record, and a record by one contact.
 * 2. Those that are the same in everything are matched first, so that a file that says
 *    nothing new costs one query. */
#include "store/people/people_inner.h"

/* In the order of the enums of people.h, after id and gone. */
static const char known_contacts[] =
    "SELECT id, gone, title, forename, surname, relationship, email, phone, address, language,"
    " communication_needs, parental_responsibility, lives_with, no_contact, confidential_address,"
    " priority, dob, checked_on FROM contact WHERE pupil = ? AND school = ? ORDER BY gone, id";
enum {
  FIRST_COLUMN = 2,
  FIRST_NUMBER = CONTACT_TEXTS,
  FIRST_DAY = CONTACT_TEXTS + CONTACT_NUMBERS
};

typedef struct matching {
  people *all;
  int64_t school, pupil;
  const contact_record *contacts; /* [count] */
  size_t count;
  uint32_t has;
  int64_t ids[CONTACTS_MOST]; /* [count]: 0: not matched */
  enum people_change how[CONTACTS_MOST];
  size_t standing; /* known ones that are not gone */
} matching;

/* Comparing ------------------------------------------------------------------ */

static bool same_text(slice a, slice b) {
  if (a.length != b.length) return false;
  for (size_t i = 0; i < a.length; i++) {
    char x = a.at[i], y = b.at[i];
    if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
    if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
    if (x != y) return false;
  }
  return true;
}

static bool same_column(statement *row, const contact_record *c, int k) {
  int at = FIRST_COLUMN + k;
  if (k < FIRST_NUMBER) return slice_equal(db_column_text(row, at), c->texts[k]);
  if (k >= FIRST_DAY) return db_column_day(row, at) == c->days[k - FIRST_DAY];
  int known = db_column_type(row, at) == SQLITE_NULL ? -1 : (int)db_column_int(row, at);
  return known == c->numbers[k - FIRST_NUMBER];
}

static bool same_contact(statement *row, const contact_record *c, uint32_t has) {
  for (int k = 0; k < CONTACT_COLUMNS; k++)
    if (has >> k & 1 && !same_column(row, c, k)) return false;
  return true;
}

static bool same_of(statement *row, const contact_record *c, enum contact_text k) {
  return same_text(db_column_text(row, FIRST_COLUMN + (int)k), c->texts[k]);
}

static bool same_names(statement *row, const contact_record *c) {
  return same_of(row, c, CONTACT_FORENAME) && same_of(row, c, CONTACT_SURNAME);
}

/* Matching ------------------------------------------------------------------- */

enum closeness { THE_SAME, SAME_RELATIONSHIP, SAME_NAMES };

static bool is_close(statement *row, const contact_record *c, uint32_t has,
                     enum closeness how_close) {
  if (how_close == THE_SAME) return same_contact(row, c, has);
  if (how_close == SAME_RELATIONSHIP && !same_of(row, c, CONTACT_RELATIONSHIP)) return false;
  return same_names(row, c);
}

static bool is_matched(const matching *m, int64_t id) {
  for (size_t i = 0; i < m->count; i++)
    if (m->ids[i] == id) return true;
  return false;
}

static void match_row(matching *m, statement *row, enum closeness how_close) {
  int64_t id = db_column_int(row, 0);
  bool gone = (int)db_column_int(row, 1) != 0;
  if (how_close == THE_SAME && gone) return; /* those that stand come first */
  m->standing += how_close == THE_SAME;
  if (is_matched(m, id)) return;
  for (size_t i = 0; i < m->count; i++) {
    if (m->ids[i] || !is_close(row, &m->contacts[i], m->has, how_close)) continue;
    m->ids[i] = id;
    m->how[i] = how_close == THE_SAME ? PEOPLE_UNCHANGED : gone ? PEOPLE_ADDED : PEOPLE_CHANGED;
    return;
  }
}

static status match(matching *m, enum closeness how_close, problem *p) {
  db *d = store_db(m->all->store);
  statement *rows = db_statement(d, known_contacts, p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, m->pupil);
  db_bind_int(rows, 2, m->school);
  bool row;
  status t;
  while (!(t = db_step(rows, &row, p)) && row) match_row(m, rows, how_close);
  return t;
}

static bool says_nothing_new(const matching *m) {
  for (size_t i = 0; i < m->count; i++)
    if (!m->ids[i]) return false;
  return m->standing == m->count;
}

/* Writing -------------------------------------------------------------------- */

static status bind_and_run(statement *s, const contact_record *c, int first, problem *p) {
  for (int i = 0; i < CONTACT_TEXTS; i++) db_bind_text(s, first + i, c->texts[i]);
  for (int i = 0; i < CONTACT_NUMBERS; i++)
    if (c->numbers[i] >= 0) db_bind_int(s, first + FIRST_NUMBER + i, c->numbers[i]);
  for (int i = 0; i < CONTACT_DAYS; i++) db_bind_day(s, first + FIRST_DAY + i, c->days[i]);
  return db_run(s, p);
}

static status insert_contact(matching *m, const contact_record *c, problem *p) {
  statement *s = db_statement(
      store_db(m->all->store),
      "INSERT INTO contact (pupil, school, title, forename, surname, relationship, email, phone,"
      " address, language, communication_needs, parental_responsibility, lives_with, no_contact,"
      " confidential_address, priority, dob, checked_on)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, m->pupil);
  db_bind_int(s, 2, m->school);
  return bind_and_run(s, c, 3, p);
}

/* ?2 is `has`: a column that the file lacks stays as it is known. */
static status update_contact(matching *m, int64_t id, const contact_record *c, problem *p) {
  statement *s =
      db_statement(store_db(m->all->store),
                   "UPDATE contact SET gone = 0, title = iif(?2 & 1, ?3, title),"
                   " forename = iif(?2 & 2, ?4, forename), surname = iif(?2 & 4, ?5, surname),"
                   " relationship = iif(?2 & 8, ?6, relationship), email = iif(?2 & 16, ?7, email),"
                   " phone = iif(?2 & 32, ?8, phone), address = iif(?2 & 64, ?9, address),"
                   " language = iif(?2 & 128, ?10, language),"
                   " communication_needs = iif(?2 & 256, ?11, communication_needs),"
                   " parental_responsibility = iif(?2 & 512, ?12, parental_responsibility),"
                   " lives_with = iif(?2 & 1024, ?13, lives_with),"
                   " no_contact = iif(?2 & 2048, ?14, no_contact),"
                   " confidential_address = iif(?2 & 4096, ?15, confidential_address),"
                   " priority = iif(?2 & 8192, ?16, priority), dob = iif(?2 & 16384, ?17, dob),"
                   " checked_on = iif(?2 & 32768, ?18, checked_on) WHERE id = ?1",
                   p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, id);
  db_bind_int(s, 2, m->has);
  return bind_and_run(s, c, 3, p);
}

/* The id of a contact that stands and that nothing in the file matches; 0: none left. */
static status next_missing(matching *m, int64_t *out, problem *p) {
  db *d = store_db(m->all->store);
  statement *rows = db_statement(d, known_contacts, p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, m->pupil);
  db_bind_int(rows, 2, m->school);
  bool row;
  status t;
  *out = 0;
  while (!(t = db_step(rows, &row, p)) && row && *out == 0) {
    int64_t id = db_column_int(rows, 0);
    if ((int)db_column_int(rows, 1) == 0 && !is_matched(m, id)) *out = id;
  }
  db_reset(rows);
  return t;
}

static status let_go(matching *m, size_t *removed, problem *p) {
  int64_t id;
  status t;
  while (!(t = next_missing(m, &id, p)) && id) {
    db *d = store_db(m->all->store);
    statement *s = db_statement(d, "UPDATE contact SET gone = 1 WHERE id = ?", p);
    if (!s) return STATUS_FAULT;
    db_bind_int(s, 1, id);
    t = db_run(s, p);
    if (t) return t;
    ++*removed;
  }
  return t;
}

static status write_contacts(matching *m, size_t *removed, problem *p) {
  status t = let_go(m, removed, p);
  for (size_t i = 0; i < m->count && !t; i++) {
    if (!m->ids[i])
      t = insert_contact(m, &m->contacts[i], p);
    else if (m->how[i] != PEOPLE_UNCHANGED)
      t = update_contact(m, m->ids[i], &m->contacts[i], p);
  }
  return t;
}

status people_put_contacts(people *all, size_t school, int64_t pupil,
                           const contact_record *contacts, size_t count, uint32_t has,
                           contact_counts *counts, problem *p) {
  matching m = {.all = all, /* all PEOPLE_ADDED */
                .school = all->schools[school].id,
                .pupil = pupil,
                .contacts = contacts,
                .count = count,
                .has = has};
  size_t removed = 0;
  status t = match(&m, THE_SAME, p);
  if (!t && !says_nothing_new(&m)) {
    t = match(&m, SAME_RELATIONSHIP, p);
    if (!t) t = match(&m, SAME_NAMES, p);
    if (!t) t = write_contacts(&m, &removed, p);
  }
  if (t) return t;
  for (size_t i = 0; i < count; i++) {
    counts->added += m.how[i] == PEOPLE_ADDED;
    counts->unchanged += m.how[i] == PEOPLE_UNCHANGED;
    counts->changed += m.how[i] == PEOPLE_CHANGED;
  }
  counts->removed += removed;
  return STATUS_OK;
}
