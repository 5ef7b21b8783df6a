/* fuzz_ical: any bytes as a calendar, see through_source.h. */
#include "through_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return read_source(source_open_ical, true, data, size);
}
