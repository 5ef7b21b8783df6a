/* fuzz_frame: what a hostile worker may send, through the host's parsers.
 *
 * The input is a stream of frames. Each header is parsed; a payload that the
 * header allows is checked as an answer of its kind. With clang:
 *
 *   clang -fsanitize=fuzzer,address,undefined -DFUZZING … fuzz_frame.c …
 *
 * Without -DFUZZING it is a program that reads the files named on its command
 * line, for replaying what was found. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/envelope.h"
#include "worker/frame.h"

enum { INPUT_MOST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void open_one(frame_kind kind, slice payload) {
  problem p;
  json_t *json = NULL;
  if (envelope_open(kind, payload, &json, &p) == STATUS_OK) json_decref(json);
}

/* Frames straight from memory. */
static void parse_all(const uint8_t *at, size_t left) {
  frame_header header;
  while (left >= FRAME_HEADER) {
    problem p;
    if (frame_parse_header(at, &header, &p) != STATUS_OK) return;
    at += FRAME_HEADER, left -= FRAME_HEADER;
    size_t length = header.length < left ? header.length : left;
    open_one(header.kind, (slice){(const char *)at, length});
    at += length, left -= length;
  }
}

/* The same frames through a socket, which may break off anywhere. */
static void read_all(const uint8_t *data, size_t size) {
  int pair[2];
  buffer payload = {0};
  frame_header header;
  problem p;
  if (size > INPUT_MOST || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return;
  const frame_patience patience = {frame_time_in(CLOCK_MONOTONIC, 1), CLOCK_MONOTONIC, INT64_MAX};
  if (write(pair[0], data, size) == (ssize_t)size) {
    (void)close(pair[0]);
    while (frame_read(pair[1], &patience, &header, &payload, &p) == STATUS_OK)
      open_one(header.kind, (slice){payload.bytes, payload.length});
  } else {
    (void)close(pair[0]);
  }
  (void)close(pair[1]);
  buffer_free(&payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  parse_all(data, size);
  read_all(data, size);
  return 0;
}

#ifndef FUZZING
int main(int count, char **names) {
  static uint8_t bytes[INPUT_MOST];
  for (int i = 1; i < count; i++) {
    FILE *file = fopen(names[i], "rb");
    if (!file) return 1;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, size);
  }
  return 0;
}
#endif
