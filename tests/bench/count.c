/* count: libcsv over a file, with callbacks that only count.
 *
 *   count FILE      prints fields=N, rows=N */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 1 << 18 };

typedef struct counts {
  unsigned long fields, rows;
} counts;

static void count_field(void *text, size_t length, void *to) {
  (void)text, (void)length;
  ((counts *)to)->fields++;
}

static void count_row(int terminator, void *to) {
  (void)terminator;
  ((counts *)to)->rows++;
}

static int count_file(struct csv_parser *parser, FILE *f, counts *c) {
  static char block[BLOCK];
  size_t got;
  while ((got = fread(block, 1, sizeof block, f)) > 0)
    if (csv_parse(parser, block, got, count_field, count_row, c) != got) return 1;
  return csv_fini(parser, count_field, count_row, c) != 0 || ferror(f);
}

int main(int argc, char **argv) {
  struct csv_parser parser;
  counts c = {0};
  if (argc != 2) return 2;
  FILE *f = fopen(argv[1], "rb");
  if (!f || csv_init(&parser, CSV_STRICT) != 0) {
    perror(argv[1]);
    return 1;
  }
  int failed = count_file(&parser, f, &c);
  csv_free(&parser);
  (void)fclose(f);
  (void)printf("fields=%lu\nrows=%lu\n", c.fields, c.rows);
  return failed;
}
