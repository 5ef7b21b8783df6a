/* jail_probe: goes to jail and then does one thing that the worker may or may not
 * do. `jail_probe NAME` ends with 0 when it could, with 1 when it was told no,
 * and by a signal when the jail ended it; without a name it lists the names. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "worker/jail.h"

enum { USAGE = 2, NO_JAIL = 3, PAGE = 4096 };

static const jail_limits limits = {64 << 20, 300};
static void *page; /* had before the jail */

static bool could(long result) { return result >= 0; }
static bool get(size_t bytes) {
  volatile char *memory = malloc(bytes);
  if (memory) memory[0] = 1;
  return memory != NULL;
}
static bool map(int protection, int flags, int fd) {
  return mmap(NULL, PAGE, protection, flags, fd, 0) != MAP_FAILED;
}

/* Allowed: what a Lua state needs. */
static bool end(void) { return true; }
static bool write_channel(void) { return write(JAIL_CHANNEL, "x", 1) == 1; }
static bool get_memory(void) { return get(32 << 20); }
static bool make_read_only(void) { return could(mprotect(page, PAGE, PROT_READ)); }
static bool read_clock(void) { return could(syscall(SYS_clock_gettime, 0, &(struct timespec){0})); }

/* Refused, without an end. */
static bool get_too_much_memory(void) { return get((size_t)1 << 30); }

/* The end. */
static bool open_file(void) { return could(open("/etc/passwd", O_RDONLY)); }
static bool stat_file(void) { return could(stat("/", &(struct stat){0})); }
static bool write_output(void) { return write(STDOUT_FILENO, "x", 1) == 1; }
static bool read_input(void) { return could(read(STDIN_FILENO, &(char){0}, 1)); }
static bool duplicate_channel(void) { return could(dup(JAIL_CHANNEL)); }
static bool make_socket(void) { return could(socket(AF_INET, SOCK_STREAM, 0)); }
static bool send_to_channel(void) { return could(send(JAIL_CHANNEL, "x", 1, 0)); }
static bool fork_process(void) { return could(fork()); }
static bool run_program(void) { return could(execve("/bin/true", (char *[]){NULL}, NULL)); }
static bool kill_another(void) { return could(kill(1, 0)); }
static bool ask_own_id(void) { return could(syscall(SYS_getpid)); }
static bool map_executable(void) {
  return map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}
static bool make_executable(void) { return could(mprotect(page, PAGE, PROT_READ | PROT_EXEC)); }
static bool map_a_file(void) { return map(PROT_READ, MAP_SHARED, JAIL_CHANNEL); }
static bool use_io_uring(void) { return could(syscall(SYS_io_uring_setup, 1, NULL)); }
static bool use_bpf(void) { return could(syscall(SYS_bpf, 0, NULL, 0)); }
static bool trace(void) { return could(syscall(SYS_ptrace, 0, 0, NULL, NULL)); }
static bool leave_the_filter(void) { return could(syscall(SYS_seccomp, 0, 0, NULL)); }
static bool make_memory_file(void) { return could(syscall(SYS_memfd_create, "x", 0)); }
static bool raise_limits(void) {
  return could(syscall(SYS_prlimit64, 0, 0, &(long[2]){-1, -1}, NULL));
}
static bool unshare_more(void) { return could(syscall(SYS_unshare, 0)); }
static bool read_another(void) {
  return could(syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0));
}
static bool handle_faults(void) { return could(syscall(SYS_userfaultfd, 0)); }
static bool sleep_long(void) {
  return could(syscall(SYS_nanosleep, &(struct timespec){0, 1}, NULL));
}
static bool catch_signals(void) { return could(syscall(SYS_rt_sigaction, SIGXCPU, NULL, NULL, 8)); }
static bool stop_the_timer(void) {
  return could(syscall(SYS_timer_settime, 0, 0, &(struct itimerspec){0}, NULL));
}
static bool start_thread(void) { return could(syscall(SYS_clone, 0, NULL, NULL, NULL, 0)); }
static bool read_keys(void) { return could(syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }
static bool call_as_x32(void) { return could(syscall(0x40000000 | SYS_read)); }
static bool use_the_processor(void) {
  for (volatile unsigned n = 0; n < UINT_MAX; n++) continue;
  return true;
}

static const struct {
  const char *name;
  bool (*act)(void);
} probes[] = {
    {"end", end},
    {"write-channel", write_channel},
    {"get-memory", get_memory},
    {"make-read-only", make_read_only},
    {"read-clock", read_clock},
    {"get-too-much-memory", get_too_much_memory},
    {"open-file", open_file},
    {"stat-file", stat_file},
    {"write-output", write_output},
    {"read-input", read_input},
    {"duplicate-channel", duplicate_channel},
    {"make-socket", make_socket},
    {"send-to-channel", send_to_channel},
    {"fork-process", fork_process},
    {"run-program", run_program},
    {"kill-another", kill_another},
    {"ask-own-id", ask_own_id},
    {"map-executable", map_executable},
    {"make-executable", make_executable},
    {"map-a-file", map_a_file},
    {"use-io-uring", use_io_uring},
    {"use-bpf", use_bpf},
    {"trace", trace},
    {"leave-the-filter", leave_the_filter},
    {"make-memory-file", make_memory_file},
    {"raise-limits", raise_limits},
    {"unshare-more", unshare_more},
    {"read-another", read_another},
    {"handle-faults", handle_faults},
    {"sleep-long", sleep_long},
    {"catch-signals", catch_signals},
    {"stop-the-timer", stop_the_timer},
    {"start-thread", start_thread},
    {"read-keys", read_keys},
#ifdef __x86_64__
    {"call-as-x32", call_as_x32},
#endif
    {"use-the-processor", use_the_processor},
};

static int probe(bool (*act)(void)) {
  static jail_report report;
  int pair[2];
  free(malloc(PAGE)); /* the heap is there before the jail, as in the worker */
  page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || dup2(pair[1], STDIN_FILENO) < 0 ||
      dup2(pair[0], JAIL_CHANNEL) < 0 || !jail_apply(&limits, &report))
    return NO_JAIL;
  return act() ? 0 : 1;
}

int main(int count, char **arguments) {
  for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
    if (count < 2)
      (void)puts(probes[i].name);
    else if (strcmp(arguments[1], probes[i].name) == 0)
      _exit(probe(probes[i].act));
  }
  return count < 2 ? 0 : USAGE;
}
