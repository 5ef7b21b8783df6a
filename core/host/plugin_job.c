/* plugin_job: see plugin_job.h. The answers' checks are in plugin_answer.c. */
#include "host/plugin_job.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/page.h"

enum { WORKER_CHANNEL = 3, WORKER_PAGE = 4, FIRST_FREE = 10, LAST_WORDS_MS = 1000 };

struct plugin_job {
  plugin_limits limits;
  pid_t pid; /* 0 once reaped */
  int pidfd; /* -1 where the system has none */
  int channel;
  const worker_page *page; /* NULL where it could not be had */
  uint32_t sequence;
  buffer ready, answer;
  frame_kind asked; /* what the worker is to answer, and by when */
  frame_deadline deadline;
  bool busy; /* asked, and not yet answered */
  bool over, timed_out;
  double waited; /* the limit that ran out */
  plugin_outcome outcome;
};

static double seconds_of(const struct timeval *t) {
  return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static void say(plugin_outcome *o, plugin_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(plugin_outcome *o, plugin_verdict verdict, const char *format, ...) {
  va_list args;
  va_start(args, format);
  o->verdict = verdict;
  (void)vsnprintf(o->message, sizeof o->message, format, args);
  va_end(args);
}

/* Start ---------------------------------------------------------------------- */

static void close_file(int *fd) {
  if (*fd >= 0) (void)close(*fd);
  *fd = -1;
}

/* A descriptor above those that the worker is given, so that moving one to its
 * place can never close the other. */
static int out_of_the_way(int fd) {
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE);
  (void)close(fd);
  return moved;
}

static bool open_channel(int *ours, int *theirs) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
  *ours = out_of_the_way(pair[0]);
  *theirs = out_of_the_way(pair[1]);
  return *ours >= 0 && *theirs >= 0;
}

/* The page helps to name a culprit; a job runs without it too. Sealed, so that
 * the worker cannot shrink it under the host's reads. */
static int open_page(const worker_page **page) {
  int fd = memfd_create("waymark-page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0 || (fd = out_of_the_way(fd)) < 0) return -1;
  void *at = MAP_FAILED;
  if (ftruncate(fd, WORKER_PAGE_BYTES) == 0 &&
      fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    at = mmap(NULL, WORKER_PAGE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
  if (at != MAP_FAILED) {
    *page = at;
    return fd;
  }
  (void)close(fd);
  return -1;
}

static int add_files(posix_spawn_file_actions_t *files, int channel, int page) {
  int no = 0;
  for (int fd = 0; no == 0 && fd < 3; fd++)
    no = posix_spawn_file_actions_addopen(files, fd, "/dev/null", O_RDWR, 0);
  if (no == 0) no = posix_spawn_file_actions_adddup2(files, channel, WORKER_CHANNEL);
  if (no == 0 && page >= 0) no = posix_spawn_file_actions_adddup2(files, page, WORKER_PAGE);
  if (no == 0)
    no = posix_spawn_file_actions_addclosefrom_np(files, page >= 0 ? WORKER_PAGE + 1 : WORKER_PAGE);
  return no;
}

/* The host's ignored and blocked signals are not handed on: the worker must be
 * ended by them. */
static int add_signals(posix_spawnattr_t *attributes) {
  sigset_t all, none;
  (void)sigfillset(&all);
  (void)sigemptyset(&none);
  int no = posix_spawnattr_setsigdefault(attributes, &all);
  if (no == 0) no = posix_spawnattr_setsigmask(attributes, &none);
  if (no == 0)
    no = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  return no;
}

static int spawn(const char *worker, const plugin_limits *limits, int channel, int page,
                 pid_t *pid) {
  char memory[32], cpu[32], name[] = "waymark-worker";
  char *arguments[] = {name, memory, cpu, NULL}, *environment[] = {NULL};
  (void)snprintf(memory, sizeof memory, "%llu", (unsigned long long)limits->memory_bytes);
  (void)snprintf(cpu, sizeof cpu, "%lld", (long long)ceil(limits->cpu_seconds * 1000));
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int no = posix_spawn_file_actions_init(&files);
  if (no != 0) return no;
  no = posix_spawnattr_init(&attributes);
  if (no == 0) {
    no = add_files(&files, channel, page);
    if (no == 0) no = add_signals(&attributes);
    if (no == 0) no = posix_spawn(pid, worker, &files, &attributes, arguments, environment);
    (void)posix_spawnattr_destroy(&attributes);
  }
  (void)posix_spawn_file_actions_destroy(&files);
  return no;
}

/* The end -------------------------------------------------------------------- */

static void kill_worker(plugin_job *job) {
  if (job->pidfd < 0 || pidfd_send_signal(job->pidfd, SIGKILL, NULL, 0) != 0)
    (void)kill(job->pid, SIGKILL);
}

/* A worker that closed its channel is ending; give it the time to do so, that
 * the reason of its end is its own and not our kill. */
static void let_it_end(plugin_job *job) {
  struct pollfd one = {.fd = job->pidfd, .events = POLLIN};
  if (job->pidfd >= 0) (void)poll(&one, 1, LAST_WORDS_MS);
}

static void say_signal(plugin_job *job, int signal_number) {
  plugin_outcome *o = &job->outcome;
  if (job->timed_out)
    say(o, PLUGIN_KILLED, "killed by the time limit after %g seconds", job->waited);
  else if (signal_number == SIGXCPU)
    say(o, PLUGIN_KILLED, "killed: used more than %g seconds of processor time",
        job->limits.cpu_seconds);
  else if (signal_number == SIGSYS)
    say(o, PLUGIN_KILLED, "killed by signal %d (a forbidden system call)", signal_number);
  else if (signal_number == SIGSEGV || signal_number == SIGBUS)
    say(o, PLUGIN_KILLED, "ended unexpectedly by signal %d (a crash inside Lua)", signal_number);
  else
    say(o, PLUGIN_KILLED, "ended unexpectedly by signal %d (%s)", signal_number,
        strsignal(signal_number));
}

/* Reap, and say what the host saw, unless `keep` (a verdict is there already). */
static void reap(plugin_job *job, bool keep) {
  int how = 0;
  struct rusage used = {0};
  pid_t got;
  do got = wait4(job->pid, &how, 0, &used);
  while (got < 0 && errno == EINTR);
  plugin_outcome *o = &job->outcome;
  o->seconds = seconds_of(&used.ru_utime) + seconds_of(&used.ru_stime);
  job->pid = 0;
  close_file(&job->pidfd);
  close_file(&job->channel);
  job->over = true;
  if (job->page) {
    o->record = job->page->record;
    o->step = job->page->step;
    if (!o->peak_bytes) o->peak_bytes = job->page->peak_bytes;
    if (!o->instructions) o->instructions = job->page->instructions;
    (void)munmap((void *)(uintptr_t)job->page, WORKER_PAGE_BYTES);
    job->page = NULL;
  }
  if (keep) return;
  if (got > 0 && WIFSIGNALED(how))
    say_signal(job, WTERMSIG(how));
  else
    say(o, PLUGIN_KILLED, "ended unexpectedly (exit status %d)",
        got > 0 && WIFEXITED(how) ? WEXITSTATUS(how) : -1);
}

/* The channel failed: because of time, of odd bytes, or because it ended. */
static void end_broken(plugin_job *job, status s, const problem *p) {
  bool odd = s == STATUS_CORRUPT || s == STATUS_RANGE || s == STATUS_NO_MEMORY;
  if (odd) say(&job->outcome, PLUGIN_KILLED, "killed: a malformed answer (%s)", p->sentence);
  job->timed_out = s == STATUS_BUSY;
  if (s == STATUS_IO) let_it_end(job);
  kill_worker(job);
  reap(job, odd);
}

static uint64_t count_of(const json_t *object, const char *name) {
  json_int_t n = json_integer_value(json_object_get(object, name));
  return n > 0 ? (uint64_t)n : 0;
}

/* REFUSED and DONE, checked before: take the worker's verdict and counts. */
static void end_told(plugin_job *job) {
  plugin_outcome *o = &job->outcome;
  json_t *told = json_loadb(job->answer.bytes, job->answer.length, 0, NULL);
  const char *verdict = json_string_value(json_object_get(told, "verdict"));
  const json_t *message = json_object_get(told, "message");
  buffer shown = {0};
  if (!verdict || !plugin_verdict_of(slice_of(verdict), &o->verdict)) o->verdict = PLUGIN_FAILED;
  if (message)
    text_add_escaped(&shown, (slice){json_string_value(message), json_string_length(message)});
  buffer_add_char(&shown, '\0');
  if (!shown.failed) say(o, o->verdict, "%s", shown.bytes);
  o->peak_bytes = count_of(told, "peak_bytes");
  o->instructions = count_of(told, "instructions");
  buffer_free(&shown);
  json_decref(told);
  let_it_end(job);
  kill_worker(job);
  reap(job, true);
}

/* Asking ------------------------------------------------------------------------ */

static bool may_answer(frame_kind asked, frame_kind answer) {
  if (answer == FRAME_REFUSED) return true;
  switch (asked) {
    case FRAME_READY: return answer == FRAME_READY; /* not asked: the first message */
    case FRAME_LOAD: return answer == FRAME_DECLARED || answer == FRAME_RESULT;
    case FRAME_BATCH: return answer == FRAME_SUGGESTED || answer == FRAME_RESULT;
    case FRAME_EVENTS: return answer == FRAME_EFFECTS;
    case FRAME_CONSULT: return answer == FRAME_CONSULTED;
    case FRAME_TRY: return answer == FRAME_RESULT;
    case FRAME_END: return answer == FRAME_DONE;
    default: return false;
  }
}

static status read_answer(plugin_job *job, frame_kind asked, frame_deadline deadline,
                          frame_kind *kind, problem *p) {
  frame_header header;
  status s = frame_read(job->channel, deadline, &header, &job->answer, p);
  if (s != STATUS_OK) return s;
  if (header.sequence != job->sequence || !may_answer(asked, header.kind))
    return problem_set(p, STATUS_CORRUPT, NULL, "a %s message out of turn",
                       frame_kind_name(header.kind));
  *kind = header.kind;
  return plugin_answer_check(header.kind, (slice){job->answer.bytes, job->answer.length}, p);
}

/* Whether the job goes on, after a message that came (or not). */
static bool settle(plugin_job *job, status s, frame_kind kind, const problem *p) {
  if (s != STATUS_OK)
    end_broken(job, s, p);
  else if (kind == FRAME_REFUSED || kind == FRAME_DONE)
    end_told(job);
  return !job->over;
}

bool plugin_job_send(plugin_job *job, frame_kind kind, slice payload, double seconds) {
  problem p;
  if (job->over) return false;
  job->asked = kind;
  job->waited = seconds > 0 ? seconds : job->limits.wall_seconds;
  job->deadline = frame_deadline_in(job->waited);
  if (kind == FRAME_READY) return true; /* comes by itself */
  status s = frame_write(job->channel, job->deadline, kind, ++job->sequence, payload, &p);
  job->busy = s == STATUS_OK;
  return settle(job, s, kind, &p);
}

/* The answer in job->answer. False: the job is over. */
static bool receive(plugin_job *job, frame_kind *kind) {
  problem p;
  *kind = FRAME_REFUSED;
  if (job->over) return false;
  /* A host that comes late gives an answer that is there the time to be read. */
  frame_deadline least = frame_deadline_in(0.5);
  if (job->deadline < least) job->deadline = least;
  status s = read_answer(job, job->asked, job->deadline, kind, &p);
  job->busy = false;
  return settle(job, s, *kind, &p);
}

/* One request and its answer in job->answer. False: the job is over. */
static bool ask(plugin_job *job, frame_kind asked, slice payload, double seconds,
                frame_kind *kind) {
  return plugin_job_send(job, asked, payload, seconds) && receive(job, kind);
}

bool plugin_job_receive(plugin_job *job, frame_kind *answer_kind, slice *answer) {
  if (!receive(job, answer_kind)) return false;
  *answer = (slice){job->answer.bytes, job->answer.length};
  return true;
}

bool plugin_job_request(plugin_job *job, frame_kind kind, slice payload, double seconds,
                        frame_kind *answer_kind, slice *answer) {
  return plugin_job_send(job, kind, payload, seconds) &&
         plugin_job_receive(job, answer_kind, answer);
}

/* Whoever gives up does not wait for what was asked: it may never come. */
static void end_busy(plugin_job *job) {
  say(&job->outcome, PLUGIN_KILLED, "ended before it had answered");
  kill_worker(job);
  reap(job, true);
}

const plugin_outcome *plugin_job_finish(plugin_job *job) {
  frame_kind kind = FRAME_REFUSED;
  if (!job->over && job->busy) end_busy(job);
  if (!job->over) (void)ask(job, FRAME_END, (slice){"", 0}, 0, &kind);
  return &job->outcome;
}

const plugin_outcome *plugin_job_outcome(const plugin_job *job) {
  return job->over ? &job->outcome : NULL;
}

slice plugin_job_ready(const plugin_job *job) {
  return (slice){job->ready.bytes, job->ready.length};
}

void plugin_job_free(plugin_job *job) {
  if (!job) return;
  if (job->pid) {
    kill_worker(job);
    reap(job, true);
  }
  close_file(&job->channel);
  if (job->page) (void)munmap((void *)(uintptr_t)job->page, WORKER_PAGE_BYTES);
  buffer_free(&job->ready);
  buffer_free(&job->answer);
  mem_free(job);
}

/* True when there is a process to talk to. */
static bool launch(plugin_job *job, const char *worker) {
  int theirs = -1, page = -1;
  bool started = false;
  if (!open_channel(&job->channel, &theirs)) {
    say(&job->outcome, PLUGIN_REFUSED, "cannot make a channel: %s", strerror(errno));
  } else {
    page = open_page(&job->page);
    int no = spawn(worker, &job->limits, theirs, page, &job->pid);
    started = no == 0;
    if (!started) say(&job->outcome, PLUGIN_REFUSED, "cannot start %s: %s", worker, strerror(no));
  }
  if (started) job->pidfd = pidfd_open(job->pid, 0);
  close_file(&theirs);
  close_file(&page);
  return started;
}

bool plugin_job_start(const char *worker, const plugin_limits *limits, plugin_job **out,
                      plugin_outcome *outcome) {
  frame_kind kind = FRAME_REFUSED;
  plugin_job *job = mem_new(1, sizeof *job);
  *outcome = (plugin_outcome){0};
  if (!job) {
    say(outcome, PLUGIN_REFUSED, "out of memory");
    return false;
  }
  job->limits = *limits;
  job->channel = job->pidfd = -1;
  if (launch(job, worker) && ask(job, FRAME_READY, (slice){0}, 0, &kind)) {
    job->ready = job->answer;
    job->answer = (buffer){0};
    *out = job;
    return true;
  }
  *outcome = job->outcome;
  plugin_job_free(job);
  return false;
}
