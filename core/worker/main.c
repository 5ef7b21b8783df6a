/* main: a worker process. `waymark-worker MEMORY_BYTES CPU_MILLISECONDS`, with
 * the channel as file 3 and, if the host wants it, a page of shared memory as
 * file 4. It goes to jail before it reads a byte, says READY, does one job and
 * ends. `waymark-worker page FOLDER PROGRAM …` becomes another program instead, in
 * a jail of its own. People never start it by hand. */
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "script/value.h"
#include "worker/fence.h"
#include "worker/frame.h"
#include "worker/jail.h"
#include "worker/job.h"
#include "worker/page_jail.h"

enum { EXIT_USAGE = 2, EXIT_JAIL = 3 };

#ifdef WAYMARK_SANITIZED
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "detect_leaks=0:symbolize=0:handle_segv=0:allocator_may_return_null=1:exitcode=99";
}
#endif

/* A tick each hundredth of a second of processor time, begun before the jail,
 * which then allows no more than coming back from it. */
static void tick(int signal_number, siginfo_t *info, void *context) {
  (void)signal_number, (void)context;
  const job_clock *clock = info->si_value.sival_ptr;
  if (clock->fence) fence_tick(clock->fence);
}

static bool start_clock(job_clock *clock) {
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART};
  action.sa_sigaction = tick;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  event.sigev_value.sival_ptr = clock;
  const struct timespec each = {0, 10 * 1000 * 1000};
  const struct itimerspec always = {each, each};
  timer_t timer;
  return sigaction(SIGALRM, &action, NULL) == 0 &&
         timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == 0 &&
         timer_settime(timer, 0, &always, NULL) == 0;
}

int main(int count, char **arguments) {
  int64_t memory, cpu;
  if (count > 3 && strcmp(arguments[1], "page") == 0)
    return page_jail_run(arguments[2], arguments + 3);
  if (count != 3 || !text_number(slice_of(arguments[1]), INT64_MAX / 8, &memory) ||
      !text_number(slice_of(arguments[2]), 1000 * 1000 * 1000, &cpu) || cpu < 1)
    return EXIT_USAGE;
  jail_limits limits = {(uint64_t)memory, (uint64_t)cpu};
  jail_report report;
  buffer hello = {0}, message = {0};
  void *page = mmap(NULL, WORKER_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, JAIL_PAGE, 0);
  if (page == MAP_FAILED) page = NULL; /* the host gave none, or something else */
  job_clock clock = {NULL};
  bool ticking = start_clock(&clock);
  json_object_seed(0); /* reads the system's randomness, which the jail forbids */
  bool jailed = jail_apply(&limits, &report);
  if (jailed) {
    buffer_printf(&hello, "{\"api\":%d,\"jail\":[", FRAME_VERSION);
    for (size_t i = 0; i < report.count; i++) {
      const jail_part *part = &report.parts[i];
      buffer_printf(&hello,
                    "%s{\"name\":\"%s\",\"done\":%s,\"mandatory\":%s,\"why\":", i ? "," : "",
                    part->name, part->done ? "true" : "false", part->mandatory ? "true" : "false");
      text_add_json(&hello, slice_of(part->why));
      buffer_add_char(&hello, '}');
    }
    buffer_add_text(&hello, "]}");
  } else { /* the last part is the one that could not be done */
    const jail_part *part = &report.parts[report.count - 1];
    buffer_printf(&message, "plugins cannot be run safely on this machine: %s: %s", part->name,
                  part->why);
    buffer_add_text(&hello, "{\"verdict\":\"refused\",\"message\":");
    text_add_json(&hello, buffer_slice(&message));
    buffer_add_char(&hello, '}');
  }
  slice payload = buffer_slice(&hello);
  if (hello.failed || frame_write(JAIL_CHANNEL, NULL, jailed ? FRAME_READY : FRAME_REFUSED, 0,
                                  payload, NULL) != STATUS_OK)
    _exit(EXIT_JAIL);
  buffer_free(&hello);
  buffer_free(&message);
  if (jailed) {
    job_setting setting = {JAIL_CHANNEL, page, (uint64_t)memory, ticking ? &clock : NULL};
    job_run(&setting);
  }
  _exit(0);
}
