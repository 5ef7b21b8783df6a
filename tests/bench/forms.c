/* forms: one school year of many pupils, a record a pupil with a string of marks, in each form that
 * is read, and how long it takes to read it.
 *
 *   forms make csv|xml|json|xlsx FILE PUPILS   XML as the CTF has it, with a header and what lies
 * around forms read FILE [RECORDS]                  prints records, bytes of their cells, seconds,
 * and the most memory the process had, in MB
 *
 * Of one number of pupils all forms give as many records with as many bytes. */
#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "store/csv/source.h"

enum { SESSIONS = 380, ROOM = 2048 };

static struct archive *archive; /* NULL: to `plain` */
static FILE *plain;

static void need(int good, const char *what) {
  if (good) return;
  (void)fprintf(stderr, "forms: %s\n", what);
  exit(1);
}

static void put(const char *text) {
  size_t length = strlen(text);
  if (archive)
    need(archive_write_data(archive, text, length) == (la_ssize_t)length, "cannot write");
  else
    need(fwrite(text, 1, length, plain) == length, "cannot write");
}

/* With each backslash twice. */
static void put_escaped(const char *text) {
  char twice[2 * ROOM], *to = twice;
  for (; *text; *to++ = *text++)
    if (*text == '\\') *to++ = '\\';
  *to = '\0';
  put(twice);
}

static void begin_part(const char *name) {
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_pathname(entry, name);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0600);
  need(archive_write_header(archive, entry) == ARCHIVE_OK, "cannot write");
  archive_entry_free(entry);
}

/* A year of marks: mostly present, from the pupil's number. */
static const char *marks_of(long pupil) {
  static char marks[SESSIONS + 1];
  uint64_t state = (uint64_t)pupil * 0x9E3779B97F4A7C15U + 1;
  for (int i = 0; i < SESSIONS; i++) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    unsigned chance = (unsigned)(state >> 33) % 1000;
    marks[i] = chance < 930 ? "/\\"[i % 2] : "NILMBOEV"[chance % 8];
  }
  return marks;
}

typedef struct form {
  const char *name, *head, *pupil, *foot; /* `pupil` has a number twice, and the marks */
} form;

static const form forms[] = {
    {"csv", "UPN,Surname,Start,Marks\n", "B8812345%06ld,Moss%ld,2025-09-01,%s\n", ""},
    {"xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CTfile>\n<CTFpupilData>\n",
     "<Pupil><UPN>B8812345%06ld</UPN><Surname>Moss%ld</Surname>\n<Attendance><YearData>"
     "<AttendSessions><AttendanceStartDate>2025-09-01</AttendanceStartDate>"
     "<AttendanceMarks>%s</AttendanceMarks></AttendSessions></YearData></Attendance></Pupil>\n",
     "</CTFpupilData>\n</CTfile>\n"},
    {"json", "{\"data\":[",
     "{\"upn\":\"B8812345%06ld\",\"surname\":\"Moss%ld\",\"start\":\"2025-09-01\",\"marks\":\"%"
     "s\"}",
     "]}\n"},
    {"xlsx",
     "<worksheet><sheetData><row r=\"1\"><c t=\"str\"><v>UPN</v></c><c t=\"str\"><v>Surname</v></c>"
     "<c t=\"str\"><v>Start</v></c><c t=\"str\"><v>Marks</v></c></row>",
     "<row><c t=\"str\"><v>B8812345%06ld</v></c><c t=\"str\"><v>Moss%ld</v></c>"
     "<c t=\"str\"><v>2025-09-01</v></c><c t=\"str\"><v>%s</v></c></row>\n",
     "</sheetData></worksheet>"}};

static void make(const char *name, const char *path, long pupils) {
  const form *f = NULL;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (strcmp(forms[i].name, name) == 0) f = &forms[i];
  need(f != NULL, "csv, xml, json or xlsx");
  if (strcmp(name, "xlsx") == 0) {
    archive = archive_write_new();
    need(archive && archive_write_set_format_zip(archive) == ARCHIVE_OK &&
             archive_write_open_filename(archive, path) == ARCHIVE_OK,
         "cannot write");
    begin_part("xl/workbook.xml");
    put("<workbook xmlns:r=\"r\"><sheets><sheet name=\"Marks\" sheetId=\"1\" "
        "r:id=\"r1\"/></sheets></workbook>");
    begin_part("xl/_rels/workbook.xml.rels");
    put("<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" "
        "Target=\"sheet1.xml\"/></Relationships>");
    begin_part("xl/sheet1.xml");
  } else {
    need((plain = fopen(path, "wb")) != NULL, "cannot write");
  }
  static char record[ROOM];
  put(f->head);
  for (long i = 0; i < pupils; i++) {
    (void)snprintf(record, sizeof record, f->pupil, i, i, marks_of(i));
    if (strcmp(name, "json") == 0) {
      if (i) put(",\n");
      put_escaped(record);
    } else {
      put(record);
    }
  }
  put(f->foot);
  if (archive)
    need(archive_write_free(archive) == ARCHIVE_OK, "cannot write");
  else
    need(fclose(plain) == 0, "cannot write");
}

static void read_all(const char *path, const char *records) {
  reading how = {.records = records};
  struct timespec from, to;
  struct rusage used;
  source *s = NULL;
  problem p = {0};
  csv_row row = {0};
  bool more = true;
  size_t count = 0, bytes = 0;
  (void)clock_gettime(CLOCK_MONOTONIC, &from);
  need(!source_open(path, &how, &s, &p), p.sentence);
  for (;;) {
    need(!s->form->next(s, &row, &more, &p), p.sentence);
    if (!more) break;
    if (count++ == 0) continue;
    for (size_t i = 0; i < row.count; i++) bytes += row.cells[i].length;
  }
  s->form->close(s);
  (void)clock_gettime(CLOCK_MONOTONIC, &to);
  (void)getrusage(RUSAGE_SELF, &used);
  printf("%zu %zu %.3f %ld\n", count - 1, bytes,
         (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
         used.ru_maxrss / 1024);
}

int main(int count, char **of) {
  if (count == 5 && strcmp(of[1], "make") == 0)
    make(of[2], of[3], strtol(of[4], NULL, 10));
  else if (count >= 3 && strcmp(of[1], "read") == 0)
    read_all(of[2], count > 3 ? of[3] : NULL);
  else
    need(0, "make csv|xml|json|xlsx FILE PUPILS, or read FILE [RECORDS]");
  return 0;
}
