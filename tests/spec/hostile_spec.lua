-- Every script of tests/hostile runs as a plugin in a real worker and must come
-- to the end that it names itself, in its first lines:
--
--   -- expect: VERDICT|VERDICT words that the message holds
--   -- result: the result as JSON        -- output: none, or the number of lines
--   -- cpu: seconds of processor time    -- generate: what the script returns is
--                                           the source to be tried
--
-- The budget is a fifth of the usual one, to keep this spec quick.

local lfs = require "lfs"
local worker = require "tests.support.worker"

local folder = "tests/hostile/"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function scripts()
  local names = {}
  for name in lfs.dir(folder) do
    if name:match("%.lua$") then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function directives(text)
  local told = {}
  for line in text:gmatch("([^\n]*)\n") do
    local name, value = line:match("^%-%- (%l+):? ?(.*)$")
    if not name then break end
    told[name] = value
  end
  return told
end

local function holds_no_surprise(text)
  assert.is_nil(text:find("[%c\127]"), "a control character got through: " .. ("%q"):format(text))
  assert.is_nil(text:find("0x%x%x%x%x%x%x"), "an address got through: " .. text)
  assert.is_truthy(utf8.len(text), "broken UTF-8 got through")
end

describe("a hostile plugin", function()
  it("has company", function()
    assert.is_true(#scripts() >= 40)
  end)

  for _, name in ipairs(scripts()) do
    it("is contained: " .. name:gsub("%.lua$", ""), function()
      local text = read(folder .. name)
      local told = directives(text)
      local source = text
      if told.generate then source = assert(load(text, "=" .. name, "t"))() end
      local got = worker.try(source, {
        name = "hostile.lua", cpu = tonumber(told.cpu), limits = { instructions_call = 20000000 },
      })
      local verdicts, words = told.expect:match("^(%S+) ?(.*)$")
      local said = ("%s: %s"):format(got.verdict, got.message)
      assert.is_truthy(("|" .. verdicts .. "|"):find("|" .. got.verdict .. "|", 1, true), said)
      assert.is_truthy(got.message:find(words, 1, true), said)
      holds_no_surprise(got.message)
      local output = got.output or {}
      for _, line in ipairs(output) do holds_no_surprise((line:gsub("\t", " "))) end
      if told.output == "none" then assert.are.equal(0, #output) end
      if tonumber(told.output) then assert.are.equal(tonumber(told.output), #output) end
      if told.result then assert.are.equal(told.result, worker.encode(got.result)) end
      assert.is_true((got.peak_bytes or 0) <= 64 << 20)
    end)
  end
end)
