/* pack: both ways side by side. What is read from the file is doubted: no value is taken that is
 * not whole and in its range, and `pack` looks whether its text comes back. */
#include "store/db/pack.h"

#include <string.h>

#include "base/date.h"

enum {
  NUMBER = 1,   /* up to nine digits without zeros before them */
  DATE = 2,     /* 2025-09-08 */
  HALF_DAY = 3, /* 2025-09-08 AM */
  SESSIONS = 4, /* [["2025-09-08","AM","N"], …], in any order */
  DAYS = 5,     /* the same, each after the one before */
  CONTROL = 31, /* the last character that JSON never holds */
  ISO = 10,
  DIGITS = 9,
  CODE_MOST = 15, /* characters of a code */
  CODES_MOST = 32 /* of one list */
};

/* Values ------------------------------------------------------------------------ */

static void add_number(buffer *to, uint64_t n) {
  for (; n > 127; n >>= 7) buffer_add_char(to, (char)(128 | (n & 127)));
  buffer_add_char(to, (char)n);
}

static bool take_number(slice *from, uint64_t *out) {
  uint64_t n = 0;
  for (int shift = 0; from->length && shift < 63; shift += 7) {
    unsigned char c = (unsigned char)*from->at;
    from->at++, from->length--;
    n |= (uint64_t)(c & 127) << shift;
    if (c < 128) return *out = n, true;
  }
  return false;
}

/* As a difference from the value before, its sign in the last bit. */
static uint64_t difference(session now, session *last) {
  int64_t d = (int64_t)now - *last;
  *last = now;
  return d < 0 ? (uint64_t)(-d) * 2 - 1 : (uint64_t)d * 2;
}

static bool add_up(uint64_t difference, session *last) {
  int64_t d = (int64_t)(difference >> 1), now = difference & 1 ? *last - d - 1 : *last + d;
  if (difference >> 32 || now < session_of(DATE_FIRST, 0) || now > session_of(DATE_LAST, 1))
    return false;
  *last = (session)now;
  return true;
}

/* Texts --------------------------------------------------------------------------- */

static bool skip(slice *text, const char *expected) {
  size_t n = strlen(expected);
  if (text->length < n || memcmp(text->at, expected, n) != 0) return false;
  text->at += n, text->length -= n;
  return true;
}

static bool read_date(slice *text, day *out) {
  problem p;
  if (text->length < ISO || text->at[4] != '-') return false;
  if (date_parse_iso((slice){text->at, ISO}, out, &p)) return false;
  text->at += ISO, text->length -= ISO;
  return true;
}

static void add_date(buffer *to, day d) {
  char text[DATE_TEXT];
  date_format(d, text);
  buffer_add_text(to, text);
}

/* One of a list; the code is lent by the text. `known` is the text of the day at `*at`, or NULL:
 * most days of a list come twice, and a text need be read once. */
static bool read_session(slice *text, const char **known, session *at, slice *code) {
  day d = session_day(*at);
  if (!skip(text, "[\"")) return false;
  if (*known && text->length > ISO && memcmp(text->at, *known, ISO) == 0) {
    text->at += ISO, text->length -= ISO;
  } else {
    *known = text->at;
    if (!read_date(text, &d)) return false;
  }
  if (!skip(text, "\",\"")) return false;
  int half = skip(text, "PM");
  if ((!half && !skip(text, "AM")) || !skip(text, "\",\"")) return false;
  size_t n = 0;
  while (n < text->length && n <= CODE_MOST && text->at[n] != '"' && text->at[n] != '\\') n++;
  if (n > CODE_MOST) return false;
  *code = (slice){text->at, n};
  *at = session_of(d, half);
  text->at += n, text->length -= n;
  return skip(text, "\"]");
}

/* A whole list; `text` is moved behind it. Its values are added: how many there are, and of each
 * the difference, twice, and one more when a code follows, since it is another one. */
static bool pack_sessions(slice *text, session *last, buffer *values) {
  slice rest = *text, code, before = {"", 0};
  session at = 0, latest = *last;
  const char *known = NULL;
  buffer list = {0};
  uint64_t n = 0;
  bool good = skip(&rest, "[");
  for (bool more = good; more; more = good && skip(&rest, ",")) {
    good = read_session(&rest, &known, &at, &code);
    if (!good) break;
    bool other = !slice_equal(code, before);
    add_number(&list, difference(at, &latest) * 2 + other);
    if (other) {
      add_number(&list, code.length);
      buffer_add(&list, code.at, code.length);
    }
    before = code;
    n++;
  }
  good = good && skip(&rest, "]");
  if (good) {
    add_number(values, n);
    buffer_add(values, list.bytes, list.length);
    values->failed = values->failed || list.failed;
    *text = rest;
    *last = latest;
  }
  buffer_free(&list);
  return good;
}

/* The same of a list in which each is after the one before, which nearly all are. Its values: how
 * many items there are, and of each four times the gap from the one before (the first: the
 * difference from what was last), two more when it is a morning and its afternoon, and one more
 * when the code is another; then that one's place among those of this list, and of a new one its
 * length and text. */
typedef struct day_list {
  buffer values;
  uint64_t count;
  session last;
  slice code, codes[CODES_MOST];
  size_t code_count;
} day_list;

static bool add_item(day_list *list, session at, bool both, slice code) {
  bool other = list->count == 0 || !slice_equal(code, list->code);
  uint64_t gap = list->count ? (uint64_t)(at - list->last - 1) : difference(at, &list->last);
  add_number(&list->values, gap * 4 + (both ? 2 : 0) + other);
  list->count++;
  list->last = at + both;
  list->code = code;
  if (!other) return true;
  size_t place = 0;
  while (place < list->code_count && !slice_equal(list->codes[place], code)) place++;
  if (place == CODES_MOST) return false;
  add_number(&list->values, place);
  if (place < list->code_count) return true;
  list->codes[list->code_count++] = code;
  add_number(&list->values, code.length);
  buffer_add(&list->values, code.at, code.length);
  return true;
}

static bool pack_days(slice *text, session *last, buffer *values) {
  day_list list = {.last = *last};
  slice rest = *text, code, of = {0};
  session at = 0, since = 0;
  const char *known = NULL;
  bool good = skip(&rest, "["), any = false, both = false;
  for (bool more = good; more; more = good && skip(&rest, ",")) {
    good = read_session(&rest, &known, &at, &code) && (!any || at > since + both);
    if (!good) break;
    if (any && !both && !session_half(since) && at == since + 1 && slice_equal(code, of)) {
      both = true;
      continue;
    }
    if (any) good = add_item(&list, since, both, of);
    since = at, of = code, any = true, both = false;
  }
  good = good && add_item(&list, since, both, of) && skip(&rest, "]");
  if (good) {
    add_number(values, list.count);
    buffer_add(values, list.values.bytes, list.values.length);
    values->failed = values->failed || list.values.failed;
    *text = rest;
    *last = list.last;
  }
  buffer_free(&list.values);
  return good;
}

/* Half days as they are written. */
enum { DAY_AT = 3, HALF_AT = 16, CODE_AT = 21 };

typedef struct session_text {
  char text[CODE_AT + CODE_MOST + 2], date[DATE_TEXT];
  size_t end; /* of the code */
  day day;
  bool any;
} session_text;

static session_text session_text_new(void) {
  return (session_text){.text = ",[\"2025-09-08\",\"AM\",\"", .end = CODE_AT, .day = DAY_NONE};
}

static void set_code(session_text *t, slice code) {
  memcpy(t->text + CODE_AT, code.at, code.length);
  t->end = CODE_AT + code.length;
}

static void add_session(session_text *t, session at, buffer *out) {
  if (session_day(at) != t->day) {
    t->day = session_day(at);
    date_format(t->day, t->date);
    memcpy(t->text + DAY_AT, t->date, ISO);
  }
  t->text[0] = t->any ? ',' : '[';
  t->text[HALF_AT] = session_half(at) ? 'P' : 'A';
  t->text[t->end] = '"';
  t->text[t->end + 1] = ']';
  t->any = true;
  buffer_add(out, t->text, t->end + 2);
}

static bool take_code(slice *values, slice *code) {
  uint64_t length = 0;
  if (!take_number(values, &length) || length > values->length || length > CODE_MOST) return false;
  *code = (slice){values->at, (size_t)length};
  values->at += length, values->length -= (size_t)length;
  return true;
}

static bool unpack_sessions(slice *values, session *last, bool brief, buffer *out) {
  session_text text = session_text_new();
  uint64_t n = 0, packed = 0;
  slice code;
  if (!take_number(values, &n) || n == 0 || n > values->length) return false;
  for (uint64_t i = 0; i < n; i++) {
    if (!take_number(values, &packed) || !add_up(packed >> 1, last)) return false;
    if (packed & 1) {
      if (!take_code(values, &code)) return false;
      set_code(&text, code);
    }
    if (!brief) add_session(&text, *last, out);
  }
  buffer_add_text(out, brief ? "[]" : "]");
  return true;
}

static bool unpack_days(slice *values, session *last, bool brief, buffer *out) {
  session_text text = session_text_new();
  slice codes[CODES_MOST];
  uint64_t n = 0, packed = 0, place = 0, code_count = 0;
  if (!take_number(values, &n) || n == 0 || n > values->length) return false;
  for (uint64_t i = 0; i < n; i++) {
    if (!take_number(values, &packed)) return false;
    uint64_t gap = packed >> 2;
    if (gap >> 31 || !add_up(i ? gap * 2 + 2 : gap, last)) return false;
    if (packed & 1) {
      if (!take_number(values, &place) || place > code_count || place == CODES_MOST) return false;
      if (place == code_count && !take_code(values, &codes[code_count++])) return false;
      set_code(&text, codes[place]);
    }
    if (!brief) add_session(&text, *last, out);
    if (!(packed & 2)) continue;
    if (session_half(*last)) return false;
    *last += 1;
    if (!brief) add_session(&text, *last, out);
  }
  buffer_add_text(out, brief ? "[]" : "]");
  return true;
}

/* Both ways ------------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool pack(slice text, buffer *pattern, buffer *values) {
  slice rest = text;
  session last = 0;
  day d = 0;
  while (rest.length) {
    char c = *rest.at;
    if ((unsigned char)c <= CONTROL) return false;
    if (c == '[' && pack_days(&rest, &last, values)) {
      buffer_add_char(pattern, DAYS);
      continue;
    }
    if (c == '[' && pack_sessions(&rest, &last, values)) {
      buffer_add_char(pattern, SESSIONS);
      continue;
    }
    if (is_digit(c) && read_date(&rest, &d)) {
      int pm = skip(&rest, " PM"), half_day = pm || skip(&rest, " AM");
      buffer_add_char(pattern, half_day ? HALF_DAY : DATE);
      add_number(values, difference(session_of(d, pm), &last));
      continue;
    }
    size_t n = 0;
    uint64_t number = 0;
    while (n < rest.length && n < DIGITS && is_digit(rest.at[n]) && (n == 0 || c != '0'))
      number = number * 10 + (uint64_t)(rest.at[n++] - '0');
    if (n) {
      buffer_add_char(pattern, NUMBER);
      add_number(values, number);
    } else { /* and what surely stands for itself after it */
      n = 1;
      while (n < rest.length && rest.at[n] > '9' && rest.at[n] != '[') n++;
      buffer_add(pattern, rest.at, n);
    }
    rest.at += n, rest.length -= n;
  }
  buffer whole = {0};
  bool same = !pattern->failed && !values->failed &&
              unpack(buffer_slice(pattern), buffer_slice(values), false, &whole) &&
              slice_equal(buffer_slice(&whole), text);
  values->failed = values->failed || whole.failed;
  buffer_free(&whole);
  return same;
}

bool unpack(slice pattern, slice values, bool brief, buffer *out) {
  session last = 0;
  uint64_t n = 0;
  for (size_t i = 0; i < pattern.length; i++) {
    char c = pattern.at[i];
    if (c == DAYS) {
      if (!unpack_days(&values, &last, brief, out)) return false;
    } else if (c == SESSIONS) {
      if (!unpack_sessions(&values, &last, brief, out)) return false;
    } else if (c == DATE || c == HALF_DAY) {
      if (!take_number(&values, &n) || !add_up(n, &last)) return false;
      add_date(out, session_day(last));
      if (c == HALF_DAY) buffer_add_text(out, session_half(last) ? " PM" : " AM");
    } else if (c == NUMBER) {
      if (!take_number(&values, &n)) return false;
      if (n > INT64_MAX) return false;
      buffer_add_integer(out, (int64_t)n);
    } else {
      size_t from = i;
      while (i + 1 < pattern.length && (unsigned char)pattern.at[i + 1] > CONTROL) i++;
      buffer_add(out, pattern.at + from, i + 1 - from);
    }
  }
  return values.length == 0 && !out->failed;
}
