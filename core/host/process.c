/* process: a worker, the channel to it, and what became of it. While it runs `pid` is its
 * own number; once it was reaped it is 0, `over` is true, and `end` stands. */
#include "host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/spawn.h"
#include "worker/page.h"

enum { LAST_WORDS_MS = 1000 };

struct process {
  process_limits limits;
  pid_t pid; /* 0 once reaped */
  int pidfd; /* -1 where the system has none */
  int channel;
  const worker_page *page; /* NULL where it could not be had */
  uint32_t sequence;
  buffer payload;         /* of the last answer, and */
  json_t *ready, *answer; /*   what it says */
  frame_kind asked;       /* what the worker is to answer, and by when */
  frame_patience patience;
  bool busy; /* asked, and not yet answered */
  bool over;
  process_end end;
};

static void say(process_end *end, verdict v, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(process_end *end, verdict v, const char *format, ...) {
  va_list args;
  va_start(args, format);
  end->verdict = v;
  (void)vsnprintf(end->message, sizeof end->message, format, args);
  va_end(args);
}

static void say_long(process_end *end, double seconds) {
  say(end, VERDICT_KILLED, "killed: used more than %g seconds of processor time", seconds);
}

/* No limit of ours ends it so: the system did, whose memory had ended, or somebody. */
static void say_stopped(process_end *end) {
  end->machine = true;
  say(end, VERDICT_KILLED,
      "the worker of the plugin was stopped from outside: is this machine short of memory? Close "
      "other programs, and try again");
}

static void close_file(int *fd) {
  if (*fd >= 0) (void)close(*fd);
  *fd = -1;
}

/* The end -------------------------------------------------------------------- */

/* Kill it, and reap it. `wait`: it is ending by itself, and gets the time to do so, that
 * the reason of its end is its own and not our kill. Say what the host saw, unless `keep`
 * (a verdict is there already). */
static void end_it(process *w, bool wait, bool keep) {
  struct pollfd one = {.fd = w->pidfd, .events = POLLIN};
  struct rusage used = {0};
  process_end *end = &w->end;
  int how = 0;
  pid_t got;
  bool by_itself = wait && w->pidfd >= 0 && poll(&one, 1, LAST_WORDS_MS) > 0;
  if (w->pidfd < 0 || pidfd_send_signal(w->pidfd, SIGKILL, NULL, 0) != 0)
    (void)kill(w->pid, SIGKILL);
  do got = wait4(w->pid, &how, 0, &used);
  while (got < 0 && errno == EINTR);
  end->seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  w->pid = 0;
  w->over = true;
  close_file(&w->pidfd);
  close_file(&w->channel);
  if (w->page) {
    end->record = w->page->record;
    end->step = w->page->step;
    if (!end->peak_bytes) end->peak_bytes = w->page->peak_bytes;
    if (!end->instructions) end->instructions = w->page->instructions;
    (void)munmap((void *)(uintptr_t)w->page, WORKER_PAGE_BYTES);
    w->page = NULL;
  }
  if (keep) return;
  int number = got > 0 && WIFSIGNALED(how) ? WTERMSIG(how) : 0;
  if (!number)
    say(end, VERDICT_KILLED, "ended unexpectedly (exit status %d)",
        got > 0 && WIFEXITED(how) ? WEXITSTATUS(how) : -1);
  else if (number == SIGXCPU)
    say_long(end, w->limits.cpu_seconds);
  else if (number == SIGSYS)
    say(end, VERDICT_KILLED, "killed by signal %d (a forbidden system call)", number);
  else if (number == SIGKILL && by_itself && end->seconds < w->limits.cpu_seconds)
    say_stopped(end);
  else if (number == SIGSEGV || number == SIGBUS)
    say(end, VERDICT_KILLED, "ended unexpectedly by signal %d (a crash inside Lua)", number);
  else
    say(end, VERDICT_KILLED, "ended unexpectedly by signal %d (%s)", number, strsignal(number));
}

void process_refuse(process *w, const char *why) {
  if (w->over) return;
  say(&w->end, VERDICT_KILLED, "killed: a malformed answer (%s)", why);
  end_it(w, false, true);
}

/* Whether the worker has worked for longer than what was asked may take. */
static bool worked_long(const process *w) {
  return frame_time(w->patience.clock) >= w->patience.work;
}

/* The channel failed: because of time, of odd bytes, or because it ended. */
static void end_broken(process *w, status s, const problem *p) {
  if (s == STATUS_BUSY && worked_long(w)) {
    say_long(&w->end, w->limits.request_seconds);
  } else if (s == STATUS_BUSY) {
    w->end.machine = true;
    say(&w->end, VERDICT_KILLED,
        "this machine is too busy: in %g seconds the plugin was not given the %g seconds of a "
        "processor that it may use; try again later",
        w->limits.wall_seconds, w->limits.request_seconds);
  } else if (s == STATUS_CORRUPT || s == STATUS_RANGE || s == STATUS_NO_MEMORY) {
    process_refuse(w, p->sentence);
    return;
  }
  end_it(w, s == STATUS_IO, s == STATUS_BUSY);
}

static uint64_t count_of(const json_t *object, const char *name) {
  json_int_t n = json_integer_value(json_object_get(object, name));
  return n > 0 ? (uint64_t)n : 0;
}

/* Asking --------------------------------------------------------------------- */

/* What answers what, besides REFUSED; READY comes first, and unasked. */
static const frame_kind answers[FRAME_KINDS][2] = {
    [FRAME_READY] = {FRAME_READY},
    [FRAME_LOAD] = {FRAME_DECLARED, FRAME_RESULT},
    [FRAME_BATCH] = {FRAME_SUGGESTED, FRAME_RESULT},
    [FRAME_EVENTS] = {FRAME_EFFECTS},
    [FRAME_CONSULT] = {FRAME_CONSULTED},
    [FRAME_TRY] = {FRAME_RESULT},
    [FRAME_END] = {FRAME_DONE},
};

/* From now on the worker may use so much processor time to answer. */
static void expect(process *w, frame_kind asked) {
  w->asked = asked;
  w->patience.wall = frame_time_in(CLOCK_MONOTONIC, w->limits.wall_seconds);
  w->patience.work = frame_time_in(w->patience.clock, w->limits.request_seconds);
}

bool process_send(process *w, frame_kind kind, slice payload) {
  problem p;
  if (w->over) return false;
  expect(w, kind);
  status s = frame_write(w->channel, &w->patience, kind, ++w->sequence, payload, &p);
  w->busy = s == STATUS_OK;
  if (s != STATUS_OK) end_broken(w, s, &p);
  return !w->over;
}

bool process_receive(process *w, frame_kind *kind) {
  problem p;
  frame_header header;
  if (w->over) return false;
  json_decref(w->answer);
  w->answer = NULL;
  /* A host that comes late begins to wait now. */
  w->patience.wall = frame_time_in(CLOCK_MONOTONIC, w->limits.wall_seconds);
  status s = frame_read(w->channel, &w->patience, &header, &w->payload, &p);
  if (s == STATUS_OK && worked_long(w)) s = STATUS_BUSY; /* however late we look */
  const frame_kind *fit = answers[w->asked];
  bool in_turn = s == STATUS_OK && header.sequence == w->sequence &&
                 (header.kind == FRAME_REFUSED || header.kind == fit[0] || header.kind == fit[1]);
  if (s == STATUS_OK && !in_turn)
    s = problem_set(&p, STATUS_CORRUPT, NULL, "a %s message out of turn",
                    frame_kind_name(header.kind));
  if (s == STATUS_OK && header.kind != FRAME_SUGGESTED)
    s = envelope_open(header.kind, buffer_slice(&w->payload), &w->answer, &p);
  w->busy = false;
  if (s != STATUS_OK) {
    end_broken(w, s, &p);
  } else if (header.kind == FRAME_REFUSED || header.kind == FRAME_DONE) {
    const json_t *message = json_object_get(w->answer, "message"); /* its own verdict and counts */
    buffer shown = {0};
    if (message)
      text_add_escaped(&shown, (slice){json_string_value(message), json_string_length(message)});
    buffer_add_char(&shown, '\0');
    say(&w->end, verdict_of(w->answer), "%s", shown.failed ? "" : shown.bytes);
    w->end.peak_bytes = count_of(w->answer, "peak_bytes");
    w->end.instructions = count_of(w->answer, "instructions");
    buffer_free(&shown);
    end_it(w, true, true);
  } else {
    *kind = header.kind;
  }
  return !w->over;
}

slice process_payload(const process *w) { return buffer_slice(&w->payload); }
const json_t *process_json(const process *w) { return w->answer; }

const process_end *process_finish(process *w) {
  frame_kind kind;
  if (!w->over && (w->busy || !w->ready)) { /* what was asked may never be answered */
    say(&w->end, VERDICT_KILLED, "ended before it had answered");
    end_it(w, false, true);
  }
  if (process_send(w, FRAME_END, (slice){"", 0})) (void)process_receive(w, &kind);
  return &w->end;
}

const process_end *process_over(const process *w) { return w->over ? &w->end : NULL; }

const json_t *process_ready(const process *w) { return w->ready; }

void process_free(process *w) {
  if (!w) return;
  if (w->pid) end_it(w, false, true);
  close_file(&w->channel);
  if (w->page) (void)munmap((void *)(uintptr_t)w->page, WORKER_PAGE_BYTES);
  json_decref(w->ready);
  json_decref(w->answer);
  buffer_free(&w->payload);
  mem_free(w);
}

/* Start ---------------------------------------------------------------------- */

/* The page helps to name a culprit; a process runs without it too. Sealed, so that
 * the worker cannot shrink it under the host's reads. -> its file, or -1 */
static int open_page(const worker_page **page) {
  int fd = memfd_create("waymark-page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -1;
  void *at = MAP_FAILED;
  if (ftruncate(fd, WORKER_PAGE_BYTES) == 0 &&
      fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    at = mmap(NULL, WORKER_PAGE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED)
    close_file(&fd);
  else
    *page = at;
  return fd;
}

process *process_start(const char *worker, const process_limits *limits, process_end *end) {
  char memory[32], cpu[32];
  const char *const words[] = {"waymark-worker", memory, cpu, NULL}, *const environment[] = {NULL};
  int ends[2];
  process *w = mem_new(1, sizeof *w);
  *end = (process_end){0};
  if (!w) {
    say(end, VERDICT_REFUSED, "out of memory");
    return NULL;
  }
  w->limits = *limits;
  w->channel = w->pidfd = -1;
  (void)snprintf(memory, sizeof memory, "%llu", (unsigned long long)limits->memory_bytes);
  (void)snprintf(cpu, sizeof cpu, "%lld", (long long)ceil(limits->cpu_seconds * 1000));
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
    w->channel = ends[0];
    int page = open_page(&w->page);
    const spawn program = {.path = worker,
                           .words = words,
                           .environment = environment,
                           .files = {-1, -1, -1, ends[1], page},
                           .file_count = page < 0 ? 4 : 5};
    int fault = spawn_start(&program, &w->pid);
    close_file(&ends[1]);
    close_file(&page);
    if (fault == 0) {
      w->pidfd = pidfd_open(w->pid, 0);
      if (clock_getcpuclockid(w->pid, &w->patience.clock) != 0) w->patience.clock = CLOCK_MONOTONIC;
      expect(w, FRAME_READY);
      return w;
    }
    say(&w->end, VERDICT_REFUSED, "cannot start %s: %s", worker, strerror(fault));
  } else {
    say(&w->end, VERDICT_REFUSED, "cannot make a channel: %s", strerror(errno));
  }
  *end = w->end;
  process_free(w);
  return NULL;
}

bool process_await(process *w) {
  frame_kind kind;
  if (!w->ready && process_receive(w, &kind)) {
    w->ready = w->answer;
    w->answer = NULL;
  }
  return !w->over;
}
