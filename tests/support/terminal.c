/* terminal: runs a command at a terminal of so many columns and prints what it shows.
 *
 *   terminal COLUMNS SECONDS PROGRAM ARGUMENT…
 *
 * After SECONDS (0: never) Ctrl-C is typed, once. Exit status: the command's; 128 and its signal.
 */
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **values) {
  if (count < 4) return 2;
  struct winsize size = {.ws_row = 50, .ws_col = (unsigned short)atoi(values[1])};
  double seconds = atof(values[2]);
  int master, status = 0;
  pid_t child = forkpty(&master, NULL, NULL, &size);
  if (child == 0) {
    execv(values[3], values + 3);
    _exit(127);
  }
  struct pollfd in = {.fd = master, .events = POLLIN};
  for (;;) {
    char bytes[4096];
    int ready = poll(&in, 1, seconds > 0 ? (int)(seconds * 1000) : -1);
    if (ready == 0) {
      seconds = 0;
      if (write(master, "\3", 1) != 1) return 2;
      continue;
    }
    ssize_t n = read(master, bytes, sizeof bytes);
    if (n <= 0) break;
    if (write(STDOUT_FILENO, bytes, (size_t)n) != n) return 2;
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
