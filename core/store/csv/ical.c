/* ical: the form of calendars (.ics): events as records, through libical.
 *
 * 1. The fields are summary, first, last (the first and the last day of it), starts, ends (times of
 *    day, of an event that is not of whole days), repeats (yes, of one that comes again) and
 * status.
 * 2. Times are those of the place they name, and of England where they are world time.
 * 3. A file of more than FILE_MOST bytes is refused, and one whose parts lie in each other: libical
 *    holds all of it. */
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "store/csv/source_file.h"

enum { FILE_MOST = 4 << 20, CHUNK = 64 * 1024, DEEPEST = 8, TIME_ROOM = 6 };
enum { SUMMARY, FIRST, LAST, STARTS, ENDS, REPEATS, STATUS, FIELDS };

typedef struct ical_source {
  source base;
  source_file file;
  icalcomponent *all, *calendar; /* what is in the file; of its calendars the one at hand */
  size_t event;                  /* the number of the last one */
  bool begun;
  slice cells[FIELDS];
  char first[DATE_TEXT], last[DATE_TEXT], starts[TIME_ROOM], ends[TIME_ROOM];
  buffer summary;
} ical_source;

static const char *const names[FIELDS] = {"summary", "first",   "last",  "starts",
                                          "ends",    "repeats", "status"};

/* A time in England; one without a place is as it is written. */
static icaltimetype in_england(icaltimetype t) {
  icaltimezone *england = icaltimezone_get_builtin_timezone("Europe/London");
  return t.is_date || !icaltime_is_utc(t) || !england ? t : icaltime_convert_to_zone(t, england);
}

/* The day of a time, so many days on; DAY_NONE when there is none such. */
static day day_of(icaltimetype t, int more) {
  if (icaltime_is_null_time(t) || t.year < 1900 || t.year > 2199 || t.month < 1 || t.month > 12 ||
      t.day < 1 || t.day > date_days_in_month(t.year, t.month))
    return DAY_NONE;
  day d = date_of(t.year, t.month, t.day) + more;
  return d >= DATE_FIRST && d <= DATE_LAST ? d : DAY_NONE;
}

static void fill_times(ical_source *c, icalcomponent *event) {
  icaltimetype from = in_england(icalcomponent_get_dtstart(event));
  icaltimetype to = in_england(icalcomponent_get_dtend(event));
  day first = day_of(from, 0), last = day_of(to, 0);
  /* an end is the moment after: of whole days, and at midnight, of the day before */
  bool is_midnight = to.is_date || (to.hour == 0 && to.minute == 0);
  if (last != DAY_NONE && first != DAY_NONE && last > first && is_midnight) last--;
  if (last == DAY_NONE || last < first) last = first;
  c->first[0] = c->last[0] = c->starts[0] = c->ends[0] = '\0';
  if (first == DAY_NONE) return;
  date_format(first, c->first);
  date_format(last, c->last);
  if (from.is_date || from.hour < 0 || from.hour > 23 || from.minute < 0 || from.minute > 59)
    return;
  (void)snprintf(c->starts, TIME_ROOM, "%02u:%02u", (unsigned)from.hour % 24U,
                 (unsigned)from.minute % 60U);
  if (!icaltime_is_null_time(to) && !to.is_date && to.hour >= 0 && to.minute >= 0)
    (void)snprintf(c->ends, TIME_ROOM, "%02u:%02u", (unsigned)to.hour % 24U,
                   (unsigned)to.minute % 60U);
  if (strcmp(c->starts, "00:00") == 0 && strcmp(c->ends, "00:00") == 0)
    c->starts[0] = c->ends[0] = '\0'; /* whole days, as world time */
}

/* A text of an event, in UTF-8; broken bytes are taken for Windows-1252. */
static status fill_summary(ical_source *c, icalcomponent *event, problem *p) {
  const char *text = icalcomponent_get_summary(event);
  slice summary = slice_of(text ? text : "");
  buffer_clear(&c->summary);
  if (text_is_utf8(summary))
    buffer_add(&c->summary, summary.at, summary.length);
  else
    text_add_windows1252(&c->summary, summary);
  return buffer_status(&c->summary, p);
}

/* The next event of the calendar at hand, else of one after it. */
static icalcomponent *next_event(ical_source *c) {
  icalcomponent *event = NULL;
  if (c->calendar && c->event)
    event = icalcomponent_get_next_component(c->calendar, ICAL_VEVENT_COMPONENT);
  else if (c->calendar)
    event = icalcomponent_get_first_component(c->calendar, ICAL_VEVENT_COMPONENT);
  while (!event && c->calendar && c->calendar != c->all) {
    c->calendar = icalcomponent_get_next_component(c->all, ICAL_VCALENDAR_COMPONENT);
    if (c->calendar) event = icalcomponent_get_first_component(c->calendar, ICAL_VEVENT_COMPONENT);
  }
  return event;
}

static status ical_next(source *base, csv_row *out, bool *more, problem *p) {
  ical_source *c = (ical_source *)base;
  if (!c->begun) {
    for (size_t i = 0; i < FIELDS; i++) c->cells[i] = slice_of(names[i]);
    *out = (csv_row){.line = 1, .cells = c->cells, .count = FIELDS, .raw = {"", 0}};
    *more = c->begun = true;
    return STATUS_OK;
  }
  icalcomponent *event = next_event(c);
  if (!event) return *more = false, STATUS_OK;
  c->event++;
  fill_times(c, event);
  status s = fill_summary(c, event, p);
  if (s) return s;
  bool repeats = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY) ||
                 icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);
  enum icalproperty_status state = icalcomponent_get_status(event);
  c->cells[SUMMARY] = slice_trim(buffer_slice(&c->summary));
  c->cells[FIRST] = slice_of(c->first);
  c->cells[LAST] = slice_of(c->last);
  c->cells[STARTS] = slice_of(c->starts);
  c->cells[ENDS] = slice_of(c->ends);
  c->cells[REPEATS] = slice_of(repeats ? "yes" : "");
  c->cells[STATUS] = slice_of(state == ICAL_STATUS_CANCELLED ? "cancelled" : "");
  *out = (csv_row){.line = c->event, .cells = c->cells, .count = FIELDS, .raw = {"", 0}};
  return *more = true, STATUS_OK;
}

static status ical_facts(source *base, source_facts *out, problem *p) {
  (void)p;
  *out = source_file_facts(&((const ical_source *)base)->file, "UTF-8");
  return STATUS_OK;
}

static uint64_t ical_done(const source *base) { return ((const ical_source *)base)->file.at; }

static void ical_close(source *base) {
  ical_source *c = (ical_source *)base;
  if (c->all) icalcomponent_free(c->all);
  icalmemory_free_ring();
  buffer_free(&c->summary);
  source_file_close(&c->file);
  mem_free(c);
}

/* Lines end with LF alone, and one that was folded is in one piece: of other ends libical looks
 * for one through all that follows. */
static void unfold(buffer *text) {
  size_t to = 0;
  for (size_t i = 0; i < text->length; i++) {
    char c = text->bytes[i];
    if (c == '\r' && i + 1 < text->length && text->bytes[i + 1] == '\n') continue;
    if ((c == ' ' || c == '\t') && to && text->bytes[to - 1] == '\n')
      to--;
    else
      text->bytes[to++] = c == '\r' ? '\n' : c;
  }
  text->length = to;
}

/* How deep parts lie in each other at most; -1: one ends that has not begun. */
static int depth_of(slice text) {
  int depth = 0, most = 0;
  for (const char *at = text.at, *stop = text.at + text.length; at < stop;) {
    const char *next = memchr(at, '\n', (size_t)(stop - at));
    size_t name = 0, length = (size_t)((next ? next : stop) - at);
    while (name < length && at[name] != ':' && at[name] != ';') name++;
    slice word = slice_trim((slice){at, name < length ? name : 0}); /* none without a value */
    if (slice_is_nocase(word, "BEGIN") && ++depth > most) most = depth;
    if (slice_is_nocase(word, "END") && --depth < 0) return -1;
    at = next ? next + 1 : stop;
  }
  return most;
}

static status parse(ical_source *c, slice text, problem *p) {
  static const char remedy[] = "export the calendar again as iCalendar (.ics)";
  int depth = depth_of(text);
  if (depth > DEEPEST) /* libical calls itself for each */
    return problem_set(p, STATUS_SYNTAX, remedy, "%s has parts more than %d deep", c->file.name,
                       DEEPEST);
  if (depth < 0)
    return problem_set(p, STATUS_SYNTAX, remedy, "%s has the end of a part without its beginning",
                       c->file.name);
  icalerror_set_errors_are_fatal(0);
  icalerror_clear_errno();
  c->all = icalparser_parse_string(text.at);
  if (!c->all && icalerrno == ICAL_NEWFAILED_ERROR) return problem_no_memory(p);
  if (c->all && icalcomponent_isa(c->all) == ICAL_VCALENDAR_COMPONENT)
    c->calendar = c->all;
  else if (c->all)
    c->calendar = icalcomponent_get_first_component(c->all, ICAL_VCALENDAR_COMPONENT);
  if (c->calendar) return STATUS_OK;
  return problem_set(p, STATUS_SYNTAX, remedy, "%s has no calendar in it", c->file.name);
}

status source_open_ical(const char *path, const reading *r, source **out, problem *p) {
  (void)r;
  ical_source *c = mem_new(1, sizeof *c);
  if (!c) return problem_no_memory(p);
  static const source_form form = {.name = "calendar",
                                   .next = ical_next,
                                   .facts = ical_facts,
                                   .done = ical_done,
                                   .close = ical_close};
  c->base.form = &form;
  buffer text = {0};
  size_t got = 1;
  status s = source_file_open(path, &c->file, p);
  while (!s && got) {
    char *room = buffer_room(&text, CHUNK);
    s = room ? source_file_read(&c->file, room, CHUNK, &got, p) : problem_no_memory(p);
    if (!s) text.length += got;
    if (!s && text.length > FILE_MOST)
      s = problem_set(p, STATUS_RANGE, "export the terms of a few years only",
                      "%s is a calendar of more than %d MB", c->file.name, FILE_MOST >> 20);
  }
  if (!s) unfold(&text);
  buffer_add_char(&text, '\0');
  if (!s && text.failed) s = problem_no_memory(p);
  if (!s) s = parse(c, (slice){text.bytes, text.length - 1}, p);
  buffer_free(&text);
  if (s) {
    ical_close(&c->base);
    return s;
  }
  c->base.name = c->file.name;
  c->base.size = (uint64_t)c->file.seen.st_size;
  *out = &c->base;
  return STATUS_OK;
}
