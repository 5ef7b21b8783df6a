/* fuzz_settings: any text as waymark.lua, see settings.lua. */
#include "through_lua.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return read_input("tests/fuzz/settings.lua", data, size);
}
