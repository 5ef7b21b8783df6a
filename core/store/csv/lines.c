/* lines: see lines.h. */
#include "store/csv/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct found {
  size_t from, at; /* the first such byte in [from, end) is at `at`, or `end` */
  bool known;
} found;

struct lines {
  int fd;
  char *name;
  lines_facts facts;
  struct stat seen; /* as it was when it was opened */
  examination *examination;
  char *window; /* [room + LINES_PAD]; bytes [mark, end) are held */
  size_t room, mark, end;
  uint64_t before; /* bytes of the file that left the window */
  bool ended;
  found newline, carriage;
};

/* Opening -------------------------------------------------------------------- */

static status io_failed(const lines *l, int reason, problem *p) {
  return problem_set(p, STATUS_IO, "check the file and its permissions", "cannot read %s: %s",
                     l->name, strerror(reason));
}

static ssize_t read_some(int fd, char *to, size_t most) {
  ssize_t n;
  do n = read(fd, to, most);
  while (n < 0 && errno == EINTR);
  return n;
}

/* What the first bytes say; reading begins after a byte-order mark. */
static status check_beginning(lines *l, problem *p) {
  char bytes[3] = {0};
  ssize_t n = pread(l->fd, bytes, sizeof bytes, 0);
  if (n < 0) return io_failed(l, errno, p);
  if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
    return problem_set(p, STATUS_SYNTAX, "save it again as \"CSV UTF-8\" and import that file",
                       "%s is written in UTF-16, which Waymark does not read", l->name);
  l->facts.marked = n == 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
  off_t start = l->facts.marked ? 3 : 0;
  if (lseek(l->fd, start, SEEK_SET) != start) return io_failed(l, errno, p);
  l->before = (uint64_t)start;
  return STATUS_OK;
}

static status check_kind(lines *l, problem *p) {
  if (fstat(l->fd, &l->seen) != 0) return io_failed(l, errno, p);
  if (S_ISDIR(l->seen.st_mode))
    return problem_set(p, STATUS_IO, "name a CSV file", "%s is a folder", l->name);
  if (!S_ISREG(l->seen.st_mode))
    return problem_set(p, STATUS_IO, "save it as a file first", "%s is not an ordinary file",
                       l->name);
  return STATUS_OK;
}

status lines_open_fd(int fd, const char *name, lines **out, problem *p) {
  const char *slash = strrchr(name, '/');
  const char *base = slash && slash[1] ? slash + 1 : name;
  lines *l = mem_new(1, sizeof *l);
  if (l) l->name = mem_copy_text(base, strlen(base));
  if (!l || !l->name) {
    mem_free(l);
    (void)close(fd);
    return problem_no_memory(p);
  }
  l->fd = fd;
  status s = check_kind(l, p);
  if (!s) s = check_beginning(l, p);
  if (!s) s = examine_start(fd, lines_size(l), &l->examination, p);
  if (s) {
    lines_close(l);
    return s;
  }
  *out = l;
  return STATUS_OK;
}

status lines_open(const char *path, lines **out, problem *p) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return problem_set(
        p, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
        errno == ENOENT ? "check the name and the folder" : "check the file and its permissions",
        "cannot open %s: %s", path, strerror(errno));
  return lines_open_fd(fd, path, out, p);
}

void lines_close(lines *l) {
  if (!l) return;
  examine_free(l->examination);
  (void)close(l->fd);
  mem_free(l->name);
  mem_free(l->window);
  mem_free(l);
}

bool lines_marked(const lines *l) { return l->facts.marked; }
uint64_t lines_size(const lines *l) { return (uint64_t)l->seen.st_size; }
const char *lines_name(const lines *l) { return l->name; }

const lines_facts *lines_facts_of(lines *l) {
  const examined *e = examine_result(l->examination);
  memcpy(l->facts.digest, e->digest, sizeof l->facts.digest);
  l->facts.bytes = e->bytes;
  l->facts.is_utf8 = e->is_utf8;
  return &l->facts;
}

/* Reading -------------------------------------------------------------------- */

/* At the end: both readings are over, and were of the same file. */
static status check_unchanged(lines *l, problem *p) {
  const examined *e = examine_result(l->examination);
  struct stat now;
  if (e->failed == ENOMEM) return problem_no_memory(p);
  if (e->failed) return io_failed(l, e->failed, p);
  if (fstat(l->fd, &now) != 0) return io_failed(l, errno, p);
  if (now.st_size == l->seen.st_size && now.st_mtim.tv_sec == l->seen.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == l->seen.st_mtim.tv_nsec && e->bytes == l->before + l->end)
    return STATUS_OK;
  return problem_set(p, STATUS_IO, "wait until it is written, then import it again",
                     "%s changed while it was read", l->name);
}

static void forget_before_mark(lines *l) {
  memmove(l->window, l->window + l->mark, l->end - l->mark);
  l->before += l->mark;
  l->end -= l->mark;
  l->mark = 0;
}

static status refill(lines *l, problem *p) {
  if (l->mark) forget_before_mark(l);
  if (l->room - l->end < LINES_CHUNK) {
    size_t room = l->end + LINES_CHUNK * 2;
    char *window = mem_resize(l->window, room + LINES_PAD, 1);
    if (!window) return problem_no_memory(p);
    l->window = window;
    l->room = room;
    memset(window + room, 0, LINES_PAD);
  }
  ssize_t n = read_some(l->fd, l->window + l->end, LINES_CHUNK);
  if (n < 0) return io_failed(l, errno, p);
  l->end += (size_t)n;
  l->ended = n == 0;
  l->newline.known = l->carriage.known = false;
  return l->ended ? check_unchanged(l, p) : STATUS_OK;
}

/* The first `byte` at or after `start`, or `end`. Remembered, so that a file
 * with one kind of line end is not searched again and again for the other. */
static size_t find_byte(const lines *l, found *f, int byte, size_t start) {
  if (!f->known || start < f->from || start > f->at) {
    const char *at = memchr(l->window + start, byte, l->end - start);
    *f = (found){start, at ? (size_t)(at - l->window) : l->end, true};
  }
  return f->at;
}

/* The first line end in [start, end), or `end`. */
static size_t find_end(lines *l, size_t start) {
  if (start == l->end) return l->end;
  size_t newline = find_byte(l, &l->newline, '\n', start);
  size_t carriage = find_byte(l, &l->carriage, '\r', start);
  return newline < carriage ? newline : carriage;
}

static void fill_line(const lines *l, size_t start, size_t stop, lines_line *out) {
  size_t after = stop;
  if (stop < l->end) after++;
  if (after < l->end && l->window[stop] == '\r' && l->window[after] == '\n') after++;
  *out = (lines_line){.any = after > start,
                      .too_long = stop - start > LINE_LONGEST,
                      .text = {l->window ? l->window + start : "", stop - start},
                      .next = after - l->mark};
}

/* Skip the rest of a line too long to hold; its beginning stays at the mark. */
static status skip_long(lines *l, size_t from, lines_line *out, problem *p) {
  size_t start = l->mark + from, keep = start + LINE_LONGEST;
  for (;;) {
    size_t stop = find_end(l, keep);
    bool whole = stop < l->end && (l->window[stop] == '\n' || stop + 1 < l->end || l->ended);
    if (whole || l->ended) {
      fill_line(l, start, stop, out);
      out->too_long = true;
      out->text.length = LINE_LONGEST;
      return STATUS_OK;
    }
    l->before += stop - keep; /* a lone CR at the end is looked at again */
    memmove(l->window + keep, l->window + stop, l->end - stop);
    l->end -= stop - keep;
    status s = refill(l, p);
    if (s) return s;
    start = l->mark + from, keep = start + LINE_LONGEST;
  }
}

status lines_at(lines *l, size_t from, lines_line *out, problem *p) {
  for (;;) {
    size_t start = l->mark + from, stop = find_end(l, start);
    bool whole = stop < l->end && (l->window[stop] == '\n' || stop + 1 < l->end);
    if (whole || l->ended) {
      fill_line(l, start, stop, out);
      return STATUS_OK;
    }
    if (stop - start > LINE_LONGEST) return skip_long(l, from, out, p);
    status s = refill(l, p);
    if (s) return s;
  }
}

slice lines_held(const lines *l) {
  return (slice){l->window ? l->window + l->mark : "", l->end - l->mark};
}

void lines_advance(lines *l, size_t next) { l->mark += next; }
uint64_t lines_done(const lines *l) { return l->before + l->mark; }
