-- A PDF has every name that the page has: what no font of the machine can show is found before
-- anything goes out, and the package of fonts is named.

local fonts = require "waymark.document.fonts"
local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form
A1,王,小明,2015-03-03,5,5A
B1,शर्मा,आरव,2015-04-04,5,5A
C1,Иванова,Ελένη,2015-05-05,5,5A
]]
local CONTACTS = [[
upn,title,forename,surname,relationship,parental_responsibility
A1,,伟,王,father,1
B1,Mrs,प्रिया,शर्मा,mother,1
C1,Mrs,Zoë,Đặng,mother,1
]]

local now = "--now 2025-10-16T09:00Z "
local w

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = PUPILS, ["contacts.csv"] = CONTACTS } }
  for _, kind in ipairs { "pupils", "contacts" } do
    w:run(("--now 2025-10-16T08:00Z import %s %s.csv"):format(kind, kind))
  end
end)

teardown(function() w:remove() end)

local function is_on_this_machine(character)
  local pipe <close> = io.popen(("fc-list ':charset=%x' family"):format(utf8.codepoint(character)))
  return pipe:read "a" ~= ""
end

local function kept()
  local rows = w:json "sql \"SELECT count(*) AS n FROM event WHERE kind = 'entry.rendered'\""
  local pipe <close> = io.popen(("find '%s' -name '*.pdf' -o -name '*.html' -o -name '.pdf'"):format(w.top))
  return rows[1].n, pipe:read "a"
end

describe("a PDF with a name that no font of the machine has", function()
  local papers = { "letter A1 initial-concern-letter --pdf -o out/", "letter A1 initial-concern-letter -o out.pdf",
    "letter A1 chronology --pdf -o out/ --despite example", "letter A1 call-back-form --pdf -o out/",
    "referral A1 --parent 伟 --incomplete --pdf -o out/" }

  it("is refused in one line; nothing is written or kept", function()
    if is_on_this_machine "王" then pending "fonts for Chinese are installed" end
    for _, line in ipairs(papers) do
      local made = w:run(now .. line)
      assert.equal(1, made.status, line)
      assert.truthy(made.err:find('^waymark: no font of this machine has "[^\n]*", which the PDF would be without; '
        .. "on Debian: apt install fonts%-noto%-cjk\n$"), line .. "\n" .. made.err)
      assert.truthy(made.err:find('"小明"', 1, true), made.err)
    end
    local n, files = kept()
    assert.equal(0, n)
    assert.equal("", files)
  end)

  it("says so of what no font can have", function()
    local made = w:run(now .. "letter C1 initial-concern-letter --pdf -o out/ --reference '\u{E123}'")
    assert.equal(1, made.status)
    assert.truthy(made.err:find("no font is known that has it; write it with other characters", 1, true), made.err)
  end)

  it("is made where they have it: Greek, Cyrillic, Vietnamese", function()
    local made = w:run(now .. "letter C1 initial-concern-letter -o there.pdf")
    assert.equal(0, made.status, made.err)
    local pipe <close> = io.popen(("pdftotext '%s/there.pdf' -"):format(w.top))
    local text = pipe:read "a"
    for _, name in ipairs { "Ελένη", "Иванова", "Mrs Đặng" } do assert.truthy(text:find(name, 1, true), text) end
  end)
end)

describe("what the fonts of a machine have", function()
  local coverage = "TrueType 20-7e a0-24f\nCFF 2610 4f1f 738b\nPCF 4e00-9fff 900-97f\n"

  local function said(text)
    local fault = fonts.fault(text, coverage)
    return fault and tostring(fault) or "nothing"
  end

  it("is what any font has that a PDF can be set in", function()
    assert.equal("nothing", said "Dear Zoë Ładna, 王伟 ☐")
    assert.equal('no font of this machine has "小明", which the PDF would be without; '
      .. "on Debian: apt install fonts-noto-cjk", said "for 小明,\nfor (小明)")
  end)

  it("is asked of nothing that has no shape", function()
    assert.equal("nothing", said "a\u{A0}b\u{3000}c\u{200D}d\u{FE0F}e\u{AD}f\tg\n")
  end)

  it("names the package of each script, and a few words", function()
    local text = said "शर्मा Նարե 🙂 𠮷 ひ 한 क"
    assert.truthy(text:find('"शर्मा", "Նարե", "🙂", "𠮷", "ひ", 2 further words, which', 1, true), text)
    local packages = "fonts-hanazono fonts-noto-cjk fonts-noto-color-emoji fonts-noto-core"
    assert.truthy(text:find("apt install " .. packages, 1, true), text)
  end)
end)
