-- embed: puts Lua texts into a C file, so that the worker needs no file.
--
--   lua5.4 core/script/embed.lua OUT.c FOLDER FILE …
--
-- The result defines `sdk_source` of script/sdk.h, in which FOLDER/api/step.lua is
-- "api.step" and FOLDER/api/init.lua "api". Same files in any order,
-- same bytes out. Each text is compiled once here, so that a syntax error
-- stops the build and not a school.

local function fail(message)
  io.stderr:write("embed: ", message, "\n")
  os.exit(1)
end

local function read(path)
  local file = io.open(path, "rb") or fail("cannot read " .. path)
  local text = file:read("a")
  file:close()
  return text
end

local out, folder = arg[1], arg[2]
if not folder then fail("usage: embed.lua OUT.c FOLDER FILE …") end
local texts, names = {}, {}
for i = 3, #arg do
  local path = arg[i]
  if path:sub(1, #folder + 1) ~= folder .. "/" then fail("not in " .. folder .. ": " .. path) end
  local name = path:sub(#folder + 2):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
  if texts[name] then fail("two files are called " .. name) end
  texts[name] = read(path)
  names[#names + 1] = name
  local ok, message = load(texts[name], "@" .. path, "t", {})
  if not ok then fail(message) end
end
table.sort(names)

local lines = {
  "/* Made by core/script/embed.lua; do not edit. */",
  '#include "script/sdk.h"', "", "#include <string.h>", "",
}
local function add(...) lines[#lines + 1] = table.concat { ... } end

for i, name in ipairs(names) do
  add("static const unsigned char text_", i, "[] = {")
  local text = texts[name] .. "\0" -- no array is empty
  for at = 1, #text, 24 do
    local row = { text:byte(at, at + 23) }
    add("  ", table.concat(row, ","), ",")
  end
  add("};")
end
add("static const struct { const char *name; const unsigned char *text; size_t length; } texts[] = {")
for i, name in ipairs(names) do
  add('  {"', name, '", text_', i, ", sizeof text_", i, " - 1},")
end
add("  {0, 0, 0},")
add("};")
add("")
add("const char *sdk_source(const char *name, size_t *length) {")
add("  for (size_t i = 0; texts[i].name; i++) {")
add("    if (strcmp(texts[i].name, name) != 0) continue;")
add("    *length = texts[i].length;")
add("    return (const char *)texts[i].text;")
add("  }")
add("  return NULL;")
add("}")

local file = io.open(out, "wb") or fail("cannot write " .. out)
file:write(table.concat(lines, "\n"), "\n")
file:close()
