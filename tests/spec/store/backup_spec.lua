-- `backup` and `restore`: a safe copy of the database, and a workspace from it.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local lfs = require "lfs"
local rows = require "tests.support.rows"
local sqlite = require "tests.support.sqlite"
local workspace = require "tests.support.workspace"

local now = " --now 2026-03-21T09:00Z"

-- A school with a little of everything: marks, amendments, suggestions, entries, one struck out.
local function school()
  local w = workspace.new { files = {
    ["pupils.csv"] = "upn,surname,forename,dob,year\nADA,Byron,Ada,2015-05-01,5\nBEN,Moss,Ben,2015-06-01,5\n",
    ["contacts.csv"] = "upn,forename,surname,relationship,phone\nADA,Annabella,Milbanke,mother,01234 567890\n",
    ["first.csv"] = workspace.registers { ADA = { ["2026-03-16"] = "N N" }, BEN = { ["2026-03-16"] = "O O" } },
    ["second.csv"] = workspace.registers { ADA = { ["2026-03-17"] = "N N" }, BEN = { ["2026-03-16"] = "I I" } },
  } }
  for _, line in ipairs { "pupils pupils", "contacts contacts", "marks first", "marks second" } do
    w:ok(("import %s.csv"):format(line) .. now)
  end
  w:ok("suggest --as-of 2026-03-17" .. now)
  w:ok('record ADA absence-callback --outcome spoke --with mother --note "Has a cold."' .. now)
  local wrong = w:ok('record BEN absence-callback --outcome no-answer --note "Another child."' .. now)
  w:ok(('correct BEN %s --why "wrong child"'):format(wrong:match "entry (%d+)") .. now)
  return w
end

local function mode(path) return lfs.attributes(path, "permissions") end

local function database(w) return w.dir .. "/waymark.db" end

describe("a backup", function()
  local w, slow -- slow: words of sh that preload tests/support/slow.c

  setup(function()
    w = school()
    local build = "env -u LD_PRELOAD gcc -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC -o '%s/slow.so' tests/support/slow.c"
    assert(os.execute(build:format(w.top)))
    slow = ("LD_PRELOAD=\"${LD_PRELOAD:+$LD_PRELOAD }%s/slow.so\""):format(w.top)
  end)
  teardown(function() w:remove() end)
  after_each(function() os.execute(("rm -rf '%s'/copy* '%s'/new*"):format(w.top, w.top)) end)

  local function backup(name) return w:ok("backup " .. (name or "copy") .. now) end

  -- What is said of a file that is no intact backup; nothing is made of it.
  local function refusal(name)
    local err = w:expect(1, "restore " .. name .. " new").err
    assert.is_nil(err:find "\n.")
    assert.is_false(lfs.attributes(w.top .. "/new", "mode") ~= nil)
    return err
  end

  it("is restored with every row of every table, and the settings", function()
    backup()
    local out = w:ok "restore copy new"
    assert.is_truthy(out:find("new holds the backup of 2026-03-21", 1, true))
    local was = rows.all(database(w))
    assert.is_true(#was.event > 3 and #was.amendment > 0 and #was.entry == 2)
    assert.same(was, rows.all(w.top .. "/new/waymark.db"))
    assert.equal(folder.read(w.dir .. "/waymark.lua"), folder.read(w.top .. "/new/waymark.lua"))
  end)

  it("is restored as a workspace that answers the same", function()
    backup()
    w:ok "restore copy new"
    for _, line in ipairs { "figures --format csv", "suggest --as-of 2026-03-17 --dry-run --format json",
      'sql --format csv "SELECT * FROM mark"', "check" } do
      assert.equal(w:ok(line .. now), w:ok("-C new " .. line .. now))
    end
  end)

  it("changes nothing in the workspace, and leaves nothing beside itself", function()
    local was = rows.all(database(w))
    backup()
    assert.same(was, rows.all(database(w)))
    for name in lfs.dir(w.top) do assert.is_nil(name:find("^copy."), name) end
  end)

  it("is readable by its owner alone, and so is what is restored from it", function()
    local both = "cd '%s' && umask 0 && '%s' -C w backup copy >/dev/null && '%s' restore copy new >/dev/null"
    assert(os.execute(both:format(w.top, workspace.program(), workspace.program())))
    assert.equal("rw-------", mode(w.top .. "/copy"))
    for _, name in ipairs { "waymark.db", "waymark.lua" } do
      assert.equal("rw-------", mode(w.top .. "/new/" .. name))
    end
    for _, name in ipairs { "", "/plugins", "/documents" } do
      assert.equal("rwx------", mode(w.top .. "/new" .. name))
    end
  end)

  it("is made while another command writes, without what that one has not done yet", function()
    local was = rows.all(database(w))
    local other = assert(core.store.open(database(w), "write"))
    finally(function() other:close() end)
    assert(other:begin())
    assert(other:put_school { key = "881/9999", name = "Half done" })
    backup()
    assert(other:commit())
    w:ok "restore copy new"
    assert.same(was, rows.all(w.top .. "/new/waymark.db"))
    assert.equal(#was.school + 1, #rows.all(database(w)).school)
  end)

  it("says what is not in it", function()
    assert.is_nil(backup():find "besides")
    w:file("w/documents/letter.txt", "Dear Ms Milbanke")
    w:file("w/plugins/own/plugin.lua", "return {}")
    local settings = folder.read(w.dir .. "/waymark.lua")
    folder.write(w.dir .. "/waymark.lua", settings .. "-- edited\n")
    finally(function()
      folder.write(w.dir .. "/waymark.lua", settings)
      os.execute(("rm -r '%s/documents/letter.txt' '%s/plugins/own'"):format(w.dir, w.dir))
    end)
    local out = backup "copy2"
    assert.is_truthy(out:find("plugins/ (1 file) and documents/ (1 file)", 1, true))
    assert.is_truthy(out:find("waymark.lua was edited", 1, true))
  end)

  it("can be had although the settings cannot be read", function()
    local settings = folder.read(w.dir .. "/waymark.lua")
    folder.write(w.dir .. "/waymark.lua", "school {")
    finally(function() folder.write(w.dir .. "/waymark.lua", settings) end)
    backup()
  end)

  it("never replaces a file", function()
    w:file("copy", "mine")
    assert.is_truthy(w:expect(1, "backup copy").err:find("copy is there already", 1, true))
    assert.equal("mine", folder.read(w.top .. "/copy"))
    assert.is_truthy(w:expect(1, "backup w/waymark.db").err:find("is there already", 1, true))
  end)

  it("clears away what a killed backup left, but not what another is writing", function()
    w:file("copy.part", "half")
    backup()
    assert.is_nil(lfs.attributes(w.top .. "/copy.part"))
    w:file("copy2.part", "being written")
    local held = assert(io.popen(("flock '%s/copy2.part' sh -c 'read line'"):format(w.top), "w"))
    os.execute "sleep 0.1"
    local refused = w:run "backup copy2"
    held:write "\n"
    held:close()
    assert.equal(1, refused.status)
    assert.is_truthy(refused.err:find("another command is writing", 1, true))
  end)

  it("is made whole by one command, when two that found a killed one's leavings meet", function()
    w:file("copy.part", "half")
    local line = "cd '%s'; export %s; { SLOW_LOCK=400 '%s' -C w backup copy >out1 2>&1; echo $? >>out1; } &"
      .. " { sleep 0.1; SLOW_RENAME=900 '%s' -C w backup copy >out2 2>&1; echo $? >>out2; } & wait"
    os.execute(line:format(w.top, slow, workspace.program(), workspace.program()))
    local first, second = folder.read(w.top .. "/out1"), folder.read(w.top .. "/out2")
    assert.is_truthy(first:find("^waymark: another command is writing copy; wait until it is done\n1\n$"), first)
    assert.is_truthy(second:find("were read again from there", 1, true) and second:find "\n0\n$", second)
    w:ok "restore copy new"
    assert.same(rows.all(database(w)), rows.all(w.top .. "/new/waymark.db"))
  end)

  it("is restored by one command at a time in a folder; a second one takes nothing from the first", function()
    backup()
    assert(lfs.mkdir(w.top .. "/two"))
    w:file("two/waymark.db.partial", "what the first is at work on")
    local lock = assert(core.system.lock(w.top .. "/two/waymark.db.partial.lock"))
    local r = w:run("restore copy two", "env") -- in a process of its own
    lock:close()
    assert.equal(1, r.status)
    assert.is_truthy(r.err:find("another restore is at work in two; wait", 1, true), r.err)
    assert.equal("what the first is at work on", folder.read(w.top .. "/two/waymark.db.partial"))
    w:ok "restore copy two"
    assert.same({ "documents", "plugins", "waymark.db", "waymark.lua" },
      require("waymark.base.files").names(w.top .. "/two"))
  end)

  it("of a workspace that changes while it is made has the rows of one moment", function()
    local writer = assert(io.popen(("cd '%s' && for i in 1 2 3 4 5 6 7 8; do '%s' -C w record BEN absence-callback"
      .. " --outcome spoke --note 'More.' --now 2026-03-21T10:0$i:00Z >/dev/null 2>&1; done"):format(w.top,
      workspace.program())))
    for i = 1, 4 do
      local r = w:run(("backup copy%d"):format(i) .. now)
      if r.status == 0 then
        w:ok(("restore copy%d new%d"):format(i, i))
        w:ok(("-C new%d check"):format(i))
      else
        assert.is_truthy(r.err:find("other commands keep changing", 1, true), r.err)
      end
    end
    writer:close()
  end)

  it("that another program keeps to itself is told as busy, not as broken", function()
    backup()
    w:file("hold.sql", "BEGIN EXCLUSIVE; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
      .. " SELECT max(i) FROM n;")
    os.execute(("cd '%s'; timeout 2 '%s' copy <hold.sql >/dev/null 2>&1 &"):format(w.top, sqlite.program()))
    os.execute "sleep 0.2"
    local r = w:run("restore copy new", slow)
    assert.equal(1, r.status)
    assert.is_truthy(r.err:find("^waymark: [^\n]+another Waymark command is using it; wait[^\n]+\n$"), r.err)
  end)

  -- A seal's form is what backups that people keep have.
  it("has a seal: of each table the rows, and a SHA-256 over types, lengths and values", function()
    backup()
    local store = assert(core.store.open(w.top .. "/copy", "read"))
    finally(function() store:close() end)
    local function list(sql)
      local all, _, each = {}, assert(store:query(sql))
      for row in each do all[#all + 1] = row end
      return all
    end
    for _, sealed in ipairs(list [[SELECT name, rows, digest FROM backup_seal
      WHERE name IN ('pupil', 'event', 'school', 'import')]]) do
      local bytes, count = {}, 0
      local columns = assert(store:query(("SELECT * FROM %s"):format(sealed[1])))
      for _, row in ipairs(list(("SELECT * FROM %s"):format(sealed[1]))) do
        count = count + 1
        for i, column in ipairs(columns) do
          local value = row[i]
          bytes[#bytes + 1] = math.type(value) == "integer" and ("<i8i8"):pack(1, value)
            or value and ("<i8s8"):pack(column == "packed" and 4 or 3, value) or ("<i8"):pack(5)
        end
      end
      assert.same({ count, core.system.sha256(table.concat(bytes)) }, { sealed[2], sealed[3] }, sealed[1])
    end
  end)

  it("of a damaged workspace is not made", function()
    assert(os.execute(("cp -a '%s' '%s/new'"):format(w.dir, w.top)))
    local whole = folder.read(w.top .. "/new/waymark.db")
    local page = (whole:find("Annabella", 1, true) - 1) // 4096 * 4096
    w:file("new/waymark.db", whole:sub(1, page) .. ("\255"):rep(4096) .. whole:sub(page + 4097))
    local err = w:expect(1, "-C new backup copy").err
    assert.is_truthy(err:find "^waymark: [^\n]+ cannot be backed up as it was recorded: the file is damaged", err)
    assert.is_nil(err:find "\n.")
    err = w:expect(1, "-C new backup --damaged copy").err
    assert.is_truthy(err:find("is damaged, so a backup of it would be too; none was made; restore an earlier backup; "
      .. "to keep what there is, copy the file itself", 1, true), err)
    assert.is_nil(lfs.attributes(w.top .. "/copy"))
  end)

  it("that the machine does not let happen says so, and advises no restore", function()
    for _, file in ipairs { "copy", "--damaged copy" } do
      local err = w:run("backup " .. file, "prlimit --fsize=4096")
      assert.equal(1, err.status)
      assert.truthy(err.err:find("^waymark: cannot [^\n]*the disk is full"), err.err)
      assert.is_nil(err.err:find("restore", 1, true), err.err)
    end
    assert.is_nil(lfs.attributes(w.top .. "/copy"))
  end)

  it("of a workspace that check finds fault with is made with --damaged only, which says so", function()
    assert(os.execute(("cp -a '%s' '%s/new'"):format(w.dir, w.top)))
    assert(sqlite.quietly(w.top .. "/new/waymark.db", "UPDATE contact SET phone = '1'"))
    local finding = "row 1 of the table contact (Ada Byron) is not what was recorded"
    local err = w:expect(1, "-C new backup copy").err
    assert.is_truthy(err:find("cannot be backed up as it was recorded: " .. finding .. "; look at `waymark check`, and "
      .. "restore an earlier backup; to back up what there is all the same: waymark backup --damaged copy", 1, true),
      err)
    assert.is_nil(lfs.attributes(w.top .. "/copy"))
    err = w:expect(3, "-C new backup --damaged copy" .. now).err
    assert.is_truthy(err:find("the backup holds it as it is: 1 finding", 1, true), err)
    os.execute(("rm -rf '%s/new'"):format(w.top))
    err = w:expect(3, "restore copy new").err
    assert.is_truthy(err:find(finding, 1, true), err)
  end)

  it("is refused when it is no file, empty, foreign or a workspace's own database", function()
    assert.is_truthy(refusal "nothing":find("cannot read nothing", 1, true))
    w:file("copy", "")
    assert.is_truthy(refusal "copy":find("copy is empty", 1, true))
    w:file("copy", ("Dear Sir or Madam\n"):rep(99))
    assert.is_truthy(refusal "copy":find("is not a Waymark backup", 1, true))
    assert.is_truthy(refusal "w":find("w is a folder; name a file", 1, true))
    w:file("copy", folder.read(database(w)))
    assert.is_truthy(refusal "copy":find("is not a Waymark backup", 1, true))
  end)

  it("is refused when it is cut short, wherever", function()
    backup()
    local whole = folder.read(w.top .. "/copy")
    for _, length in ipairs { 50, 100, 4096, #whole // 2, #whole - 4096, #whole - 1 } do
      w:file("copy2", whole:sub(1, length))
      assert.is_truthy(refusal "copy2":find(length < 100 and "not a Waymark backup" or "not intact", 1, true))
    end
  end)

  it("is refused when a byte of a row is another one, which no structure shows", function()
    backup()
    local whole = folder.read(w.top .. "/copy")
    for _, text in ipairs { "Annabella", "Has a cold", "Oakfield", "wrong child" } do
      local at = whole:find(text, 1, true)
      w:file("copy2", whole:sub(1, at - 1) .. "X" .. whole:sub(at + 1))
      assert.is_truthy(refusal "copy2":find("not intact", 1, true), text)
    end
  end)

  it("is refused, or restored as it was, with any page overwritten", function()
    backup()
    local whole, was = folder.read(w.top .. "/copy"), rows.all(database(w))
    local size = (">I2"):unpack(whole, 17) -- of a page, in the file's heading
    local refused, pages = 0, #whole // size
    for page = 1, pages - 1, 2 do
      w:file("copy2", whole:sub(1, page * size) .. ("\255"):rep(size) .. whole:sub((page + 1) * size + 1))
      local r = w:run "restore copy2 new"
      if r.status == 0 then
        assert.same(was, rows.all(w.top .. "/new/waymark.db"))
      else
        assert.is_nil(r.err:find "\n.")
        refused = refused + 1
      end
      os.execute(("rm -rf '%s/new'"):format(w.top))
    end
    assert.is_true(refused > pages // 8)
  end)

  it("is refused when a table or the seal is gone, or it is of a newer program", function()
    for sql, words in pairs {
      ["DROP TABLE run_failure"] = "not intact", ["DROP TABLE backup_seal"] = "is not a Waymark backup",
      ["CREATE TABLE more (x)"] = "not intact", ["PRAGMA user_version = 99"] = "newer Waymark (data version 99",
      ["DROP TRIGGER event_kept; DELETE FROM event WHERE kind = 'none'"] = "not intact",
    } do
      os.remove(w.top .. "/copy")
      backup()
      assert(sqlite.run(w.top .. "/copy", sql))
      assert.is_truthy(refusal "copy":find(words, 1, true), sql)
    end
  end)

  it("is never restored over a workspace or into a folder with something in it", function()
    backup()
    local was = rows.all(database(w))
    assert.is_truthy(w:expect(1, "restore copy w").err:find("holds a workspace already", 1, true))
    assert.same(was, rows.all(database(w)))
    w:file("new/mine.txt", "mine")
    assert.is_truthy(w:expect(1, "restore copy new").err:find("is not empty", 1, true))
  end)

  it("can be restored again when that was killed, whatever it had made", function()
    backup()
    w:ok "restore copy new"
    local was = rows.all(w.top .. "/new/waymark.db")
    for _, made in ipairs { "rm waymark.lua && mv waymark.db waymark.db.partial.part && rmdir documents plugins",
      "rm waymark.lua && mv waymark.db waymark.db.partial && touch waymark.db.partial-wal && rmdir documents",
      "mv waymark.db waymark.db.partial && echo '-- the settings of the school' >>waymark.lua" } do
      assert(os.execute(("cd '%s/new' && rm -f waymark.db-* && %s"):format(w.top, made)))
      w:ok "restore copy new"
      assert.same(was, rows.all(w.top .. "/new/waymark.db"))
      assert.equal(folder.read(w.dir .. "/waymark.lua"), folder.read(w.top .. "/new/waymark.lua"))
      local names = {}
      for name in lfs.dir(w.top .. "/new") do names[#names + 1] = name:find "partial" end
      assert.same({}, names)
    end
    assert(os.execute(("rm '%s'/new/waymark.db*"):format(w.top)))
    assert.truthy(w:expect(1, "restore copy new").err:find "holds a workspace already %(waymark.lua%)")
  end)

  it("says that the disk is full, and leaves nothing", function()
    local r = os.execute(("cd '%s' && ulimit -f 100; '%s' -C w backup copy 2>err"):format(w.top, workspace.program()))
    assert.is_nil(r)
    assert.is_truthy(folder.read(w.top .. "/err"):find "^waymark: cannot write the copy: the disk is full[^\n]*\n$")
    for name in lfs.dir(w.top) do assert.is_nil(name:find("^copy"), name) end
  end)
end)
