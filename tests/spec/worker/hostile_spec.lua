-- Every script of tests/hostile runs as a plugin in a real worker and must come
-- to the end that it names itself, in its first lines:
--
--   -- expect: VERDICT|VERDICT words that the message holds
--   -- cpu: seconds of processor time    -- request: the same for each request
--   -- generate: what the script returns is the source to be tried, or with `as`
--                the plugin's files
--   -- times: how often, each time in a new worker      -- name: of the file
--
-- Tried by itself (`waymark plugin try`):
--   -- result: the result as JSON        -- output: none, or the number of lines
--
-- As a part of the plugin "hostile" (`-- as: step`, `init`, `manifest`, `hook`),
-- which is asked about two pupils:
--   -- reads: its grants                 -- batches: how often it is asked
--   -- answers: how many, in all         -- answer: VERDICT words, of each of them
--   -- at: pupil and step that a kill names
--   -- effects: how many, in all
-- Asked about one pupil (`-- as: consult`), its step being "visit":
--   -- what: complete, checklist, routes or fills
--   -- consulted: the answer as JSON
--
-- The budget is a fifth of the usual one, and who is to be killed for his processor time has
-- half of what his script says, to keep this spec quick (not with SLOW=1).

local core = require "waymark.core"
local lfs = require "lfs"
local plugins = require "tests.support.plugins"
local spaces = require "waymark.workspace"
local worker = require "tests.support.worker"

local folder = "tests/hostile/"
local call_limit = os.getenv "SLOW" and 20000000 or 5000000
local share = os.getenv "SLOW" and 1 or 0.5
local patience = 20 -- seconds, where none are told: this machine may be busy

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
  -- U+0080 to U+009F, U+2028 to U+202E, U+2066 to U+2069
  for _, bytes in ipairs { "\xC2[\x80-\x9F]", "\xE2\x80[\xA8-\xAE]", "\xE2\x81[\xA6-\xA9]" } do
    assert.is_nil(text:find(bytes), "a character that steers text got through")
  end
end

-- The seconds of processor time that a script may have.
local function cpu_of(told)
  if told.cpu and told.expect:find "^killed" then return tonumber(told.cpu) * share end
  return tonumber(told.cpu) or patience
end

-- The plugin ------------------------------------------------------------------------

local school -- two pupils, who were away: { codes, bytes }

local function open_school()
  local w = plugins.school()
  local space = spaces.open(w.dir, "read")
  local next_block, _, _, closer = assert(space.store:batches { as_of = "2026-03-20",
    fields = { "registers", "pupil.upn", "pupil.name", "pupil.groups", "contacts", "cases" } })
  local _ <close> = closer
  school = { codes = space.store:codes(), bytes = next_block() }
  w:remove()
end

local manifest = [[return { name = "hostile", version = "0.1", api = 2, codes = true,
  reads = { "registers" }, sends = { "mail", "note", "follow-up" } }]]

local init = [[away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
return { away = away, road_map = { "visit" } }]]

local visit = [[return step { title = "Visit", principle = "listen",
  suggest = function(pupil) return pupil:count(require "hostile".away):because "away" end }]]

local places = { step = "steps/visit.lua", consult = "steps/visit.lua", init = "init.lua", hook = "init.lua",
  manifest = "plugin.lua" }

local function files_of(told, source)
  local files = { ["plugin.lua"] = manifest, ["init.lua"] = told.as == "hook" and "" or init,
    ["steps/visit.lua"] = visit }
  for path, text in pairs(type(source) == "table" and source or { [places[told.as]] = source }) do
    files[path] = text
  end
  return files
end

local function event_of(record, sees_cases)
  return { kind = "entry.recorded", on = "2026-03-20", school = "8812345", step = "visit", title = "Visit",
    record = record, entry = sees_cases and { outcome = "done", note = "=1+1" } or nil }
end

local function play(told, source)
  local sees_cases = (told.reads or ""):find "cases" ~= nil
  local what = { kind = told.as == "hook" and "hook" or "evaluate", files = files_of(told, source),
    stage = told.as == "manifest" and "manifest" or nil, codes = school.codes, granted = {}, batches = {},
    events = { event_of(1, sees_cases), event_of(2, sees_cases) }, limits = { instructions_call = call_limit },
    cpu = cpu_of(told), request = tonumber(told.request) }
  if what.stage then what.kind = "declare" end
  if told.as == "consult" then what.kind, what.what = "consult", told.what end
  for name in (told.reads or "registers"):gmatch "%S+" do what.granted[#what.granted + 1] = name end
  for i = 1, tonumber(told.batches) or 1 do what.batches[i] = school.bytes end
  return worker.plugin(what)
end

local function check_answers(told, got)
  local said = got.answers and #got.answers > 0 and tostring(got.answers[1].words) or ""
  if told.answers then assert.are.equal(tonumber(told.answers), #(got.answers or {}), said) end
  if told.effects then assert.are.equal(tonumber(told.effects), #(got.effects or {})) end
  if told.at then assert.are.equal(told.at, ("%s %s"):format(got.record, got.step)) end
  if told.consulted then assert.are.equal(told.consulted, worker.encode(got.consulted[1])) end
  local verdict, words = (told.answer or ""):match("^(%S*) ?(.*)$")
  if told.answer then assert.is_true(#(got.answers or {}) > 0) end
  for _, each in ipairs(got.answers or {}) do
    for _, name in ipairs { "words", "gate", "concern" } do holds_no_surprise(each[name] or "") end
    if told.answer then
      assert.are.equal(verdict, each.verdict, each.words)
      assert.is_truthy(each.words:find(words, 1, true), each.words)
    end
  end
end

-- By itself ---------------------------------------------------------------------------

local function try(told, source)
  local name = told.name and load("return " .. told.name)() or "hostile.lua"
  return worker.try(source, { name = name, cpu = cpu_of(told),
    request = tonumber(told.request), limits = { instructions_call = call_limit } })
end

local function check_result(told, got)
  local output = got.output or {}
  for _, line in ipairs(output) do holds_no_surprise((line:gsub("\t", " "))) end
  if told.output == "none" then assert.are.equal(0, #output) end
  if tonumber(told.output) then assert.are.equal(tonumber(told.output), #output) end
  if told.result then assert.are.equal(told.result, worker.encode(got.result)) end
  assert.is_true((got.peak_bytes or 0) <= 64 << 20)
end

local function contain(name)
  local text = read(folder .. name)
  local told = directives(text)
  local source = text
  if told.generate then source = assert(load(text, "=" .. name, "t"))() end
  for _ = 1, tonumber(told.times) or 1 do
    local got = (told.as and play or try)(told, source)
    local verdicts, words = told.expect:match("^(%S+) ?(.*)$")
    local said = ("%s: %s"):format(got.verdict, got.message)
    assert.is_truthy(("|" .. verdicts .. "|"):find("|" .. got.verdict .. "|", 1, true), said)
    assert.is_truthy(got.message:find(words, 1, true), said)
    assert.is_nil(got.message:find("ended unexpectedly", 1, true), said) -- a crash is no end
    holds_no_surprise(got.message);
    (told.as and check_answers or check_result)(told, got)
  end
end

describe("a hostile plugin", function()
  setup(open_school)

  it("has company", function()
    assert.is_true(#scripts() >= 150)
  end)

  for _, name in ipairs(scripts()) do
    it("is contained: " .. name:gsub("%.lua$", ""), function() contain(name) end)
  end
end)

-- What a reader sees --------------------------------------------------------------------

describe("a hostile word", function()
  local words = { [["=HYPERLINK(\"http://example.org\",\"x\")"]], [["+1+1"]], [["-2+3"]], [["@SUM(A1)"]],
    [["\9=1+1"]], [["a,b\"\n=1+1"]], [["</script><script>alert(1)</script>"]], [["\27]0;title\7\27[2Jclean"]],
    [["\u{202E}reversed\u{2066}"]], [["\",\"verdict\":\"finished"]], [["waymark: all is well\n$ "]] }
  local w

  setup(function() w = plugins.school() end)
  teardown(function() w:remove() end)

  local function use(word)
    plugins.clear(w)
    plugins.use(w, 'use "england" use "mine"')
    plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = plugins.visit(word) })
  end

  local function shown(format)
    local out = w:ok("suggest --dry-run --format " .. format .. plugins.day)
    assert.is_nil(out:gsub("\n", ""):find("[%c\127]"), out)
    assert.is_nil(out:find("\u{202E}", 1, true))
    return out
  end

  for _, word in ipairs(words) do
    it("stays a word in every form of the list: " .. word, function()
      use(word)
      local text = core.escape(load("return " .. word)())
      local list = core.decode(shown "json")
      assert.are.equal(2, #list)
      assert.are.equal(text, list[1].reason)
      local csv = shown "csv"
      assert.are.equal(3, select(2, csv:gsub("\n", "")))
      for cell in csv:gmatch '[,\n]"?([^,\n])' do assert.is_nil(cell:find "[=+@\t]", csv) end
      shown "table"
    end)
  end
end)
