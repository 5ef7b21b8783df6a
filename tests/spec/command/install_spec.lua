-- The installed program finds its Lua files, its plugins and its worker beside
-- itself, wherever it lies and from whatever folder it is started; so does the
-- one that was built.

local folder = require "tests.support.folder"

local build = os.getenv "WAYMARK_BUILD" or "build"
local here = io.popen "pwd":read "l"
local top

-- A line of the shell, in a folder of ours, which is $T.
local function shell(line)
  local status = select(3, os.execute(("cd '%s' && export T=$PWD && { %s\n} >.out 2>&1 </dev/null"):format(top, line)))
  return { status = status, out = folder.read(top .. "/.out") }
end

local function ok(line)
  local r = shell(line)
  assert.equal(0, r.status, r.out)
  return r.out
end

-- -o all: what is installed is what was built, even while somebody edits. By a
-- careful root, whose own files nobody else may read.
local function install(destination, prefix)
  ok(("umask 077 && make -s --no-print-directory -C '%s' -o all install BUILD='%s' DESTDIR='%s' PREFIX='%s'"):format(
    here, build, destination, prefix))
end

setup(function()
  top = folder.new()
  install(top .. "/root", "/opt/x")
  folder.write(top .. "/pupils.csv", "upn,surname,forename\nA1,Byron,Ada\n")
  folder.write(top .. "/marks.csv", "upn,date,session,code\nA1,2026-03-16,AM,N\n")
  folder.write(top .. "/idea.lua", "return 6 * 7")
end)
teardown(function() folder.remove(top) end)

local settings = [[
school { name = "A" }
year "2025-26" { term { "2025-09-01", "2026-07-20" } }
use "england"
use "essex"
]]

-- Everything that needs a file of Waymark's own: Lua, plugins, worker.
local function works(program)
  assert.truthy(ok(program .. " plugin list"):find "essex +%d[%d.]* +ships with Waymark")
  assert.truthy(ok(program .. " plugin try idea.lua"):find("result: 42", 1, true))
  ok("rm -rf ws && " .. program .. " init ws")
  folder.write(top .. "/ws/waymark.lua", settings)
  ok(program .. " -C ws import pupils pupils.csv && " .. program .. " -C ws import marks marks.csv")
  assert.truthy(ok(program .. " -C ws suggest --now 2026-03-21T09:00Z"):find "Ada Byron")
  assert.truthy(ok("cd / && " .. program .. " -C $T/ws figures"):find "1 pupil")
  assert.truthy(ok("cd / && " .. program .. " -C $T/ws chronology Ada --format html"):find "<h1>Chronology of Ada")
  assert.truthy(ok("cd ws && rm -f list.html && " .. program .. " today -o list.html && cat list.html"):find "</html>")
end

describe("the installed program", function()
  it("works from another folder", function() works "$T/root/opt/x/bin/waymark" end)

  it("works through a link, as in a folder of programs", function()
    ok "ln -s root/opt/x/bin/waymark wm"
    works "$T/wm"
  end)

  it("works when the whole tree is moved", function()
    ok "mkdir moved && cp -a root/opt/x moved/y"
    works "$T/moved/y/bin/waymark"
  end)

  it("needs nothing of the environment", function()
    works "env -i ${ASAN_OPTIONS:+ASAN_OPTIONS=$ASAN_OPTIONS} $T/root/opt/x/bin/waymark"
  end)

  it("is a library for stock Lua", function()
    ok "rm -rf ws && root/opt/x/bin/waymark init ws"
    folder.write(top .. "/ws/waymark.lua", settings)
    ok "root/opt/x/bin/waymark -C ws import pupils pupils.csv"
    assert.equal("A1\tAda Byron\n", ok([[S=root/opt/x/share/lua/5.4; LUA_PATH="$S/?.lua;$S/?/init.lua;;" \
      LUA_CPATH="root/opt/x/lib/lua/5.4/?.so;;" lua5.4 -e 'local w = require "waymark".open "ws"
      for p in w:pupils { as_of = "2026-03-20" } do print(p.upn, p.name) end']]))
  end)

  it("is read by everybody and written by its owner alone", function()
    assert.equal("", ok "find root ! -type l \\( -perm /022 -o ! -perm -444 \\)")
    assert.equal("", ok "find root -name '*.lua' -perm /111")
  end)

  it("has the manual beside it", function()
    for _, name in ipairs { "start", "files", "commands", "contracts", "api" } do
      assert.equal(folder.read("lua/manual/" .. name .. ".md"),
        folder.read(("%s/root/opt/x/share/doc/waymark/%s.md"):format(top, name)))
    end
    assert.truthy(ok("root/opt/x/bin/waymark help"):find("in " .. top .. "/root/opt/x/share/doc/waymark:", 1, true))
  end)

  it("says what is missing, and does without it what it can", function()
    ok "rm -rf ws && cp -a root/opt/x part && part/bin/waymark init ws"
    folder.write(top .. "/ws/waymark.lua", settings)
    ok "part/bin/waymark -C ws import pupils pupils.csv && part/bin/waymark -C ws import marks marks.csv"
    ok "rm part/lib/waymark/waymark-worker"
    local r = shell "part/bin/waymark -C ws suggest"
    assert.equal(1, r.status)
    assert.truthy(r.out:find("cannot find the program waymark-worker; install Waymark again", 1, true), r.out)
    ok "cd part/bin && ./waymark -C $T/ws figures && ./waymark -C $T/ws sql 'SELECT 1' &&\
      ./waymark -C $T/ws import marks $T/marks.csv"
    ok "rm -r part/share/waymark"
    r = shell "part/bin/waymark plugin list"
    assert.equal(1, r.status)
    assert.truthy(r.out:find("cannot find the folder of plugins; install Waymark again", 1, true), r.out)
  end)
end)

describe("the built program", function()
  it("runs in place from any folder", function()
    works((build:sub(1, 1) == "/" and build or here .. "/" .. build) .. "/waymark")
  end)
end)
