-- What a worker answers is read like something from the network: against a closed
-- form, with nothing believed.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local liar = require "tests.support.liar"
local spaces = require "waymark.workspace"
local workspace = require "tests.support.workspace"

describe("an answer of a worker", function()
  local w, form, batch, it_lies

  -- Two pupils, one of them away on one day; two rules; two steps.
  setup(function()
    w = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename\nA1,Moss,Ada\nB1,Moss,Ben\n",
      ["marks.csv"] = workspace.registers { A1 = { ["2026-03-16"] = "O O" }, B1 = { ["2026-03-16"] = "/ \\" } } } }
    w:ok "import pupils pupils.csv --now 2026-03-18T09:00Z"
    w:ok "import marks marks.csv --now 2026-03-18T09:00Z"
    local space = spaces.open(w.dir, "read")
    local codes = space:codes()
    local next_block, _, _, closer = assert(space.store:batches { as_of = "2026-03-16" })
    local _ <close> = closer
    batch = assert(core.batch(next_block(), codes))
    it_lies = liar.new()
    form = core.worker.form { steps = { "visit", "tea" }, codes = codes, rules = {
      core.rule.count { name = "away", codes = "O", at_least = 1, weeks = 4 },
      core.rule.rolling { name = "late", codes = "U", at_least = 1, weeks = 4 } } }
  end)
  teardown(function()
    it_lies:remove()
    w:remove()
  end)

  -- What a worker that answers a batch with this is believed: findings, costs | nil, outcome
  local function received(kind, payload)
    local job <close> = it_lies:answers(kind, payload)
    assert(job:send("batch", ""))
    return job:receive(form, batch)
  end

  local function read(payload) return received("suggested", payload) end

  local function answers(list) return read(liar.suggested(list)) end

  -- A good answer, with other fields.
  local function good(changes)
    local answer = { record = 1, step = "visit", verdict = "suggest", words = "x", rules = { { rule = "away" } } }
    for name, value in pairs(changes or {}) do answer[name] = value end
    return answer
  end

  local function without(name)
    local answer = good()
    answer[name] = nil
    return answer
  end

  it("is taken when it is well formed", function()
    assert.equal(0, #answers {})
    local list = assert(answers { good(), { record = 1, step = "tea", verdict = "gated", words = "no" },
      good { record = 2, concern = "c",
        rules = { { rule = "away", from = "2026-01-05", to = "2026-03-20" }, { rule = "late" } } },
      { record = 2, step = "tea", verdict = "failed", words = "boo" } })
    assert.equal(4, #list)
  end)

  local function refused(list, outcome)
    assert(list == nil, "it was taken")
    assert.truthy(outcome.message:find("malformed", 1, true), outcome.message)
  end

  local function rules(reference) return good { rules = { reference } } end

  local too_many, too_many_lines = {}, {}
  for i = 1, 51 do too_many[i] = { rule = "away" } end
  for i = 1, 201 do too_many_lines[i] = "x" end
  local many = 0xFFFFFF00 -- a length that nothing has

  for name, answer in pairs {
    ["no pupil"] = good { record = 0 }, ["a pupil who is not in the batch"] = good { record = 3 },
    ["the last of all pupils"] = good { record = 0xFFFFFFFF },
    ["no step"] = without "step", ["a step that nobody declared"] = good { step = "vist" },
    ["a step that is cut off"] = good { step = "visit\0" }, ["a step of another length"] = good { step = many },
    ["no verdict"] = without "verdict", ["a verdict that there is not"] = good { verdict = "enforce" },
    ["no words"] = without "words", ["words that are too long"] = good { words = ("x"):rep(501) },
    ["words with NUL"] = good { words = "x\0y" }, ["words that are no UTF-8"] = good { words = "\255" },
    ["half a surrogate"] = good { words = "\xED\xA0\x80" }, ["words of another length"] = good { words = many },
    ["no rules"] = without "rules", ["an empty list of rules"] = good { rules = {} },
    ["a rule without a name"] = rules {}, ["a rule that nobody declared"] = rules { rule = "made-up" },
    ["too many rules"] = good { rules = too_many }, ["rules of another number"] = good { rules = many },
    ["a day in words"] = rules { rule = "away", from = "yesterday" },
    ["a day that there is not"] = rules { rule = "away", to = "2026-02-30" },
    ["a day in English"] = rules { rule = "away", from = "05/01/2026" },
    ["a day that is too short"] = rules { rule = "away", from = "2026-1-5" },
    ["a day with a time"] = rules { rule = "away", from = "2026-01-05T00:00" },
    ["a day that is empty"] = rules { rule = "away", from = "" },
    ["a period for a rule that has its own"] = rules { rule = "late", from = "2026-01-05" },
    ["a concern that is too long"] = good { concern = ("c"):rep(65) }, ["an empty concern"] = good { concern = "" },
    ["a gate that is too long"] = good { gate = ("x"):rep(8193) },
    ["a consulted rule that nobody declared"] = good { consulted = { { rule = "made-up" } } },
    ["too many lines"] = good { printed = too_many_lines },
    ["a line that is too long"] = good { printed = { ("x"):rep(501) } },
    ["a line that is none"] = good { printed = { 0xFFFFFFFF } }, ["lines of another number"] = good { printed = many },
  } do
    it("is refused with " .. name, function() refused(answers { answer }) end)
  end

  it("is refused when one step answers twice for a pupil", function() refused(answers { good(), good() }) end)

  it("is refused when it ends at any byte before its last, or after it", function()
    local answer = good { concern = "c", consulted = { { rule = "late" } }, printed = { "x" } }
    local whole = liar.suggested({ answer }, { 1 }, { { 1, 2, 3, 4, 5 }, { 0, 0, 0, 0, 0 } })
    assert(read(whole))
    for at = 0, #whole - 1 do refused(read(whole:sub(1, at))) end
    refused(read(whole .. "\0"))
  end)

  it("is refused without a list of answers, and as anything else", function()
    for _, payload in ipairs { liar.suggested(nil), liar.suggested(many), liar.suggested(5), '{"answers":[]}', "\0" } do
      refused(read(payload))
    end
  end)

  it("is measured again: what it rests on, whether that holds, and since when", function()
    local list = assert(answers { good { words = "\27[31mx" }, good { record = 2 } })
    assert.same({ true, "2026-03-16", "away from 2026-03-16 AM", 1 },
      { list[1].measured[1].met, list[1].concern_on, list[1].concern, list[1].step })
    assert.falsy(list[1].words:find "\27")
    assert.same({ false, 2 }, { list[2].measured[1].met, list[2].record })
    assert.not_equal(list[1].enrolment, list[2].enrolment)
  end)

  it("is not asked for where rules and words are the whole of a step: the host says it, and no worker may", function()
    local space = spaces.open(w.dir, "read")
    local away = core.rule.count { name = "away", codes = "O", at_least = 1, weeks = 4 }
    local late = core.rule.count { name = "late", codes = "U", at_least = 1, weeks = 4 }
    local next_block, _, _, closer = assert(space.store:batches { as_of = "2026-03-16", rules = { late, away } })
    local _ <close> = closer
    local swept = assert(core.batch(next_block(), space:codes()))
    local own = core.worker.form { steps = { "visit", "tea" }, codes = space:codes(), rules = { away, late },
      swept = { 2, 1 }, own = { { 2, "was \27[31maway", rules = { 1, 2 } } } }
    local function said(...)
      local job <close> = it_lies:answers("suggested", liar.suggested { ... })
      assert(job:send("batch", ""))
      return job:receive(own, swept)
    end
    for _, list in ipairs { (own:answers(swept)), assert(said()) } do
      assert.equal(1, #list)
      assert.same({ 1, 2, "suggest", "away", "away from 2026-03-16 AM" },
        { list[1].record, list[1].step, list[1].verdict, list[1].measured[1].rule, list[1].concern })
      assert.falsy(list[1].words:find "\27")
    end
    local list = assert(said(good(), { record = 2, step = "visit", verdict = "failed", words = "x" }))
    assert.same({ 1, 1, 2 }, { list[1].record, list[2].record, list[3].record })
    assert.same({ 1, 2, 1 }, { list[1].step, list[2].step, list[3].step })
    refused(said { record = 2, step = "tea", verdict = "failed", words = "x" })
  end)

  it("suggests nothing of a step that suggests nothing", function()
    local codes = spaces.open(w.dir, "read"):codes()
    local silent = core.worker.form { steps = { "visit", "tea" }, silent = { 2 }, codes = codes, rules = {} }
    local function said(verdict)
      local job <close> = it_lies:answers("suggested", liar.suggested { { record = 1, step = "tea", verdict = verdict,
        words = "x" } })
      assert(job:send("batch", ""))
      return job:receive(silent, batch)
    end
    for _, verdict in ipairs { "failed", "none" } do assert.equal(1, #assert(said(verdict))) end
    for _, verdict in ipairs { "suggest", "gated" } do
      local list, outcome = said(verdict)
      refused(list, outcome)
      assert.truthy(outcome.message:find("the step", 1, true), outcome.message)
    end
  end)

  it("has what each step cost when that was asked for, in full", function()
    local nothing, none = { 0, 0, 0, 0, 0 }, {}
    local _, costs = read(liar.suggested({}, nil, { { 1, 2, 3, 4, 5 }, nothing }))
    assert.same({ calls = 1, nanoseconds = 2, instructions = 3, bytes = 4, asked = 5 }, costs[1])
    for _, bad in ipairs { none, { nothing }, { nothing, nothing, nothing }, { { 1, 2, 3, 4, -5 }, nothing }, many } do
      refused(read(liar.suggested({}, nil, bad)))
    end
  end)

  it("is not asked about more than one question holds, and the worker goes on", function()
    local job <close> = it_lies:answers("suggested", liar.suggested {})
    local sent, outcome = job:send("batch", ("x"):rep((16 << 20) + 1))
    assert.is_nil(sent)
    assert.same({ "refused", "what it is asked about takes 17 MB, and one question holds 16 MB" },
      { outcome.verdict, outcome.message })
    assert(job:send("batch", ""))
    assert.same({}, (job:receive(form, batch)))
  end)

  it("has which steps were asked of somebody, by their places", function()
    local _, _, held = read(liar.suggested({}, { 2 }))
    assert.same({ [2] = true }, held.asked)
    for _, bad in ipairs { { 0 }, { 3 }, { 1, 2, 1 }, many } do refused(read(liar.suggested({}, bad))) end
  end)

  it("is refused in another order than that of pupils and road map", function()
    refused(answers { good { step = "tea" }, good() })
    refused(answers { good { record = 2 }, good() })
  end)

  it("is refused out of turn", function()
    for _, kind in ipairs { "declared", "done", "result" } do
      local list, outcome = received(kind, kind == "result" and "{}" or '{"answers":[]}')
      assert(list == nil)
      assert.same({ "killed", ("killed: a malformed answer (a %s message out of turn)"):format(kind) },
        { outcome.verdict, outcome.message })
    end
  end)

  it("may be the worker's own refusal", function()
    local list, outcome = received("refused", '{"verdict":"over-budget","message":"too long"}')
    assert(list == nil)
    assert.same({ "over-budget", "too long" }, { outcome.verdict, outcome.message })
  end)

  it("has evidence as people are shown it, of every rule, with the period that was asked", function()
    local list = assert(answers { good { rules = { { rule = "away", from = "2026-03-16", to = "2026-03-16" },
      { rule = "late" } }, consulted = { { rule = "late" } } } })
    local first, second = table.unpack(list[1].measured)
    assert.same({ "away", 2 }, { first.rule, first.count })
    assert.same({ "2026-03-16", "2026-03-16" }, { first.asked_from, first.asked_to })
    assert.same({ "late", 0, false }, { second.rule, second.count, second.met })
    assert.same({ "late", 1 }, { list[1].asked[1].rule, #list[1].asked })
    assert.equal(list[1].enrolment, list[1].pupil.id)
  end)

  it("is at most one for each pupil and step", function()
    refused(answers { good(), good(), good(), good(), good() })
  end)
end)

describe("the seeds of the fuzzer of answers", function()
  -- Built from the objects of the build, as tests/spec/core/kernel_spec.lua does.
  local function objects()
    local list = {}
    for _, name in ipairs { "base/*", "attendance/*", "worker/frame", "host/answer", "host/envelope" } do
      list[#list + 1] = ("%s/o/%s.o"):format(os.getenv "WAYMARK_BUILD" or "build", name)
    end
    return table.concat(list, " ")
  end

  it("are what a worker may answer, of every kind", function()
    local top = folder.new()
    finally(function() folder.remove(top) end)
    local sanitized = (os.getenv "PRELOAD" or "") ~= "" and "-fsanitize=address,undefined" or ""
    assert(os.execute(("env -u LD_PRELOAD gcc -std=c11 -D_GNU_SOURCE -Icore %s -o '%s/answer' %s %s -ljansson"):format(
      sanitized, top, "tests/fuzz/fuzz_answer.c", objects())))
    local pipe <close> = assert(io.popen(("env -u LD_PRELOAD '%s/answer' tests/fuzz/seeds/fuzz_answer/*"):format(top)))
    local kinds = {}
    for line in pipe:lines() do
      local kind = line:match ": (%l+) taken$"
      assert.is_truthy(kind, line)
      kinds[kind] = true
    end
    for _, kind in ipairs { "ready", "declared", "suggested", "result", "effects", "consulted", "done", "refused" } do
      assert.is_true(kinds[kind], kind)
    end
  end)
end)
