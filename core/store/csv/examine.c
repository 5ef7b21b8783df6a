/* examine: see examine.h. */
#include "store/csv/examine.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

struct examination {
  int fd;
  pthread_t thread;
  bool threaded, done;
  atomic_bool stop;
  digest *hash;
  char *bytes; /* [EXAMINE_CHUNK] */
  size_t held; /* bytes of a character cut by the last chunk */
  bool broken;
  examined result;
};

/* UTF-8 ---------------------------------------------------------------------- */

/* Bytes at the start that are ASCII or NUL, in whole words. */
static size_t ascii_prefix(const char *at, size_t length) {
  enum { STEP = 4 * sizeof(uint64_t) };
  size_t done = 0;
  for (; done + STEP <= length; done += STEP) {
    uint64_t w[4];
    memcpy(w, at + done, STEP);
    if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080U) break;
  }
  return done;
}

/* Whether what follows a whole prefix may be a character cut by the chunk. */
static bool may_go_on(slice rest) { return rest.length < 4 && (unsigned char)rest.at[0] >= 0xC2U; }

/* Look at the bytes held; those of a character that was cut move to the front. */
static void check_utf8(examination *e, size_t length) {
  size_t at = 0;
  while (at < length && !e->broken) {
    at += ascii_prefix(e->bytes + at, length - at);
    at += text_utf8_prefix((slice){e->bytes + at, length - at});
    if (at == length) break;
    if (e->bytes[at] == '\0') {
      at++;
    } else if (may_go_on((slice){e->bytes + at, length - at})) {
      break;
    } else {
      e->broken = true;
    }
  }
  e->held = e->broken ? 0 : length - at;
  memmove(e->bytes, e->bytes + at, e->held);
}

/* The file ------------------------------------------------------------------- */

static ssize_t read_chunk(const examination *e) {
  ssize_t n;
  do n = pread(e->fd, e->bytes + e->held, EXAMINE_CHUNK - e->held, (off_t)e->result.bytes);
  while (n < 0 && errno == EINTR);
  return n;
}

static int read_all(examination *e) {
  while (!atomic_load_explicit(&e->stop, memory_order_relaxed)) {
    ssize_t n = read_chunk(e);
    if (n < 0) return errno;
    if (n == 0) break;
    digest_add(e->hash, (slice){e->bytes + e->held, (size_t)n});
    e->result.bytes += (uint64_t)n;
    check_utf8(e, e->held + (size_t)n);
  }
  return 0;
}

static void examine(examination *e) {
  e->result.failed = read_all(e);
  if (!e->result.failed && digest_end(e->hash, e->result.digest, NULL)) e->result.failed = ENOMEM;
  e->result.is_utf8 = !e->broken && e->held == 0;
}

static void *run_thread(void *of) {
  examine(of);
  return NULL;
}

/* Signals are for the program's own thread. */
static bool start_thread(examination *e) {
  sigset_t all, before;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&e->thread, NULL, run_thread, e) == 0;
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

status examine_start(int fd, uint64_t size, examination **out, problem *p) {
  examination *e = mem_new(1, sizeof *e);
  if (!e) return problem_no_memory(p);
  e->fd = fd;
  e->bytes = mem_new(EXAMINE_CHUNK, 1);
  e->hash = digest_new();
  if (!e->bytes || !e->hash) {
    e->done = true;
    examine_free(e);
    return problem_no_memory(p);
  }
  if (size > EXAMINE_ALONE)
    e->threaded = start_thread(e);
  else
    (void)examine_result(e);
  *out = e;
  return STATUS_OK;
}

const examined *examine_result(examination *e) {
  if (e->threaded)
    (void)pthread_join(e->thread, NULL);
  else if (!e->done)
    examine(e);
  e->threaded = false;
  e->done = true;
  return &e->result;
}

void examine_free(examination *e) {
  if (!e) return;
  atomic_store_explicit(&e->stop, true, memory_order_relaxed);
  if (e->threaded) (void)pthread_join(e->thread, NULL);
  digest_free(e->hash);
  mem_free(e->bytes);
  mem_free(e);
}
