-- Memory that is short: every allocation of SQLite and every one of the core fails in turn,
-- once and from there on, while things are imported, recorded and suggested. Each is whole or
-- nothing, says so in one line, and leaves a file in which `check` finds nothing.
--
-- Here a few of them, chosen by chance; `make fault` tries every one (EVERY=1).

local faults = require "tests.support.faults" -- first: the core is the one that it makes

local chance = require "tests.support.chance"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"
local rows = require "tests.support.rows"
local workspace = require "tests.support.workspace"
local zip = require "tests.support.zip"

local every = tonumber(os.getenv "EVERY") or 400

local ADA, BEN, CAL, AT = given.ADA, given.BEN, given.CAL, given.AT

before_each(given.open)
after_each(given.close)

local function database() return given.dir .. "/waymark.db" end

local function open()
  given.store = assert(core.store.open(database(), "write"))
  local days = {}
  for day = 2, 6 do days[#days + 1] = { ("2026-03-%02d"):format(day), true, true } end
  assert(given.store:default_days(nil, days))
end

local function close()
  given.store:close()
  collectgarbage()
end

-- Everything, a row a line, but for what is another each time: salts, and digests made with them.
local function all(path)
  local lines = {}
  for name, list in pairs(rows.all(path or database())) do
    for _, row in ipairs(name ~= "sqlite_schema" and list or {}) do
      row = row:gsub('\\"digest\\":\\"%x+', "")
      if name == "event" then row = row:gsub("|integer %d+$", "") end -- the digest of the row
      lines[#lines + 1] = name .. " " .. (name == "entry" and "" or row)
    end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

local function first_difference(now, wanted)
  local next_line = wanted:gmatch "[^\n]+"
  for line in now:gmatch "[^\n]+" do
    local other = next_line()
    if line ~= other then
      local from = 1
      while line:byte(from) == tostring(other):byte(from) do from = from + 1 end
      local first = math.max(1, from - 60)
      return ("there is\n%s\nand not\n%s"):format(line:sub(first, from + 99), tostring(other):sub(first, from + 99))
    end
  end
  return "there is no\n" .. tostring(next_line())
end

-- In the transaction of a command.
local function in_transaction(work)
  return function()
    local store = given.store
    assert(store:begin())
    local ok, result, message = pcall(work, store)
    if ok and result then result, message = store:commit() end
    if ok and result then return result end
    store:rollback()
    return nil, ok and message or result
  end
end

-- Whatever is raised is a message.
local function try(action)
  local ok, result, message = pcall(action)
  if ok then return result, message end
  return nil, tostring(result)
end

-- Each allocation in turn; `look` says what is wrong after one, or nothing. -> how often it was refused
local function exhaust(action, look)
  close()
  folder.write(given.dir .. "/kept", folder.read(database()))
  local function put_back()
    for _, each in ipairs { "", "-wal", "-shm" } do os.remove(database() .. each) end
    folder.write(database(), folder.read(given.dir .. "/kept"))
    open()
  end
  put_back()
  local before = all()
  assert(action())
  local after = all()
  assert.are_not.same(before, after)
  local refused = 0
  for _, of in ipairs { "core", "sqlite" } do
    for _, once in ipairs { true, false } do
      local step = of == "core" and every // 30 or every -- the core's are few
      local dice, n, failed = chance.new(every), 0, true
      close()
      put_back()
      while failed do
        local where = ("%s, allocation %d%s"):format(of, n, once and "" or " and all later")
        faults.fail(of, n, once)
        local result, message = try(action)
        failed = faults.calm()
        if not result then
          refused = refused + 1
          local is_told = failed and message:find "memory" and not message:find "\n"
          assert.is_truthy(is_told, where .. ": " .. tostring(message))
        end
        local now, wanted = all(), result and after or before
        if now ~= wanted then error(("%s: %s"):format(where, first_difference(now, wanted))) end
        assert.same({}, given.store:check(), where)
        if look then look(where) end
        close()
        put_back() -- anew each time: a connection keeps the statements that it has
        n = n + 1 + (every > 1 and dice:whole(0, 2 * step) or 0)
      end
    end
  end
  return refused
end

local function importing(kind, text)
  folder.write(given.dir .. "/import.csv", text)
  return function()
    return given.store:import(kind, given.dir .. "/import.csv",
      { at = AT, left_out_dir = given.dir .. "/left-out", am_code = "/", pm_code = "\\" })
  end
end

describe("without memory", function()
  it("an import of pupils is whole or nothing, and a UPN is never left out", function()
    local text = given.PUPILS
    for i = 1, 3 do text = text .. ("881/2345,%s,Moss,Sam %d,2015-01-02,5,5A,F,,\n"):format(CAL:sub(1, -2) .. i, i) end
    local refused = exhaust(importing("pupils", text), function(where)
      assert.equal(0, given.value [[SELECT count(*) FROM pupil p JOIN enrolment e ON e.pupil = p.id
        WHERE p.upn IS NULL OR p.sex IS NULL OR p.dob IS NULL OR e.year IS NULL OR e.form IS NULL]], where)
    end)
    assert.is_true(refused > 8, refused)
  end)

  it("an import of contacts is whole or nothing, and a phone or an address is never left out", function()
    local text = "school,upn,surname,forename,relationship,phone,email,address\n"
    for _, upn in ipairs { ADA, BEN } do
      for i = 1, 2 do
        local line = "881/2345,%s,Able,Ann %d,mother,01234 56789%d,a%d@example.org,%d Mill Lane\n"
        text = text .. line:format(upn, i, i, i, i)
      end
    end
    local refused = exhaust(importing("contacts", text), function(where)
      assert.equal(0, given.value [[SELECT count(*) FROM contact WHERE phone IS NULL OR email IS NULL
        OR address IS NULL OR forename IS NULL OR relationship IS NULL]], where)
    end)
    assert.is_true(refused > 8, refused)
  end)

  it("an import of marks is whole or nothing", function()
    given.marks(("881/2345,%s,2026-03-02,AM,/\n881/2345,%s,2026-03-02,AM,N\n"):format(ADA, BEN))
    local text = given.MARKS .. ("881/2345,%s,2026-03-02,AM,I\n"):format(BEN)
    for _, upn in ipairs { ADA, BEN, "NOBODY" } do
      for day = 2, 4 do
        text = text .. ("881/2345,%s,2026-03-%02d,AM,/\n881/2345,%s,2026-03-%02d,PM,\\\n"):format(upn, day, upn, day)
      end
    end
    assert.is_true(exhaust(importing("marks", text)) > 8)
  end)

  it("what is suggested, recorded and struck out is whole or nothing", function()
    local enrolment, concern = 1, "streak from 2026-03-02 AM"
    local refused = exhaust(in_transaction(function(store)
      local made, why = store:make_suggestion { at = AT, on = "2026-03-02", enrolment = enrolment, step = "call",
        concern = concern, plugin = "essex", version = "1.0", data = { why = "absent on 2026-03-02 AM" } }
      if not made then return nil, why end
      local function entry(kind, note)
        return store:add_entry { kind = kind, at = AT, on = "2026-03-03", enrolment = enrolment, step = "call",
          by = "Sam Reed", body = { note = note },
          data = { answers = core.array { core.array { enrolment, "call", concern } } } }
      end
      local id
      id, why = entry("entry.put-off", "Later.")
      if not id then return nil, why end
      local second
      second, why = entry("entry.recorded", "Has a cold.")
      if not second then return nil, why end
      return store:strike_entry { of = id, at = AT + 60, on = "2026-03-04", enrolment = enrolment, by = "Jo Marsh",
        data = { of = id, why = "wrong child" } }
    end), function(where)
      assert.equal(0, given.value "SELECT count(*) FROM event WHERE by IS NULL AND kind LIKE 'entry.%'", where)
    end)
    assert.is_true(refused > 8, refused)
  end)
end)

describe("a command without memory", function()
  local w, library

  setup(function()
    library = faults.keep()
    w = workspace.new { files = {
      ["pupils.csv"] = "upn,surname,forename,dob,year\nADA,Byron,Ada,2015-05-01,5\n",
      ["marks.csv"] = workspace.registers {
        ADA = workspace.with("2026-03-02", "2026-03-06", { ["2026-03-06"] = "N N" }) },
    } }
    w:ok "import pupils pupils.csv --now 2026-03-07T09:00Z"
    w:ok "import marks marks.csv --now 2026-03-07T09:00Z"
  end)
  teardown(function()
    w:remove()
    folder.remove(library)
  end)

  -- Each allocation in turn; of SQLite's there are some thousands.
  local function exhaust_command(line)
    local build, path, kept = workspace.build(), w.dir .. "/waymark.db", folder.read(w.dir .. "/waymark.db")
    local script = ("FAULTS='%s' LUA_CPATH='%s/lua/?.so;;' WAYMARK_BUILD='%s' SHORT='%%s' lua5.4"
      .. " tests/fault/short_memory.lua -C '%s' %s >/dev/null 2>'%s/err'"):format(library, build, build, w.dir, line,
      w.top)
    local function run(short)
      for _, each in ipairs { "", "-wal", "-shm" } do os.remove(path .. each) end
      folder.write(path, kept)
      local _, how, status = os.execute(script:format(short))
      return how == "exit" and status, folder.read(w.top .. "/err"), all(path)
    end
    local before = all(path)
    local status, err, after = run "core 99999999"
    assert.equal(64, status, err)
    assert.are_not.same(before, after)
    for _, of in ipairs { "core", "sqlite" } do
      for _, once in ipairs { " once", "" } do
        local step = every > 1 and every * (of == "core" and 1 or 8) or 0
        local dice, n = chance.new(every), 0
        repeat
          local where = ("%s: %s %d%s"):format(line, of, n, once)
          local now
          status, err, now = run(("%s %d%s"):format(of, n, once))
          local is_known = status == 0 or status == 1 or status == 3 or status == 64
          assert.is_true(is_known, ("%s: %s %s"):format(where, status, err))
          -- One line; another when what was recorded could not be written as messages either.
          err = err:gsub("^waymark: not written: [^\n]*memory[^\n]*\n", "")
          if status == 1 then assert.is_truthy(err:find "^waymark: [^\n]*memory[^\n]*\n$", where .. ": " .. err) end
          -- What it shows it reads once all of it is recorded: that, too, may fail.
          local is_whole = now == after or status == 3 or status == 1 and now == before
          if not is_whole then error(("%s (%d): %s"):format(where, status, first_difference(now, after))) end
          local store <close> = assert(core.store.open(path, "read"))
          assert.same({}, store:check(), where)
          n = n + 1 + dice:whole(0, 2 * step)
        until status == 64
      end
    end
  end

  it("says so in one line, and has suggested nothing or all of it",
    function() exhaust_command "suggest --now 2026-03-07T09:00Z" end)

  it("says so in one line, and has recorded nothing or all of it", function()
    exhaust_command ("record ADA absence-callback --outcome spoke --note Ill --on 2026-03-06 --now 2026-03-07T09:00Z")
  end)
end)

describe("a file that is no text", function()
  local files = {
    ["a.xml"] = '<all><Pupil id="1"><UPN>A1</UPN><Year><LEA>881</LEA><Estab>2345</Estab><Mark><Code>/</Code></Mark>'
      .. "<Mark><Code>N</Code><Code>O</Code></Mark></Year></Pupil><Pupil><UPN>A2</UPN></Pupil></all>",
    ["a.json"] = '{"data":[{"id":"1","code_id":"C","marks":[{"x":1},{"x":2.5}]},{"id":"2"}],'
      .. '"codes":[{"id":"C","code":"N"}]}',
    ["a.xlsx"] = zip.workbook { formats = { "dd/mm/yyyy" }, sheets = { { rows = { { "upn", "date" },
      { "A1", { v = "45908", s = 1 } }, { "A2", { v = "1E-3" } }, [5] = { nil, true } } } } },
    ["a.ics"] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20250901\nSUMMARY:INSET\nEND:VEVENT\n"
      .. "END:VCALENDAR\n",
  }

  local function read(path)
    local reader, message = core.csv(path)
    if not reader then return nil, message end
    local row
    local lines = { table.concat(reader:headings(), "|") }
    row, message = reader:next()
    while row do
      lines[#lines + 1] = table.concat(row.cells, "|")
      row, message = reader:next()
    end
    reader:close()
    return not message and table.concat(lines, "\n") or nil, message
  end

  for name, bytes in pairs(files) do
    it("is read whole, or memory is named: " .. name, function()
      local path = given.dir .. "/" .. name
      folder.write(path, bytes)
      local wanted = assert(read(path))
      for _, once in ipairs { true, false } do
        local n, failed = 0, true
        while failed do
          faults.fail("core", n, once)
          local ok, text, message = pcall(read, path)
          failed = faults.calm()
          text, message = ok and text or nil, ok and message or text
          if text then assert.equal(wanted, text) else assert.is_truthy(tostring(message):find "memory", message) end
          n = n + 1
        end
        assert.is_true(n > 10)
      end
    end)
  end
end)
