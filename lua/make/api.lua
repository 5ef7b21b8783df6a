-- make/api: `make api`. Writes what is made from the declaration in lua/sdk/api: the
-- checks, the types for editors, the page lua/manual/api.md. The levels of the API are
-- frozen (tests/fixtures/api-*.txt). From the repository's top, by stock Lua, with
-- LUA_PATH="lua/?.lua;lua/sdk/?.lua;lua/sdk/?/init.lua".

local api = require "api"
local checks = require "make.checks"
local page = require "make.page"
local types = require "make.types"

local function write(path, text)
  local there = io.open(path, "rb")
  local old = there and there:read "a"
  if there then there:close() end
  if old == text then return end
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  print("made " .. path)
end

write("lua/sdk/made/fields.lua", checks.fields_text(api))
write("lua/sdk/made/checks.lua", checks.takes_text(api))
for name, text in pairs(types.files(api)) do write("lua/types/" .. name, text) end
write("lua/manual/api.md", page.text(api))
