-- The kernels give the answers of the plain loops, in portable C and with AVX2, for
-- one pupil and for a school's registers. tests/support/kernel_probe.c makes random
-- registers, calendars and rules and compares every field of every answer; here it
-- is built from the objects of the build and run.

local lfs = require "lfs"
local folder = require "tests.support.folder"

local build = os.getenv "WAYMARK_BUILD" or "build"
local sanitized = (os.getenv "PRELOAD" or "") ~= ""
local plain = "env -u LD_PRELOAD " -- a sanitized probe brings its own

local top
setup(function()
  top = folder.new()
  local objects = {}
  for _, floor in ipairs { "base", "attendance" } do
    for name in lfs.dir("core/" .. floor) do
      local stem = name:match "^(.*)%.c$"
      if stem then objects[#objects + 1] = ("%s/o/%s/%s.o"):format(build, floor, stem) end
    end
  end
  assert(os.execute(("%s gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -O1 %s -Icore -o '%s/probe' %s '%s'"):format(
    plain, sanitized and "-g -fsanitize=address,undefined -fno-sanitize-recover=all" or "", top,
    "tests/support/kernel_probe.c", table.concat(objects, "' '"))))
end)
teardown(function() folder.remove(top) end)

local function probe(arguments)
  local pipe = assert(io.popen(("%s '%s/probe' %s 2>&1"):format(plain, top, arguments)))
  local text = pipe:read "a"
  return pipe:close() or false, text
end

local function has_avx2()
  local text = folder.read "/proc/cpuinfo"
  return text ~= nil and text:find("avx2", 1, true) ~= nil
end

describe("the kernels", function()
  it("are tried in every form that this machine has", function()
    local _, names = probe "names"
    assert.equal("words\n" .. (has_avx2() and "AVX2\n" or ""), names)
  end)

  it("answer as the plain loops do, for random registers, calendars and rules", function()
    local cases = os.getenv "SLOW" and 5000 or 1500
    local good, text = probe("check 1 " .. cases)
    assert.equal(cases .. " cases\n", text)
    assert.is_true(good)
  end)
end)
