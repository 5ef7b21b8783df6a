/* fuzz_template: any text as the template of a letter, see template.lua. */
#include "through_lua.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return read_input("tests/fuzz/template.lua", data, size);
}
