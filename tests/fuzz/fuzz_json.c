/* fuzz_json: any bytes as a JSON file, see through_source.h. */
#include "through_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return read_source(source_open_json, true, data, size);
}
