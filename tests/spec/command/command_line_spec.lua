-- The command line as people meet it: help, wrong usage, a new workspace, one
-- line that says what could not be done, two commands at a time, output that
-- cannot be written. What other programs read is in contract_spec.lua.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w -- the school of tests/support/plugins.lua
local top -- a folder for the rest; in it `.fresh`, a workspace as `init` makes it

-- Any command line of the shell, with $W for the program, in `top`.
local function shell(line)
  local status = select(3, os.execute(("cd '%s' && export W='%s' && { %s\n} >.out 2>.err </dev/null"):format(
    top, workspace.program(), line)))
  return { status = status, out = folder.read(top .. "/.out"), err = folder.read(top .. "/.err") }
end

setup(function()
  w = plugins.school()
  top = folder.new()
  assert.equal(0, shell "$W init .fresh".status)
end)
teardown(function()
  w:remove()
  folder.remove(top)
end)

local function cannot(line, words, status)
  local r = shell(line)
  assert.equal(status or 1, r.status, r.err .. r.out)
  assert.truthy(r.err:find(words, 1, true), r.err)
  assert.equal(1, select(2, r.err:gsub("\n", "")), r.err)
  assert.truthy(r.err:find "^waymark: ", r.err)
end

describe("help", function()
  -- "init", "import", …, "plugin list", …
  local function commands()
    local list = { "plugin list", "plugin info", "plugin try" }
    local listed = shell "$W --help".out:match "Commands:(.-)\n\n"
    for name in listed:gmatch "\n   (%l[%l-]*) " do list[#list + 1] = name end
    return list
  end

  it("lists every command, and each one shows an example", function()
    local list = commands()
    assert.is_true(#list >= 14, table.concat(list, " "))
    for _, command in ipairs(list) do
      local r = shell("$W " .. command .. " --help")
      assert.equal(0, r.status)
      assert.equal("", r.err)
      assert.truthy(r.out:find("\nExample:\n  waymark " .. command, 1, true), command .. "\n" .. r.out)
    end
  end)

  it("is what comes without a command, and that is wrong usage", function()
    local r = shell "$W"
    assert.equal(2, r.status)
    assert.truthy(r.out:find("Usage: waymark", 1, true))
  end)

  it("gives the version", function()
    assert.truthy(shell "$W --version".out:find "^waymark %d+%.%d+%.%d+\n$")
  end)
end)

describe("wrong usage ends with status 2 and one line:", function()
  for line, words in pairs {
    ["$W fly"] = "unknown command 'fly'", ["$W suggest --fast"] = "unknown option '--fast'",
    ["$W import"] = "a command is required", ["$W import hats hats.csv"] = "unknown command 'hats'",
    ["$W import mark marks.csv"] = "did you mean 'marks'?", ["$W import marks"] = "missing argument 'file'",
    ["$W figures --format xml"] = "must be one of 'table', 'csv', 'json'",
    ["$W figures now"] = "too many arguments", ["$W figures --as-of"] = "'--as-of' requires an argument",
    ["$W figures --top x"] = '--top takes a whole number, not "x"', ["$W -C"] = "'-C' requires an argument",
    ["$W -e"] = "'-e' requires an argument", ["$W explain Ada"] = "missing argument 'step'",
    ["$W plugin"] = "a command is required", ["$W plugin try"] = "missing argument 'file'",
    ["$W calendar"] = "missing argument 'what'",
    ["$W figures --top 1.5"] = '--top takes a whole number, not "1.5"',
    ["$W suggest --first ten"] = '--first takes a whole number, not "ten"',
    ["$W suggest --first ''"] = '--first takes a whole number, not ""',
    ["$W suggest --workers 0"] = '--workers takes a whole number from 1 on, not "0"',
    ["$W suggest --workers 1e1"] = '--workers takes a whole number from 1 on, not "1e1"',
    ["$W outbox show 0x1F"] = 'outbox show takes a whole number, not "0x1F"',
    ["$W correct Ada twelve"] = 'ENTRY takes a whole number, not "twelve"',
    ["$W record Ada visit --of last"] = '--of takes a whole number, not "last"',
    ["$W letter Ada notice --entry 9223372036854775808"] = '--entry takes a whole number, not "9223372036854775808"',
  } do
    it(line, function() cannot(line, words, 2) end)
  end
end)

describe("a query that cannot do what it says with the values that it meets", function()
  setup(function() assert(os.execute(("rm -rf '%s'/*"):format(top)) and shell "cp -a .fresh new".status == 0) end)

  for query, why in pairs {
    ["SELECT json('x')"] = "malformed JSON", ["SELECT abs(-9223372036854775808)"] = "integer overflow",
    ["SELECT sum(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1)"] = "integer overflow",
    ["SELECT zeroblob(3000000000)"] = "string or blob too big",
    ["SELECT 'a' LIKE 'b' ESCAPE 'xy'"] = "ESCAPE expression must be a single character",
  } do
    it("is told why, and what to do: " .. query, function()
      local words = ("the query fails: %s; look at the values that it works on"):format(why)
      for _, format in ipairs { "table", "csv", "json" } do
        cannot(('$W -C new sql "%s" --format %s'):format(query, format), words)
      end
      cannot(('$W -C new -e "for row in sql [==[%s]==] do print(row[1]) end"'):format(query), words)
    end)
  end

  it("gives what it had answered before that", function()
    local r = shell [[$W -C new sql "SELECT n, abs(n) AS a FROM (SELECT 1 AS n UNION ALL SELECT -9223372036854775808)" \
      --format csv]]
    assert.same({ 1, "n,a\n1,1\n" }, { r.status, r.out })
  end)
end)

describe("init", function()
  before_each(function() assert(os.execute(("rm -rf '%s'/*"):format(top))) end)

  it("makes a workspace in a new folder, with settings to fill in, for its owner alone", function()
    assert.equal(0, shell "$W init new".status)
    local settings = folder.read(top .. "/new/waymark.lua")
    for _, words in ipairs { "\n-- school {", "\n-- year ", "\n-- staff {", '\nuse "support-first"\n' } do
      assert.truthy(settings:find(words, 1, true), words)
    end
    assert.equal("drwx------ drwx------ drwx------ -rw------- -rw------- ",
      shell "ls -ld new new/documents new/plugins new/waymark.db new/waymark.lua | cut -c1-10 | tr '\\n' ' '".out)
  end)

  it("follows the road map that others build on, and names the others; or the one that --use names", function()
    local r = shell "$W init new"
    assert.truthy(r.out:find('follows the road map "support-first"; waymark.lua can name another: "buckinghamshire", '
      .. '"central-bedfordshire", "essex", "norfolk".', 1, true), r.out)
    assert.truthy(shell "$W init other --use norfolk".out:find('follows the road map "norfolk".', 1, true))
    local settings = folder.read(top .. "/other/waymark.lua")
    assert.equal('\nuse "norfolk"\n', settings:match '\nuse .*$')
    assert.truthy(settings:find('\n--   use "essex"', 1, true), settings)
    cannot("$W init third --use nofolk", 'there is no road map "nofolk"; did you mean "norfolk"?')
    cannot("$W init third --use england", 'there is no road map "england"')
    assert.equal(1, shell "test -e third".status)
  end)

  it("takes what one that was killed has made, but no settings of somebody's own", function()
    assert.equal(0, shell "$W init new && rm new/waymark.db && $W init new --use essex".status)
    assert.equal(0, shell "grep -q '^use .essex.$' new/waymark.lua".status)
    cannot("rm new/waymark.db && echo 'start \"2026-01-05\"' >> new/waymark.lua && $W init new",
      "new holds a workspace already")
  end)

  it("makes a workspace that answers at once, though there is nothing in it", function()
    for _, line in ipairs { "figures", "figures --format json", "check", "-e 'for p in pupils() do print(p) end'",
      "sql 'SELECT * FROM mark'", "plugin list", "suggest" } do
      local r = shell("rm -rf new && cp -a .fresh new && $W -C new " .. line)
      assert.equal(0, r.status, line .. ": " .. r.err)
    end
  end)

  it("has settings that work when their hyphens are taken away", function()
    shell "cp -a .fresh new && sed -i 's/^-- \\(school {\\|year\\|  [a-z]* {\\|}$\\|staff\\)/\\1/' new/waymark.lua"
    local r = shell "$W -C new calendar show"
    assert.truthy(r.out:find("Oakfield Primary School, 2025-26", 1, true), r.err)
  end)

  it("takes an empty folder, this one, and one with an odd name", function()
    assert.equal(0, shell "mkdir empty && $W init empty".status)
    assert.equal(0, shell "mkdir this && cd this && $W init && test -f waymark.db".status)
    assert.equal(0, shell [[$W init "a b'c\"d€" && $W -C "a b'c\"d€" check]].status)
  end)

  for line, words in pairs {
    ["$W init one >/dev/null && $W init one"] = "one holds a workspace already",
    ["mkdir full && touch full/x && $W init full"] = "full is not empty; a workspace needs a new or empty folder",
    ["mkdir full && touch full/.x && $W init full"] = "full is not empty",
    ["mkdir half && touch half/waymark.lua && $W init half"] = "half holds a workspace already",
    ["touch file && $W init file"] = "file is a file; choose another name",
    ["$W init no/such/folder"] = "cannot make the folder no/such/folder",
  } do
    it("refuses: " .. line, function() cannot(line, words) end)
  end

  it("leaves what it refuses as it was", function()
    shell "$W init one && cp -a one two"
    shell "$W init one"
    assert.equal(0, shell "diff -r one two".status)
  end)
end)

describe("what cannot be done is one line that says what to do:", function()
  local newer = [[lua5.4 -e 'local f = io.open("ws/waymark.db", "r+b") f:seek("set", 60) f:write "\0\0\0\99"
    f:close()';]]
  before_each(function() assert(os.execute(("rm -rf '%s'/*"):format(top))) end)

  for _, case in ipairs {
    { "no workspace", "rm -r ws;", "there is no workspace in ws (no waymark.lua); make one with: waymark init" },
    { "no settings", "rm ws/waymark.lua;", "there is no workspace in ws (no waymark.lua)" },
    { "no database", "rm ws/waymark.db;", "there is no workspace here (ws/waymark.db); make a workspace with" },
    { "an empty database", ": >ws/waymark.db;", "ws/waymark.db is not a Waymark workspace" },
    { "a damaged database", "head -c 20000 /dev/urandom >ws/waymark.db;", "is damaged" },
    { "a newer database", newer, "ws/waymark.db was written by a newer Waymark" },
    { "settings that are wrong", "echo 'scool {}' >ws/waymark.lua;",
      'waymark.lua:1: unknown word "scool"; did you mean "school"?' },
    { "settings without an end", "echo 'while true do end' >ws/waymark.lua;", "the settings do not come to an end" },
    { "settings that are compiled", "printf '\\033Lua' >ws/waymark.lua;", "waymark.lua" },
    { "settings that are a folder", "rm ws/waymark.lua; mkdir ws/waymark.lua;",
      "ws/waymark.lua is a folder; name a file" },
  } do
    it(case[1], function()
      for _, command in ipairs { "figures", "suggest", "check", "-e 'print(1)'" } do
        cannot("rm -rf ws; cp -a .fresh ws; " .. case[2] .. " $W -C ws " .. command, case[3])
      end
    end)
  end

  it("a file, a date, a pupil, a step, a school, that are not there", function()
    local at = "$W -C '" .. w.dir .. "' "
    cannot(at .. "import marks nosuch.csv", "cannot read nosuch.csv: No such file or directory; check the name")
    cannot(at .. ("import marks '%s'"):format(w.dir), "is the folder of a workspace; name the folder with the files")
    cannot(at .. "figures --as-of 2026-02-30", "--as-of: no such date: 2026-02-30")
    cannot(at .. "figures --as-of soon", "--as-of: not a date: soon; write it as 2025-09-08")
    cannot(at .. "figures --now soon", "not a time: soon; write it as 2025-09-08T18:00")
    cannot(at .. "figures --school Alder", 'there is no school "Alder"')
    cannot(at .. "explain Nobody early-help", 'nobody is called "Nobody"; give a UPN, or a name as in the register')
    cannot(at .. "explain A1 erly-help", 'the road map has no step "erly-help"; did you mean "early-help"?')
    cannot(at .. "run nosuch.lua", "cannot read nosuch.lua: No such file or directory")
  end)

  it("shows what somebody wrote, and does not do what it says to a terminal", function()
    local odd = "a\27[2J\u{202E}b"
    for _, line in ipairs { "import pupils '%s.csv'", "pupil '%s'", "record A1 '%s'", "letter A1 '%s'" } do
      local err = w:expect(1, line:format(odd)).err
      assert.truthy(err:find("a\\x1B[2J\\u{202E}b", 1, true), err)
      assert.is_nil(err:find "\27")
    end
  end)

  it("a pupil who is not one only, with those who are meant", function()
    local two = workspace.new { files = { ["p.csv"] = "upn,surname,forename,form\nA1,Moss,Ben,5A\nA2,Moss,Ben,6B\n" } }
    two:ok "import pupils p.csv"
    local err = two:expect(1, "explain 'Ben Moss' early-help").err
    assert.truthy(err:find '"Ben Moss" is not one pupil only; say which by UPN, or add the form:\n')
    assert.truthy(err:find "\n +A1 .*5A.*\n +A2 .*6B")
    two:remove()
  end)
end)

describe("check", function()
  it("finds a mark on a sheet that nobody could have made", function()
    local lines, days = { "upn,surname,forename" }, {}
    for i = 1, 40 do
      lines[i + 1] = ("U%02d,Moss,Ben"):format(i)
      days[("U%02d"):format(i)] = { ["2026-03-16"] = "O O" }
    end
    local one = workspace.new { files = { ["p.csv"] = table.concat(lines, "\n"),
      ["m.csv"] = workspace.registers(days) } }
    one:ok "import pupils p.csv"
    one:ok "import marks m.csv"
    one:ok "check"
    local path = one.dir .. "/waymark.db"
    local bytes, byte = workspace.read(path), nil
    local store = core.store.open(path, "read")
    for _, code in ipairs(store:codes()) do
      if code.text == "O" then byte = string.char(code.byte) end
    end
    store:close()
    local damaged, times = bytes:gsub(byte:rep(40), byte:rep(39):gsub("%%", "%%%%") .. "\238")
    assert.is_true(times > 0)
    workspace.write(path, damaged)
    local r = one:expect(1, "check")
    assert.truthy(r.err:find "1 finding" or r.err:find "%d findings", r.err)
    assert.truthy(r.err:find "Oakfield" or r.err:find "881/2345", r.err)
    one:remove()
  end)
end)

describe("output", function()
  local function at(line) return ("$W -C '%s' %s"):format(w.dir, line) end
  local many = at [[sql --format csv "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 300000)
    SELECT n FROM t"]]

  it("may end in a pipe that is closed, without a word", function()
    assert.same({ status = 0, out = "n\n1\n", err = "" }, shell(many .. " | head -2"))
    assert.same({ status = 0, out = "", err = "" }, shell(at "figures | true"))
  end)

  it("that cannot be written is an error", function()
    for _, line in ipairs { "figures", "figures --format csv", "figures --format json", "check", "-e 'print(1)'",
      "sql 'SELECT 1'", "plugin list", "suggest --dry-run" } do
      cannot(at(line) .. " >/dev/full", "cannot write the output; is the disk full?")
    end
  end)

  it("that is closed harms nothing", function()
    local r = shell(at "suggest" .. plugins.day .. " >&-")
    assert.equal(3, r.status)
    assert.truthy(r.err:find("it is done, and what it changed is kept; but cannot write the output", 1, true), r.err)
    shell(at "suggest" .. plugins.day .. " >&- 2>&- <&-")
    w:ok "check"
  end)

  it("has no colour and no progress in a pipe", function()
    for _, line in ipairs { "suggest --dry-run", "figures", "explain A1 early-help", "plugin info essex",
      "calendar show", "import pupils pupils.csv --dry-run" } do
      local r = w:expect(0, line)
      assert.falsy((r.out .. r.err):find "[\27\r]", line)
      assert.equal("", r.err)
    end
  end)
end)

describe("two commands at the same time", function()
  local path, store
  before_each(function()
    path = w.dir .. "/waymark.db"
    store = assert(core.store.open(path, "write"))
    assert(store:begin())
  end)

  -- Run in the background; -> a function that says whether it has ended, with what
  local function start(line)
    os.remove(top .. "/.done")
    os.execute(("cd '%s' && { '%s' -C '%s' %s >.bg 2>&1; echo $? >.done.new; mv .done.new .done; } &"):format(
      top, workspace.program(), w.dir, line))
    return function()
      local file = io.open(top .. "/.done")
      if not file then return nil end
      local status = file:read "n"
      file:close()
      return status
    end
  end

  it("that change wait for each other", function()
    local ended = start("suggest" .. plugins.day)
    os.execute "sleep 0.4"
    assert.is_nil(ended())
    assert(store:commit())
    store:close()
    for _ = 1, 50 do
      if ended() then break end
      os.execute "sleep 0.1"
    end
    assert.equal(0, ended(), folder.read(top .. "/.bg"))
  end)

  it("do not wait when one only reads", function()
    w:ok("figures" .. plugins.day)
    w:ok 'sql "SELECT count(*) FROM mark"'
    w:ok "check"
    store:rollback()
    store:close()
  end)
end)

-- A disk of three megabytes, for a shell and its children only.
local small_disk = "unshare -m sh -c 'mkdir -p disk && mount -t tmpfs -o size=3m tmpfs disk && "
if os.execute(("cd /tmp && mkdir -p disk && %s true' 2>/dev/null; r=$?; rmdir disk; exit $r"):format(small_disk)) then
  describe("a full disk", function()
    it("is named, and nothing is half done", function()
      local rows = { "upn,surname,forename" }
      for i = 1, 4000 do rows[#rows + 1] = ("N%d,Surname-%d,%s"):format(i, i, ("Forename"):rep(10)) end
      folder.write(top .. "/many.csv", table.concat(rows, "\n"))
      local r = shell(small_disk .. [[$W init disk/ws >/dev/null; echo "use \"england\"" >disk/ws/waymark.lua;
        echo "school { name = \"A\" }" >>disk/ws/waymark.lua;
        head -c 2000000 /dev/zero >disk/filler;
        $W -C disk/ws import pupils many.csv; echo "status $?";
        rm disk/filler; $W -C disk/ws sql "SELECT count(*) AS n FROM pupils" --format csv; $W -C disk/ws check']])
      assert.truthy(r.out:find "status 1\n", r.out)
      assert.truthy(r.out:find "\nn\n0\n", r.out)
      assert.truthy(r.out:find("Everything is as it was recorded.", 1, true), r.out)
      assert.truthy(r.err:find "^waymark: [^\n]*full[^\n]*\n$", r.err)
    end)
  end)
end

describe("a command that starts", function()
  -- The modules that are read for a command's help: all that it requires.
  local function read_for(command)
    local here = io.popen "pwd":read "l"
    local build = workspace.program():gsub("/waymark$", "")
    local code = ([[require "waymark.commands.%s"; for name in pairs(package.loaded) do print(name) end]]):format(
      command)
    local paths = ("LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;' LUA_CPATH='%s/lua/?.so;;'"):format(here, here, build)
    local out = io.popen(("%s lua5.4 -e '%s'"):format(paths, code)):read "a"
    local names = {}
    for name in out:gmatch "waymark%.[^\n]+" do names[name] = true end
    assert.is_true(names["waymark.commands." .. command], out)
    return names
  end

  it("to record or to explain something does not read what looks at every pupil", function()
    for _, command in ipairs { "record", "bypass", "not-now", "hold", "correct", "attach", "explain", "letter" } do
      local names = read_for(command)
      for name in pairs(names) do
        assert.is_nil(name:find "^waymark%.suggest", command .. " reads " .. name)
        assert.is_true(not name:find "^waymark%.commands%." or name:find "%.shared%." ~= nil
          or name == "waymark.commands." .. command, command .. " reads " .. name)
      end
    end
  end)
end)
