-- A Monday and what follows of it, as an attendance officer types it: how many commands and keystrokes it takes.
-- The commands are those of the manual, where printed_spec runs them: registers and a look at the list, five calls,
-- two letters to two parents each, a meeting that is arranged, held and minuted, and Friday's registers.

local folder = require "tests.support.folder"
local readme = require "tests.support.readme"

-- When each child, each step and each letter had to be named, the same took this much.
local before = { commands = 27, keystrokes = 1934 }

local page, typed = folder.read "lua/manual/start.md", {}
local section = page:match "\n### The same week, typed\n(.-)\n## "
for _, part in ipairs((readme.parts(section))) do
  if part.command and part.command:find "^waymark " then typed[#typed + 1] = part.command end
end

local function count(pattern)
  local n = 0
  for _, command in ipairs(typed) do
    if command:find(pattern) then n = n + 1 end
  end
  return n
end

describe("a Monday, typed", function()
  it("takes at most 12 commands and less than 700 keystrokes", function()
    local now = { commands = #typed, keystrokes = 0 }
    for _, command in ipairs(typed) do
      now.keystrokes = now.keystrokes + utf8.len(command) + 1 -- and the key that ends a line
    end
    local words = ("%d commands and %d keystrokes; before %d and %d"):format(now.commands, now.keystrokes,
      before.commands, before.keystrokes)
    assert.is_true(now.commands <= 12 and now.keystrokes < 700, words)
    local said = { section:gsub("%s+", " "):match
      "are (%d+) commands and (%d+) keystrokes%. %(They were (%d+) and ([%d,]+) " }
    assert.same({ now.commands, now.keystrokes, before.commands, before.keystrokes },
      { tonumber(said[1]), tonumber(said[2]), tonumber(said[3]), tonumber((said[4]:gsub(",", ""))) }, words)
  end)

  it("is all of it, with no name of a child or a parent, and nobody says who records", function()
    assert.same({ 2, 1, 4, 3, 2 }, { count "^waymark update", count "^waymark today", count "^waymark record",
      count "^waymark letter", count "^waymark attach" })
    for _, command in ipairs(typed) do assert.is_nil(command:find "%-%-by" or command:find "%-%-parent", command) end
    for line in section:gmatch "Recorded for ([^\n]-) %(…%)" do
      for word in line:gmatch "%S+" do assert.equal(0, count(word), word) end
    end
  end)

  -- What it came to stands in the manual below each command.
  it("records five calls, and letters to both parents of each child", function()
    local calls, letters, children = 0, {}, 0
    for numbers in section:gmatch "waymark record ([%d,]+) %-%-outcome" do
      for _ in numbers:gmatch "%d+" do calls = calls + 1 end
    end
    for child in section:gmatch "\n    Recorded for ([^\n]-) %(…%): An [^\n]- to [^\n]-, sent" do
      letters[child] = (letters[child] or 0) + 1
    end
    for child, n in pairs(letters) do
      assert.equal(2, n, child)
      children = children + 1
    end
    assert.same({ 5, 3 }, { calls, children })
  end)
end)
