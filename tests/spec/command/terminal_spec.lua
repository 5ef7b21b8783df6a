-- What reaches a terminal: no control that came from a file or an argument, whatever prints it.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local sqlite = require "tests.support.sqlite"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w, top, terminal

setup(function()
  w = plugins.school()
  top = folder.new()
  terminal = top .. "/terminal"
  assert(os.execute(("gcc -std=c11 -D_GNU_SOURCE -O1 -o '%s' tests/support/terminal.c -lutil"):format(terminal)))
end)

teardown(function()
  w:remove()
  folder.remove(top)
end)

-- What a command shows at a terminal; after `seconds` Ctrl-C is typed. -> text, exit status
local function shown(line, columns, seconds)
  local _, _, status = os.execute(("cd '%s' && PATH=\"$PWD/bin:$PATH\" '%s' %d %g '%s' -C w %s >shown"):format(w.top,
    terminal, columns or 80, seconds or 0, workspace.program(), line))
  return folder.read(w.top .. "/shown"):gsub("\r\n", "\n"), status
end

local hostile = "x\27]0;y\7\27[2J\u{202E}\u{9B}\13z"

local function check_shown(text, line)
  for _, part in ipairs { "\27%]", "\27%[2J", "\7", "\u{202E}", "\u{9B}", "\rz" } do
    assert.is_nil(text:find(part), line)
  end
end

describe("a terminal", function()
  it("gets no control of an argument, a name or a file", function()
    assert(sqlite.run(w.dir .. "/waymark.db", ("UPDATE school SET name = '%s'"):format(hostile)))
    w:file("hostile.csv", "upn,surname,forename,dob,year\nX" .. hostile .. ",A,B,2016-05-05,4\n")
    for _, line in ipairs { "init '../%s'", "'--%s'", "'%s'", "help '%s'", "attach A1 hostile.csv --as '%s' --by me",
      "check", "restore '%s' new", "today", "import pupils hostile.csv", "explain A1 '%s'", "plugin info '%s'",
      "pupil A1", "-e 'error(\"%s\")'", "-e 'print(\"%s\")'", "sql 'SELECT name FROM school'" } do
      local asked = line:format(hostile)
      check_shown(shown(asked), asked)
      check_shown(w:run(asked).err, asked)
    end
  end)

  it("gets our own colours, and every letter whole", function()
    assert.is_truthy(shown("today" .. plugins.day):find("\27[1m", 1, true))
    local text = shown [[-e 'io.write(("é€😀"):rep(3000), "\n")']]
    assert.equal(("é€😀"):rep(3000) .. "\n", text)
    assert.equal("a\\xE2\\x82b\n", (shown [[-e 'io.write("a\xE2\x82", "b\n")']]))
    assert.equal("a\\xE2\nb\\xE2\n",
      w:run([[-e 'io.stderr:write("a\xE2\n") io.stderr:write("b\xE2") io.stderr:write "\n"']]).err)
  end)

  it("has no line wider than itself, down to 20 columns, whatever the letters", function()
    local asked = "sql \"SELECT '漢字漢字漢字漢字漢字漢字 漢字' AS wide, 'e\u{301}e\u{301}' AS combining, upn FROM pupils\""
    w:file("away.csv", workspace.registers { A1 = { ["2026-03-20"] = "N N" } })
    w:ok "import marks away.csv --now 2026-03-20T17:00Z"
    w:ok("suggest" .. plugins.day)
    assert.is_truthy(w:ok("today" .. plugins.day):find "\n   1  Ada Byron, 5A: ")
    for _, columns in ipairs { 20, 33, 60 } do
      for _, line in ipairs { "plugin list", asked, "today" .. plugins.day } do
        for each in shown(line, columns):gsub("\27%[%d*[mK]", ""):gmatch "[^\n\r]+" do
          assert.is_true(core.system.columns(each) <= columns, line .. ": " .. each)
        end
      end
    end
    assert.equal("a   b\n漢  x\nyz  z\n", w:ok [[sql "SELECT '漢' AS a, 'x' AS b UNION ALL SELECT 'yz', 'z'"]])
  end)

  it("is a pipe or a file: bytes stay what they are", function()
    assert.equal("\27[2J\xE2\n", w:ok [[-e 'io.write("\27[2J\xE2\n")']])
  end)
end)

describe("Ctrl-C", function()
  it("leaves nothing behind, in the middle of a PDF either", function()
    local here = w
    w = workspace.new { files = {
      ["pupils.csv"] = "upn,surname,forename,dob,year,form\nADA,Byron,Ada,2016-05-05,4,4A\n",
      ["contacts.csv"] = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,priority\n"
        .. "ADA,Mrs,Anna,Byron,mother,1,1,1\n" } }
    finally(function()
      w:remove()
      w = here
    end)
    for _, kind in ipairs { "pupils", "contacts" } do w:ok(("import %s %s.csv"):format(kind, kind)) end
    local program = w:file("bin/weasyprint", "#!/bin/sh\nsleep 30\n")
    assert(os.execute(("chmod +x '%s'"):format(program)))
    for _, line in ipairs { "letter ADA call-back-form --pdf -o made --by Sam", "-e 'while true do end'" } do
      local text, status = shown(line, 80, 1.5)
      assert.same({ 130, true }, { status, text:find("stopped by Ctrl-C; nothing was recorded", 1, true) ~= nil }, text)
    end
    assert.equal(0, w:json('sql "SELECT count(*) AS n FROM entry"')[1].n)
    for _, path in ipairs { "/w/.pdf", "/made" } do assert.is_nil(io.open(w.top .. path)) end
  end)
end)
