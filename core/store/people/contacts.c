/* contacts: the known rows are walked once for each closeness, and each takes the first
 * record that is as close and still free. `has` is a bit for each column in the order of
 * the enums, in which also the columns of every statement stand. */
#include "store/people/contacts.h"

#include <stdio.h>
#include <string.h>

#include "base/text_fold.h"
#include "store/people/names.h"

/* In the order of the enums, after id and gone. */
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
  db *db;
  const contact_set *set;
  int64_t ids[CONTACTS_MOST]; /* [count]: 0: not matched */
  enum put_change change[CONTACTS_MOST];
  uint32_t has[CONTACTS_MOST]; /* the set's, without names that a program damaged */
  size_t current;              /* known ones that are not gone */
  buffer words;
} matching;

/* Matching --------------------------------------------------------------------- */

enum closeness { SAME_CONTACT, SAME_RELATIONSHIP, SAME_NAMES };

static bool is_name(int k) { return k == CONTACT_FORENAME || k == CONTACT_SURNAME; }

/* Whether the record has a damaged name in place of the good one of the row. */
static bool is_spoilt(slice known, slice text) {
  return name_is_damaged(text) && !name_is_damaged(known) && known.length && text.length &&
         names_agree(known, text);
}

static bool same_text(statement *row, const contact_record *c, enum contact_text k) {
  slice known = db_column_text(row, FIRST_COLUMN + (int)k), text = c->texts[k];
  if (text_fold_equal(known, text)) return true;
  return is_name((int)k) && (is_spoilt(known, text) || is_spoilt(text, known));
}

static bool is_protecting(int k) {
  return k == FIRST_NUMBER + CONTACT_NO_CONTACT || k == FIRST_NUMBER + CONTACT_CONFIDENTIAL_ADDRESS;
}

/* Whether a column of the record says nothing else than that of the row. */
static bool is_same(statement *row, const contact_record *c, int k) {
  int at = FIRST_COLUMN + k;
  if (k < FIRST_NUMBER) {
    slice known = db_column_text(row, at);
    return slice_equal(known, c->texts[k]) || (is_name(k) && is_spoilt(known, c->texts[k]));
  }
  if (k >= FIRST_DAY) return db_column_day(row, at) == c->days[k - FIRST_DAY];
  int number = c->numbers[k - FIRST_NUMBER];
  if (number < 0 && is_protecting(k)) return true;
  return db_column_type(row, at) == SQLITE_NULL ? number < 0
                                                : (int)db_column_int(row, at) == number;
}

static bool is_close(statement *row, const contact_record *c, uint32_t has,
                     enum closeness closeness) {
  if (closeness != SAME_CONTACT)
    return same_text(row, c, CONTACT_FORENAME) && same_text(row, c, CONTACT_SURNAME) &&
           (closeness == SAME_NAMES || same_text(row, c, CONTACT_RELATIONSHIP));
  bool same = true;
  for (int k = 0; k < CONTACT_COLUMNS && same; k++) same = !(has >> k & 1) || is_same(row, c, k);
  return same;
}

/* Say something of the contact of a row: "Mia Able" and more. */
static void note(matching *m, statement *row, enum contact_note what, const char *more) {
  if (!m->set->note) return;
  slice forename = db_column_text(row, FIRST_COLUMN + CONTACT_FORENAME);
  slice surname = db_column_text(row, FIRST_COLUMN + CONTACT_SURNAME);
  buffer_clear(&m->words);
  text_add_escaped(&m->words, forename);
  if (forename.length && surname.length) buffer_add_char(&m->words, ' ');
  text_add_escaped(&m->words, surname);
  buffer_add_text(&m->words, more);
  if (!m->words.failed) m->set->note(m->set->context, what, buffer_slice(&m->words));
}

/* Say what the record that a row was matched with has otherwise. Values are not repeated: an
 * address may be confidential. */
static void note_changes(matching *m, statement *row, size_t i) {
  static const char *const names[CONTACT_COLUMNS] = {"title",
                                                     "forename",
                                                     "surname",
                                                     "relationship",
                                                     "email",
                                                     "phone",
                                                     "address",
                                                     "language",
                                                     "communication needs",
                                                     "parental responsibility",
                                                     "lives with",
                                                     "no contact",
                                                     "confidential address",
                                                     "priority",
                                                     "date of birth",
                                                     "checked on"};
  const contact_record *c = &m->set->records[i];
  char list[256] = ""; /* all of them have room */
  size_t length = 0;
  for (int k = 0; k < CONTACT_COLUMNS; k++) {
    if (!(m->set->has >> k & 1)) continue;
    if (is_name(k) && is_spoilt(db_column_text(row, FIRST_COLUMN + k), c->texts[k])) {
      m->has[i] &= ~((uint32_t)1 << k);
      note(m, row, CONTACT_DAMAGED, "");
    }
    bool no_contact = k == FIRST_NUMBER + CONTACT_NO_CONTACT;
    bool protected = is_protecting(k) && db_column_int(row, FIRST_COLUMN + k) == 1;
    if (protected && c->numbers[k - FIRST_NUMBER] < 0)
      note(m, row, CONTACT_PROTECTED, no_contact ? ": no contact" : ": confidential address");
    if (is_same(row, c, k)) continue;
    if (protected) {
      note(m, row, CONTACT_UNPROTECTED,
           no_contact ? ": no contact: yes \u2192 no" : ": confidential address: yes \u2192 no");
      continue;
    }
    length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", length ? ", " : ": ",
                               names[k]);
  }
  if (*list) note(m, row, CONTACT_CHANGED, list);
}

static bool is_matched(const matching *m, int64_t id) {
  for (size_t i = 0; i < m->set->count; i++)
    if (m->ids[i] == id) return true;
  return false;
}

static statement *known_rows(const matching *m, problem *p) {
  statement *rows = db_statement(m->db, known_contacts, p);
  if (!rows) return NULL;
  db_bind_int(rows, 1, m->set->pupil);
  db_bind_int(rows, 2, m->set->school);
  return rows;
}

static status match(matching *m, enum closeness closeness, problem *p) {
  statement *rows = known_rows(m, p);
  if (!rows) return STATUS_FAULT;
  bool row;
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    int64_t id = db_column_int(rows, 0);
    bool gone = db_column_int(rows, 1) != 0;
    if (closeness == SAME_CONTACT && gone) continue; /* those that are there come first */
    m->current += closeness == SAME_CONTACT;
    if (is_matched(m, id)) continue;
    size_t i = 0;
    while (i < m->set->count &&
           (m->ids[i] || !is_close(rows, &m->set->records[i], m->set->has, closeness)))
      i++;
    if (i == m->set->count) continue;
    m->ids[i] = id;
    note_changes(m, rows, i);
    m->change[i] = closeness == SAME_CONTACT ? PUT_UNCHANGED : gone ? PUT_ADDED : PUT_CHANGED;
  }
  return s;
}

/* Writing ---------------------------------------------------------------------- */

/* Add the record, or update the contact that it was matched with. There ?2 is `has`: a
 * column that the file lacks stays as it is known. */
static status write_contact(const matching *m, size_t i, problem *p) {
  static const char insert[] =
      "INSERT INTO contact (pupil, school, title, forename, surname, relationship, email, phone,"
      " address, language, communication_needs, parental_responsibility, lives_with, no_contact,"
      " confidential_address, priority, dob, checked_on)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  static const char update[] =
      "UPDATE contact SET gone = 0, title = iif(?2 & 1, ?3, title),"
      " forename = iif(?2 & 2, ?4, forename), surname = iif(?2 & 4, ?5, surname),"
      " relationship = iif(?2 & 8, ?6, relationship), email = iif(?2 & 16, ?7, email),"
      " phone = iif(?2 & 32, ?8, phone), address = iif(?2 & 64, ?9, address),"
      " language = iif(?2 & 128, ?10, language),"
      " communication_needs = iif(?2 & 256, ?11, communication_needs),"
      " parental_responsibility = iif(?2 & 512, ?12, parental_responsibility),"
      " lives_with = iif(?2 & 1024, ?13, lives_with), no_contact = ifnull(?14, no_contact),"
      " confidential_address = ifnull(?15, confidential_address),"
      " priority = iif(?2 & 8192, ?16, priority), dob = iif(?2 & 16384, ?17, dob),"
      " checked_on = iif(?2 & 32768, ?18, checked_on) WHERE id = ?1";
  enum { FIRST = 3 };
  const contact_record *c = &m->set->records[i];
  statement *put = db_statement(m->db, m->ids[i] ? update : insert, p);
  if (!put) return STATUS_FAULT;
  db_bind_int(put, 1, m->ids[i] ? m->ids[i] : m->set->pupil);
  db_bind_int(put, 2, m->ids[i] ? m->has[i] : m->set->school);
  for (int k = 0; k < CONTACT_TEXTS; k++) db_bind_text(put, FIRST + k, c->texts[k]);
  for (int k = 0; k < CONTACT_NUMBERS; k++)
    if (c->numbers[k] >= 0) db_bind_int(put, FIRST + FIRST_NUMBER + k, c->numbers[k]);
  for (int k = 0; k < CONTACT_DAYS; k++) db_bind_day(put, FIRST + FIRST_DAY + k, c->days[k]);
  return db_run(put, p);
}

/* Whether a row that was left out may be of the contact of a row: its surname is in it. */
static status may_be_left_out(const matching *m, statement *row, bool *may, problem *p) {
  buffer name = {0};
  slice text = db_column_text(row, FIRST_COLUMN + CONTACT_SURNAME), all = m->set->left_out;
  text_fold(&name, text.length ? text : db_column_text(row, FIRST_COLUMN + CONTACT_FORENAME));
  *may = m->set->partial ||
         (all.length && name.length && memmem(all.at, all.length, name.bytes, name.length));
  status s = buffer_status(&name, p);
  buffer_free(&name);
  return s;
}

/* Mark the contacts as gone that no record matches: one at a time, since a walk over
 * rows that change would not be defined. */
static status remove_missing(matching *m, size_t *removed, problem *p) {
  for (int64_t after = 0;;) { /* those that are there come first, by their ids */
    statement *rows = known_rows(m, p);
    if (!rows) return STATUS_FAULT;
    int64_t missing = 0;
    bool row, kept = false;
    status s;
    while (!(s = db_step(rows, &row, p)) && row && missing == 0) {
      int64_t id = db_column_int(rows, 0);
      if (db_column_int(rows, 1) || id <= after || is_matched(m, id)) continue;
      missing = after = id;
      if ((s = may_be_left_out(m, rows, &kept, p))) break;
      note(m, rows, kept ? CONTACT_KEPT : CONTACT_GONE, "");
    }
    db_reset(rows);
    if (s || missing == 0) return s;
    if (kept) continue;
    s = db_change(m->db, "UPDATE contact SET gone = 1 WHERE id = ?", missing, p);
    if (s) return s;
    ++*removed;
  }
}

status contacts_put(db *d, const contact_set *set, contact_counts *counts, problem *p) {
  matching m = {.db = d, .set = set}; /* all PUT_ADDED */
  size_t matched = 0, removed = 0;
  for (size_t i = 0; i < set->count; i++) m.has[i] = set->has;
  status s = match(&m, SAME_CONTACT, p);
  for (size_t i = 0; i < set->count; i++) matched += m.ids[i] != 0;
  bool nothing_new = matched == set->count && m.current == set->count;
  if (!s && !nothing_new) {
    s = match(&m, SAME_RELATIONSHIP, p);
    if (!s) s = match(&m, SAME_NAMES, p);
    if (!s) s = remove_missing(&m, &removed, p);
    for (size_t i = 0; i < set->count && !s; i++)
      if (m.change[i] != PUT_UNCHANGED) s = write_contact(&m, i, p);
  }
  buffer_free(&m.words);
  if (s) return s;
  for (size_t i = 0; i < set->count; i++) {
    counts->added += m.change[i] == PUT_ADDED;
    counts->unchanged += m.change[i] == PUT_UNCHANGED;
    counts->changed += m.change[i] == PUT_CHANGED;
  }
  counts->removed += removed;
  return STATUS_OK;
}
