/* lines: a window over the file, and beside it a thread that reads the same file whole.
 *
 * 1. The thread touches nothing but its `examination`, moves no place for reading, takes
 *    no signals and allocates nothing of ours. It is joined by the first question about
 *    what it found, or by lines_close.
 * 2. A file of at most EXAMINE_ALONE bytes is examined when it is opened, without a
 *    thread; so is a larger one, when it is asked about, where no thread can be had. */
#include "store/csv/lines.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/thread.h"
#include "store/db/file.h"

#ifdef FUZZING /* so that short inputs reach every edge */
enum { EXAMINE_CHUNK = 7, EXAMINE_ALONE = 4096 };
#else
enum { EXAMINE_CHUNK = 256 * 1024, EXAMINE_ALONE = 1 << 20 };
#endif

enum { UNITS_HELD = 4 };

typedef struct examination {
  int fd;
  pthread_t thread;
  bool threaded, done;
  atomic_bool stop;
  digest hash;
  char *bytes; /* [EXAMINE_CHUNK] */
  size_t held; /* bytes of a character cut by the last chunk */
  bool broken; /* not UTF-8 */
  uint64_t read;
  int failed; /* 0, or the system's reason */
  char digest[DIGEST_HEX];
} examination;

typedef struct byte_place {
  size_t from, at; /* the first such byte in [from, end) is at `at`, or `end` */
  bool known;
} byte_place;

struct lines {
  int fd;
  char *name;
  enum encoding encoding;
  lines_facts facts;
  struct stat seen; /* as it was when it was opened */
  examination examination;
  uint64_t taken;    /* bytes read, a byte-order mark included */
  char *units;       /* [LINES_CHUNK + UNITS_HELD], of UTF-16 only: as they were read */
  size_t unit_bytes; /* held of them: half a unit, half a pair */
  char *window;      /* [room + LINES_PAD]; bytes [mark, end) are held */
  size_t room, mark, end;
  uint64_t before; /* bytes that left the window, of what came into it */
  bool ended;
  bool any_cut; /* a line was too long to hold, and begins at: */
  uint64_t cut;
  byte_place newline, carriage;
};

/* Examining -------------------------------------------------------------------- */

/* Look at the bytes held; those of a character that was cut move to the front. */
static void check_utf8(examination *e, size_t length) {
  size_t at = 0;
  while (at < length && !e->broken) {
    enum { STEP = 4 * sizeof(uint64_t) };
    for (; at + STEP <= length; at += STEP) { /* ASCII or NUL, in whole words */
      uint64_t w[4];
      memcpy(w, e->bytes + at, STEP);
      if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080U) break;
    }
    at += text_utf8_prefix((slice){e->bytes + at, length - at});
    if (at == length) break;
    if (e->bytes[at] == '\0') {
      at++;
    } else if (length - at < 4 && (unsigned char)e->bytes[at] >= 0xC2U) {
      break; /* it may be a character cut by the chunk */
    } else {
      e->broken = true;
    }
  }
  e->held = e->broken ? 0 : length - at;
  memmove(e->bytes, e->bytes + at, e->held);
}

static void *examine(void *examined) {
  examination *e = examined;
  ssize_t n = 1;
  while (n > 0 && !atomic_load_explicit(&e->stop, memory_order_relaxed)) {
    do n = pread(e->fd, e->bytes + e->held, EXAMINE_CHUNK - e->held, (off_t)e->read);
    while (n < 0 && errno == EINTR);
    if (n < 0) e->failed = errno;
    if (n <= 0) break;
    digest_add(&e->hash, (slice){e->bytes + e->held, (size_t)n});
    e->read += (uint64_t)n;
    check_utf8(e, e->held + (size_t)n);
  }
  if (!e->failed) digest_end(&e->hash, e->digest);
  return NULL;
}

/* The examination, done; waits for it. */
static const examination *examined(lines *l) {
  examination *e = &l->examination;
  if (e->threaded)
    (void)pthread_join(e->thread, NULL);
  else if (!e->done)
    (void)examine(e);
  e->threaded = false;
  e->done = true;
  return e;
}

const lines_facts *lines_facts_of(lines *l) {
  const examination *e = examined(l);
  memcpy(l->facts.digest, e->digest, sizeof l->facts.digest);
  l->facts.bytes = e->read;
  l->facts.is_utf8 = !e->broken && e->held == 0;
  return &l->facts;
}

/* Opening -------------------------------------------------------------------- */

static status io_failed(const lines *l, int reason, problem *p) {
  return problem_set(p, STATUS_IO, "check the file and its permissions", "cannot read %s: %s",
                     l->name, strerror(reason));
}

static bool is_utf16(enum encoding e) { return e == ENCODING_UTF16_LE || e == ENCODING_UTF16_BE; }

/* Whether all of some units of UTF-16 are ASCII: NUL bytes stand at every other place. */
static bool has_nul_between(const unsigned char *bytes, size_t length, bool little) {
  for (size_t i = 0; i + 1 < length; i += 2) {
    unsigned char letter = bytes[i + !little], other = bytes[i + little];
    if (other || !letter || letter >= 0x80) return false;
  }
  return length >= 4;
}

/* What its first bytes say; reading begins after a byte-order mark. */
static status check_beginning(lines *l, enum encoding said, problem *p) {
  unsigned char bytes[8] = {0};
  if (fstat(l->fd, &l->seen) != 0) return io_failed(l, errno, p);
  ssize_t n = pread(l->fd, bytes, sizeof bytes, 0);
  if (n < 0) return io_failed(l, errno, p);
  size_t length = (size_t)n, mark = 0;
  if (length >= 4 && (memcmp(bytes, "\xFF\xFE\0", 4) == 0 || memcmp(bytes, "\0\0\xFE\xFF", 4) == 0))
    return problem_set(p, STATUS_SYNTAX, "save it again as \"CSV UTF-8\" and import that file",
                       "%s is written in UTF-32, which Waymark does not read", l->name);
  l->encoding = said;
  if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
    l->encoding = ENCODING_UTF8, mark = 3;
  else if (length >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
    l->encoding = ENCODING_UTF16_LE, mark = 2;
  else if (length >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
    l->encoding = ENCODING_UTF16_BE, mark = 2;
  else if (said == ENCODING_FOUND && has_nul_between(bytes, length, true))
    l->encoding = ENCODING_UTF16_LE;
  else if (said == ENCODING_FOUND && has_nul_between(bytes, length, false))
    l->encoding = ENCODING_UTF16_BE;
  if (lseek(l->fd, (off_t)mark, SEEK_SET) != (off_t)mark) return io_failed(l, errno, p);
  l->before = l->taken = mark;
  if (!is_utf16(l->encoding)) return STATUS_OK;
  l->units = mem_new(LINES_CHUNK + UNITS_HELD, 1);
  return l->units ? STATUS_OK : problem_no_memory(p);
}

status lines_open(const char *path, enum encoding said, lines **out, problem *p) {
  const char *slash = strrchr(path, '/');
  const char *base = slash && slash[1] ? slash + 1 : path;
  int fd = -1;
  struct stat about;
  status s = file_open(path, &fd, &about, p);
  if (s) return s;
  lines *l = mem_new(1, sizeof *l);
  if (l) l->name = mem_copy_text(base, strlen(base));
  if (!l || !l->name) {
    mem_free(l);
    (void)close(fd);
    return problem_no_memory(p);
  }
  examination *e = &l->examination;
  l->fd = e->fd = fd;
  s = check_beginning(l, said, p);
  digest_begin(&e->hash);
  if (!s && !(e->bytes = mem_new(EXAMINE_CHUNK, 1))) s = problem_no_memory(p);
  if (!s && lines_size(l) <= EXAMINE_ALONE)
    (void)examined(l);
  else if (!s)
    e->threaded = thread_start(&e->thread, examine, e);
  if (s) {
    lines_close(l);
    return s;
  }
  *out = l;
  return STATUS_OK;
}

void lines_close(lines *l) {
  if (!l) return;
  atomic_store_explicit(&l->examination.stop, true, memory_order_relaxed);
  if (l->examination.threaded) (void)pthread_join(l->examination.thread, NULL);
  mem_free(l->examination.bytes);
  (void)close(l->fd);
  mem_free(l->name);
  mem_free(l->units);
  mem_free(l->window);
  mem_free(l);
}

enum encoding lines_encoding(const lines *l) { return l->encoding; }
uint64_t lines_size(const lines *l) { return (uint64_t)l->seen.st_size; }
const char *lines_name(const lines *l) { return l->name; }

/* Reading -------------------------------------------------------------------- */

/* The units held, and `more` bytes after them, as UTF-8 at the end of the window. What was cut
 * waits for the next bytes, or, when there are none, is a character that cannot be read. */
static void add_utf16(lines *l, size_t more) {
  enum { UNREADABLE = 0xFFFD };
  const unsigned char *at = (const unsigned char *)l->units;
  const unsigned char *end = at + l->unit_bytes + more;
  size_t big = l->encoding == ENCODING_UTF16_BE;
  while (end - at >= 2) {
    uint32_t c = (uint32_t)at[1 - big] << 8 | at[big], low = 0;
    size_t length = 2;
    if (c >= 0xD800 && c < 0xDC00) {
      if (end - at < 4 && more) break;
      if (end - at >= 4) low = (uint32_t)at[3 - big] << 8 | at[2 + big];
      bool pair = low >= 0xDC00 && low < 0xE000;
      c = pair ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : UNREADABLE;
      length = pair ? 4 : 2;
    } else if (c >= 0xDC00 && c < 0xE000) {
      c = UNREADABLE;
    }
    l->end += text_utf8_put(c, l->window + l->end);
    at += length;
  }
  if (at < end && !more) {
    l->end += text_utf8_put(UNREADABLE, l->window + l->end);
    at = end;
  }
  l->unit_bytes = (size_t)(end - at);
  memmove(l->units, at, l->unit_bytes);
}

static status refill(lines *l, problem *p) {
  enum { MOST = LINES_CHUNK * 2 }; /* that a chunk becomes: two bytes of UTF-16 are at most three */
  if (l->mark) {
    memmove(l->window, l->window + l->mark, l->end - l->mark);
    l->before += l->mark;
    l->end -= l->mark;
    l->mark = 0;
  }
  if (l->room - l->end < (l->units ? MOST : LINES_CHUNK)) {
    size_t room = l->end + MOST;
    char *window = mem_resize(l->window, room + LINES_PAD, 1);
    if (!window) return problem_no_memory(p);
    l->window = window;
    l->room = room;
  }
  ssize_t n;
  do n = read(l->fd, l->units ? l->units + l->unit_bytes : l->window + l->end, LINES_CHUNK);
  while (n < 0 && errno == EINTR);
  if (n < 0) return io_failed(l, errno, p);
  l->taken += (uint64_t)n;
  if (l->units)
    add_utf16(l, (size_t)n);
  else
    l->end += (size_t)n;
  memset(l->window + l->end, 0, LINES_PAD);
  l->ended = n == 0;
  l->newline.known = l->carriage.known = false;
  if (!l->ended) return STATUS_OK;

  /* Both readings are over: they must have been of the same file. */
  const examination *e = examined(l);
  struct stat now;
  if (e->failed == ENOMEM) return problem_no_memory(p);
  if (e->failed) return io_failed(l, e->failed, p);
  if (fstat(l->fd, &now) != 0) return io_failed(l, errno, p);
  if (now.st_size == l->seen.st_size && now.st_mtim.tv_sec == l->seen.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == l->seen.st_mtim.tv_nsec && e->read == l->taken)
    return STATUS_OK;
  return problem_set(p, STATUS_IO, "wait until it is written, then import it again",
                     "%s changed while it was read", l->name);
}

/* The first `byte` at or after `start`, or `end`. Remembered, so that a file
 * with one kind of line end is not searched again and again for the other. */
static size_t find_byte(const lines *l, byte_place *f, int byte, size_t start) {
  if (!f->known || start < f->from || start > f->at) {
    const char *at = memchr(l->window + start, byte, l->end - start);
    *f = (byte_place){start, at ? (size_t)(at - l->window) : l->end, true};
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
  *out = (lines_line){
      .any = after > start,
      .too_long = stop - start > LINE_LONGEST || (l->any_cut && l->before + start == l->cut),
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
      l->any_cut = true;
      l->cut = l->before + start;
      fill_line(l, start, stop, out);
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

uint64_t lines_done(const lines *l) {
  size_t rest = l->end - l->mark;
  if (!l->units) return l->before + l->mark;
  return l->taken > rest ? l->taken - rest : 0;
}
