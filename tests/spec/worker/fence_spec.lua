-- The fence around one Lua state, when memory ends: tests/support/fence_probe.c runs a
-- plugin under one limit after the other, and watches that Lua is never asked anything
-- from within the allocator. In newer Lua the stack has no addresses there, and an honest
-- recursion would be a crash.

local folder = require "tests.support.folder"

local build = os.getenv "WAYMARK_BUILD" or "build"
local sanitized = (os.getenv "PRELOAD" or "") ~= ""
local plain = "env -u LD_PRELOAD " -- a sanitized probe brings its own
local watched = { "lua_newstate", "lua_getstack", "lua_getinfo", "lua_sethook", "lua_gettop", "lua_settop",
  "lua_pushvalue" }
local objects = { "base/date", "base/mem", "base/status", "base/text", "script/order", "worker/fence",
  "worker/fence_lib" }

local top
setup(function()
  top = folder.new()
  local paths = {}
  for i, name in ipairs(objects) do paths[i] = ("%s/o/%s.o"):format(build, name) end
  local pipe = io.popen "pkg-config --cflags --variable=libdir lua5.4"
  local cflags, libdir = pipe:read("l", "l")
  pipe:close()
  if not libdir then libdir, cflags = cflags, "-I/usr/include/lua5.4" end
  assert(os.execute(("%s gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -O1 %s -Icore %s -Wl,--wrap=%s "
    .. "-o '%s/probe' tests/support/fence_probe.c '%s' %s/liblua5.4.a -lm"):format(plain,
    sanitized and "-g -fsanitize=address,undefined -fno-sanitize-recover=all" or "", cflags,
    table.concat(watched, ",--wrap="), top, table.concat(paths, "' '"), libdir)))
end)
teardown(function() folder.remove(top) end)

-- What becomes of a plugin under the limits from, from + step, … to (KB), each a line.
local function under(source, from, to, step)
  folder.write(top .. "/plugin.lua", source)
  local pipe = assert(io.popen(("%s '%s/probe' '%s/plugin.lua' %d %d %d 2>&1"):format(plain, top, top, from, to, step)))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  assert(pipe:close(), table.concat(lines, "\n"))
  return lines
end

-- Each limit ends with the same words.
local function all_end(source, from, to, step, pattern)
  local lines = under(source, from, to, step)
  assert.are.equal((to - from) // step + 1, #lines)
  for _, line in ipairs(lines) do assert.truthy(line:find(pattern), line) end
end

describe("a plugin that needs more memory than it may have", function()
  it("by recursion is told so, and where", function()
    all_end("local function deep(n)\n  return 1 + deep(n + 1)\nend\nreturn deep(0)", 100, 4000, 100,
      "^%d+ over%-memory needed more than %d MB of memory at plugin.lua:2$")
  end)

  it("by recursion over two functions, and after much else", function()
    all_end("local a, b\nfunction a(n) return 1 + b(n) end\nfunction b(n) return 1 + a(n) end\n"
      .. "local t = {} for i = 1, 1000 do t[i] = {} end\nreturn a(0)", 200, 3000, 200,
      "^%d+ over%-memory .* at plugin.lua:[23]$")
  end)

  it("in a pcall that would catch it, all the same", function()
    all_end("local function deep(n)\n  return 1 + deep(n + 1)\nend\nprint(pcall(deep, 0))\nreturn 1", 100, 2000, 100,
      "^%d+ over%-memory .* at plugin.lua:2$")
  end)

  it("at once, in one function, which is named by where it begins", function()
    all_end("local function twice()\n  local s = 'x'\n  for _ = 1, 40 do s = s .. s end\nend\n\nreturn twice()", 100,
      8000, 790, "^%d+ over%-memory .* at plugin.lua$")
    all_end("return pcall(function()\n  local s = 'x'\n  for _ = 1, 40 do s = s .. s end\nend)", 100, 8000, 790,
      "^%d+ over%-memory .* at plugin.lua:1$")
  end)

  it("by many small things, or by one large one", function()
    all_end("local t = {}\nfor i = 1, 1e8 do\n  t[i] = { i }\nend", 100, 2000, 190,
      "^%d+ over%-memory .* at plugin.lua:[23]$")
    all_end("\nreturn pcall(string.rep, 'x', 1 << 30)", 100, 2000, 190, "^%d+ over%-memory .* at plugin.lua:2$")
  end)

  it("gets no more of it while its variables are closed", function()
    all_end([[
local function deep(n) return 1 + deep(n + 1) end
local kept <close> = setmetatable({}, { __close = function() local t = {} while true do t[#t + 1] = {} end end })
return deep(0)]], 100, 2000, 190, "^%d+ over%-memory .* at plugin.lua:1$")
  end)
end)
