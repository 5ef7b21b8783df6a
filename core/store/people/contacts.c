/* contacts: the known rows are walked once for each closeness, and each takes the first
 * record that is as close and still free. `has` is a bit for each column in the order of
 * the enums, in which also the columns of every statement stand. */
#include "store/people/contacts.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text_fold.h"
#include "store/people/names.h"

/* In the order of the enums, after id and gone. */
#define CONTACTS_OF_PUPIL                                                                        \
  "SELECT id, gone, title, forename, surname, relationship, email, phone, address, language,"    \
  " communication_needs, parental_responsibility, lives_with, no_contact, confidential_address," \
  " priority, dob, checked_on FROM contact WHERE pupil = ?"
static const char known_contacts[] = CONTACTS_OF_PUPIL " AND school = ? ORDER BY gone, id";
static const char protected_contacts[] =
    CONTACTS_OF_PUPIL " AND (no_contact = 1 OR confidential_address = 1) ORDER BY gone, id";
enum {
  FIRST_COLUMN = 2,
  FIRST_NUMBER = CONTACT_TEXTS,
  FIRST_DAY = CONTACT_TEXTS + CONTACT_NUMBERS,
  FURTHER_NUMBER = 1 << CONTACT_COLUMNS
};

typedef struct matching {
  db *db;
  const contact_set *set;
  int64_t ids[CONTACTS_MOST]; /* [count]: 0: not matched */
  enum put_change change[CONTACTS_MOST];
  uint32_t has[CONTACTS_MOST];      /* the set's, without names that a program damaged, or what is
                                       blank where a row was taken as a contact by less than them;
                                       FURTHER_NUMBER: its number is one more of the contact's */
  uint32_t protects[CONTACTS_MOST]; /* bits of columns: what protects somebody who it may be */
  size_t current;                   /* known ones that are not gone */
  buffer words;
} matching;

/* Matching --------------------------------------------------------------------- */

enum closeness { SAME_CONTACT, SAME_RELATIONSHIP, SAME_NAMES, SAME_REACH, MAY_BE_PROTECTED };

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

static slice first_word(slice name) {
  size_t n = 0;
  while (n < name.length && name.at[n] != ' ' && name.at[n] != '.') n++;
  return (slice){name.at, n};
}

/* Whether two forenames are of two people: an initial, or one name of several, may be the same. */
static bool forenames_differ(slice a, slice b) {
  if (names_agree(a, b)) return false;
  uint32_t letter;
  slice x = first_word(a), y = first_word(b);
  size_t first[2] = {text_utf8_next(x, &letter), text_utf8_next(y, &letter)};
  if (first[0] == x.length || first[1] == y.length) x.length = first[0], y.length = first[1];
  return !text_fold_equal(x, y);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_zeros(slice digits) {
  while (digits.length && (*digits.at == '0' || !is_digit(*digits.at)))
    digits.at++, digits.length--;
  return digits.length == 0;
}

/* Whether two are one telephone number: "+44 7700 900015" is "07700 900015". */
static bool same_number(slice a, slice b) {
  enum { WITHOUT_PREFIX = 6 }; /* so many digits are a number, whatever stands before them */
  size_t same = 0;
  for (;; a.length--, b.length--, same++) {
    while (a.length && !is_digit(a.at[a.length - 1])) a.length--;
    while (b.length && !is_digit(b.at[b.length - 1])) b.length--;
    if (!a.length || !b.length || a.at[a.length - 1] != b.at[b.length - 1]) break;
  }
  bool ends = is_zeros(a) || is_zeros(b);
  return same >= WITHOUT_PREFIX ? ends : same > 0 && !a.length && !b.length;
}

/* The next telephone number of a cell that has several: what stands between two other signs than
 * numbers are written with. */
static bool next_number(slice *rest, slice *out) {
  static const char written[] = "0123456789 +()-.";
  while (rest->length && !is_digit(*rest->at)) rest->at++, rest->length--;
  size_t n = 0;
  while (n < rest->length && memchr(written, rest->at[n], sizeof written - 1)) n++;
  *out = (slice){rest->at, n};
  rest->at += n;
  rest->length -= n;
  return n > 0;
}

static bool same_filled(statement *row, const contact_record *c, enum contact_text k) {
  return c->texts[k].length &&
         text_fold_equal(db_column_text(row, FIRST_COLUMN + (int)k), c->texts[k]);
}

size_t contact_shared_numbers(slice cell, slice known, size_t *count) {
  slice a, b;
  size_t shared = 0;
  for (*count = 0; next_number(&cell, &a); ++*count) {
    bool same = false;
    for (slice rest = known; !same && next_number(&rest, &b);) same = same_number(a, b);
    shared += same;
  }
  return shared;
}

static size_t shared_numbers(statement *row, const contact_record *c, size_t *count) {
  return contact_shared_numbers(c->texts[CONTACT_PHONE],
                                db_column_text(row, FIRST_COLUMN + CONTACT_PHONE), count);
}

/* Whether a record has a telephone number or the email of a row, or its confidential address. */
static bool shares_reach(statement *row, const contact_record *c) {
  size_t numbers;
  return shared_numbers(row, c, &numbers) > 0 || same_filled(row, c, CONTACT_EMAIL) ||
         (db_column_int(row, FIRST_COLUMN + FIRST_NUMBER + CONTACT_CONFIDENTIAL_ADDRESS) == 1 &&
          same_filled(row, c, CONTACT_ADDRESS));
}

/* Whether forename or birthday say that a record is of somebody else than a row. */
static bool is_another(statement *row, const contact_record *c) {
  day dob = db_column_day(row, FIRST_COLUMN + FIRST_DAY + CONTACT_DOB);
  return forenames_differ(db_column_text(row, FIRST_COLUMN + CONTACT_FORENAME),
                          c->texts[CONTACT_FORENAME]) ||
         (dob != DAY_NONE && c->days[CONTACT_DOB] != DAY_NONE && dob != c->days[CONTACT_DOB]);
}

/* Whether nothing tells a record and a row apart: no name, birthday, title or relationship. */
static bool is_nobody_else(statement *row, const contact_record *c) {
  static const enum contact_text told[] = {CONTACT_TITLE, CONTACT_RELATIONSHIP};
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    slice known = db_column_text(row, FIRST_COLUMN + (int)told[i]);
    if (known.length && c->texts[told[i]].length && !same_text(row, c, told[i])) return false;
  }
  return !is_another(row, c) && names_agree(db_column_text(row, FIRST_COLUMN + CONTACT_SURNAME),
                                            c->texts[CONTACT_SURNAME]);
}

/* The bits of what protects the contact of a row, and of which a record says `said`: 1, 0, or -1,
 * neither yes nor no. */
static uint32_t protection_of(statement *row, const contact_record *c, int said) {
  uint32_t bits = 0;
  for (int k = 0; k < CONTACT_COLUMNS; k++)
    if (is_protecting(k) && db_column_int(row, FIRST_COLUMN + k) == 1 &&
        c->numbers[k - FIRST_NUMBER] == said)
      bits |= (uint32_t)1 << k;
  return bits;
}

static bool is_protected(statement *row) {
  return db_column_int(row, FIRST_COLUMN + FIRST_NUMBER + CONTACT_NO_CONTACT) == 1 ||
         db_column_int(row, FIRST_COLUMN + FIRST_NUMBER + CONTACT_CONFIDENTIAL_ADDRESS) == 1;
}

static bool is_close(statement *row, const contact_record *c, uint32_t has,
                     enum closeness closeness) {
  if (closeness == SAME_REACH)
    return c->texts[CONTACT_FORENAME].length == 0 && is_nobody_else(row, c) && shares_reach(row, c);
  if (closeness == MAY_BE_PROTECTED)
    return is_protected(row) && is_nobody_else(row, c) &&
           (protection_of(row, c, 0) == 0 || shares_reach(row, c));
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
    if (!(m->has[i] >> k & 1)) continue;
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
    const contact_record *c = &m->set->records[i];
    if (closeness >= SAME_REACH) {
      bool protected = is_protected(rows);
      size_t numbers, shared = shared_numbers(rows, c, &numbers);
      for (int k = CONTACT_TITLE; k <= (protected ? CONTACT_ADDRESS : CONTACT_RELATIONSHIP); k++) {
        bool known = k == CONTACT_PHONE ? shared == numbers
                                        : k <= CONTACT_RELATIONSHIP &&
                                              db_column_text(rows, FIRST_COLUMN + k).length;
        if (c->texts[k].length == 0 || (protected && known)) m->has[i] &= ~((uint32_t)1 << k);
      }
      if (protected) {
        m->has[i] |= FURTHER_NUMBER;
        note(m, rows, CONTACT_MAY_BE, "");
      }
    }
    note_changes(m, rows, i);
    bool same = is_close(rows, c, m->has[i], SAME_CONTACT);
    m->change[i] = gone ? PUT_ADDED : same ? PUT_UNCHANGED : PUT_CHANGED;
  }
  return s;
}

/* A new contact who may be one that is protected, at whatever school, is protected too: with
 * nothing that tells them apart, or with that one's number, email or confidential address and no
 * other forename or birthday. */
static status protect(matching *m, problem *p) {
  bool row, any = false;
  for (size_t i = 0; i < m->set->count; i++) any = any || m->ids[i] == 0;
  if (!any) return STATUS_OK;
  statement *rows = db_statement(m->db, protected_contacts, p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, m->set->pupil);
  status s;
  while (!(s = db_step(rows, &row, p)) && row)
    for (size_t i = 0; i < m->set->count; i++) {
      const contact_record *c = &m->set->records[i];
      if (m->ids[i] || is_another(rows, c)) continue;
      if (!is_nobody_else(rows, c) && !shares_reach(rows, c)) continue;
      uint32_t bits = protection_of(rows, c, -1) & ~m->protects[i];
      m->protects[i] |= bits;
      if (bits) note(m, rows, CONTACT_MAY_BE, "");
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
      " phone = iif(?2 & 32, iif(?2 & 65536, ifnull(phone || '; ', ''), '') || ?8, phone),"
      " address = iif(?2 & 64, ?9, address), language = iif(?2 & 128, ?10, language),"
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
    if (c->numbers[k] >= 0 || m->protects[i] >> (FIRST_NUMBER + k) & 1)
      db_bind_int(put, FIRST + FIRST_NUMBER + k, c->numbers[k] >= 0 ? c->numbers[k] : 1);
  for (int k = 0; k < CONTACT_DAYS; k++) db_bind_day(put, FIRST + FIRST_DAY + k, c->days[k]);
  return db_run(put, p);
}

static bool is_of_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

bool contact_next_word(slice *rest, slice *out) {
  size_t n = 0;
  while (rest->length && !is_of_word(*rest->at)) rest->at++, rest->length--;
  while (n < rest->length && is_of_word(rest->at[n])) n++;
  if (n == 0) return false;
  *out = (slice){rest->at, n};
  rest->at += n;
  rest->length -= n;
  return true;
}

static int is_word_before(const void *element, const void *key) {
  return slice_compare(*(const slice *)element, *(const slice *)key) < 0;
}

/* Whether rows that were left out may be of the contact of a row: its surname is in them. */
static status may_be_left_out(const matching *m, statement *row, bool *may, problem *p) {
  const contact_set *set = m->set;
  buffer name = {0};
  slice text = db_column_text(row, FIRST_COLUMN + CONTACT_SURNAME), word;
  text_fold(&name, text.length ? text : db_column_text(row, FIRST_COLUMN + CONTACT_FORENAME));
  bool any = false, all = true;
  for (slice rest = buffer_slice(&name); all && contact_next_word(&rest, &word); any = true) {
    size_t at =
        array_lower_bound(set->left_out, set->left_out_count, sizeof word, &word, is_word_before);
    all = at < set->left_out_count && slice_equal(set->left_out[at], word);
  }
  *may = set->partial || (any && all);
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
    if (!s) s = match(&m, SAME_REACH, p);
    if (!s) s = match(&m, MAY_BE_PROTECTED, p);
    if (!s) s = protect(&m, p);
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
