/* lines: see lines.h. */
#include "store/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
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
  struct stat seen; /* as it was when it was examined */
  char *window;     /* [room]; bytes [mark, end) are held */
  size_t room, mark, end;
  uint64_t before; /* bytes of the file that left the window */
  bool ended;
  found newline, carriage;
};

/* The first reading ---------------------------------------------------------- */

typedef struct look {
  crypto_hash_sha256_state hash;
  char *bytes; /* [LINES_CHUNK] */
  size_t held; /* bytes of a character cut by the last chunk */
  bool broken;
} look;

static status io_failed(const lines *l, problem *p) {
  return problem_set(p, STATUS_IO, "check the file and its permissions", "cannot read %s: %s",
                     l->name, strerror(errno));
}

static ssize_t read_some(int fd, char *to, size_t most) {
  ssize_t n;
  do n = read(fd, to, most);
  while (n < 0 && errno == EINTR);
  return n;
}

/* Whether what follows a whole prefix may be a character cut by the chunk. */
static bool may_go_on(slice rest) { return rest.length < 4 && (unsigned char)rest.at[0] >= 0xC2U; }

static void check_utf8(look *k, size_t length) {
  size_t at = 0;
  while (at < length && !k->broken) {
    at += text_utf8_prefix((slice){k->bytes + at, length - at});
    if (at == length) break;
    if (k->bytes[at] == '\0') {
      at++;
    } else if (may_go_on((slice){k->bytes + at, length - at})) {
      break;
    } else {
      k->broken = true;
    }
  }
  k->held = k->broken ? 0 : length - at;
  memmove(k->bytes, k->bytes + at, k->held);
}

static status check_beginning(lines *l, const char *bytes, size_t length, problem *p) {
  if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
    return problem_set(p, STATUS_SYNTAX, "save it again as \"CSV UTF-8\" and import that file",
                       "%s is written in UTF-16, which Waymark does not read", l->name);
  l->facts.marked = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
  return STATUS_OK;
}

static status examine_chunks(lines *l, look *k, problem *p) {
  for (;;) {
    ssize_t n = read_some(l->fd, k->bytes + k->held, LINES_CHUNK - k->held);
    if (n < 0) return io_failed(l, p);
    if (n == 0) break;
    size_t got = (size_t)n;
    (void)crypto_hash_sha256_update(&k->hash, (unsigned char *)k->bytes + k->held, got);
    status s = l->facts.bytes ? STATUS_OK : check_beginning(l, k->bytes, got, p);
    if (s) return s;
    l->facts.bytes += got;
    check_utf8(k, k->held + got);
  }
  l->facts.is_utf8 = !k->broken && k->held == 0;
  return STATUS_OK;
}

static status examine(lines *l, problem *p) {
  look k = {.bytes = mem_new(LINES_CHUNK, 1)};
  if (!k.bytes) return problem_no_memory(p);
  (void)crypto_hash_sha256_init(&k.hash);
  status s = examine_chunks(l, &k, p);
  unsigned char hash[crypto_hash_sha256_BYTES];
  (void)crypto_hash_sha256_final(&k.hash, hash);
  (void)sodium_bin2hex(l->facts.digest, sizeof l->facts.digest, hash, sizeof hash);
  mem_free(k.bytes);
  off_t start = l->facts.marked ? 3 : 0;
  if (!s && lseek(l->fd, start, SEEK_SET) != start) s = io_failed(l, p);
  l->before = (uint64_t)start;
  return s;
}

static status check_kind(lines *l, problem *p) {
  if (fstat(l->fd, &l->seen) != 0) return io_failed(l, p);
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
  if (!s) s = examine(l, p);
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
  (void)close(l->fd);
  mem_free(l->name);
  mem_free(l->window);
  mem_free(l);
}

const lines_facts *lines_facts_of(const lines *l) { return &l->facts; }
const char *lines_name(const lines *l) { return l->name; }

/* The second reading --------------------------------------------------------- */

static status check_unchanged(lines *l, problem *p) {
  struct stat now;
  if (fstat(l->fd, &now) != 0) return io_failed(l, p);
  if (now.st_size == l->seen.st_size && now.st_mtim.tv_sec == l->seen.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == l->seen.st_mtim.tv_nsec)
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
    char *window = mem_resize(l->window, l->end + LINES_CHUNK * 2, 1);
    if (!window) return problem_no_memory(p);
    l->window = window;
    l->room = l->end + LINES_CHUNK * 2;
  }
  ssize_t n = read_some(l->fd, l->window + l->end, LINES_CHUNK);
  if (n < 0) return io_failed(l, p);
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

void lines_advance(lines *l, size_t next) { l->mark += next; }
uint64_t lines_done(const lines *l) { return l->before + l->mark; }
