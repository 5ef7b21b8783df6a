-- faults: the core with a door for letting its memory, or SQLite's, run out, made of the objects
-- of the build. A spec requires it before waymark.core, which from then on is that one.
--
--   faults.keep()              the folder in which it was made, for programs that are started with
--                              FAULTS=folder and make none; the caller removes it
--   faults.fail(of, n, once)   of "core" or "sqlite": the allocation after the next n fails, and
--                              all later ones too, unless `once`
--   faults.calm() -> failed    no longer; whether any did

local folder = require "tests.support.folder"

assert(not package.loaded["waymark.core"], "require tests.support.faults before waymark.core")

local build = os.getenv "WAYMARK_BUILD" or "build"
local sanitized = (os.getenv "PRELOAD" or "") ~= ""

-- Of each file of core but those of the worker alone and main.
local function objects()
  local list, pipe = {}, assert(io.popen "find core -name '*.c' | sort")
  for path in pipe:lines() do
    local name = path:match "^core/(.*)%.c$"
    if name == "worker/frame" or not name:find "^worker/" and name ~= "host/main" then
      list[#list + 1] = ("'%s/o/%s.o'"):format(build, name)
    end
  end
  pipe:close()
  list[#list + 1] = ("'%s/o/sdk_chunks.o'"):format(build)
  return table.concat(list, " ")
end

local function make(top)
  assert(os.execute(("mkdir '%s/waymark' && env -u LD_PRELOAD gcc -std=c11 -D_GNU_SOURCE -fPIC -shared %s -Icore"
    .. " -Wl,--wrap=calloc,--wrap=realloc $(pkg-config --cflags lua5.4) -o '%s/waymark/core.so'"
    .. " tests/support/faults.c %s -pthread -lsqlite3 -lcsv -ljansson -lcrypto -lreadline -lgumbo -lxml2 -larchive"
    .. " -lical -lm"):format(top, sanitized and "-g -fsanitize=address,undefined" or "", top, objects())))
end

local top = os.getenv "FAULTS"
local made = not top
if made then
  top = folder.new()
  make(top)
end

package.cpath = top .. "/?.so;" .. package.cpath
require "waymark.core"
local faults = assert(package.loadlib(top .. "/waymark/core.so", "luaopen_waymark_faults"))()
if made then folder.remove(top) end -- it is in memory now

function faults.keep()
  local kept = folder.new()
  make(kept)
  return kept
end

return faults
