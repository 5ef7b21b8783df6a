-- embed: compiles Lua files into a C file, so that a program needs to read and compile none.
--
--   lua5.4 core/script/embed.lua OUT.c LIST FOLDER FILE … MODULE …
--
-- The result defines LIST, of script/chunk.h. A file has the name of its path in the folder; a
-- module is of somebody else, wherever `require` finds it. Same files in any order, same bytes out.
-- Lines and names stay in what was compiled, so that messages are those of the text; a syntax error
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

local out, list, folder = arg[1], arg[2], arg[3]
if not folder then fail("usage: embed.lua OUT.c LIST FOLDER FILE … MODULE …") end
local codes, files, names = {}, {}, {}
for i = 4, #arg do
  local name, path = arg[i], package.searchpath(arg[i], package.path)
  if name:find("%.lua$") then
    path = name
    name = path:sub(#folder + 2, -5):gsub("/", ".")
  end
  if not path then fail("there is no module " .. name) end
  if codes[name] then fail("two files are called " .. name) end
  local chunk, message = load(read(path), "=" .. path:gsub("^lua/", ""), "t")
  if not chunk then fail(message) end
  codes[name], files[name] = string.dump(chunk), path
  names[#names + 1] = name
end
table.sort(names)

local escaped = {}
for byte = 0, 255 do
  local plain = byte >= 32 and byte < 127 and not ('"\\?'):find(string.char(byte), 1, true)
  escaped[string.char(byte)] = plain and string.char(byte) or ("\\%03o"):format(byte)
end

local lines = {
  "/* Made by core/script/embed.lua; do not edit. */",
  '#include "script/chunk.h"', "",
  ("const chunk %s[] = {"):format(list),
}
for _, name in ipairs(names) do
  lines[#lines + 1] = ('  {"%s", "%s", %d,'):format(name, files[name], #codes[name])
  for at = 1, #codes[name], 64 do
    lines[#lines + 1] = '   "' .. codes[name]:sub(at, at + 63):gsub(".", escaped) .. '"'
  end
  lines[#lines] = lines[#lines] .. "},"
end
lines[#lines + 1] = "  {0, 0, 0, 0},"
lines[#lines + 1] = "};"

local file = io.open(out, "wb") or fail("cannot write " .. out)
local is_whole = file:write(table.concat(lines, "\n"), "\n")
if not (file:close() and is_whole) then fail("cannot write " .. out) end
