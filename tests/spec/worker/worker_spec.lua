-- The worker as a host sees it: start, jail, one try, limits, verdicts, and what
-- becomes of a worker that misbehaves.

local core = require "waymark.core"
local jobs = require "waymark.plugin.worker"
local liar = require "tests.support.liar"
local worker = require "tests.support.worker"

local function finished(source, options)
  local got = worker.try(source, options)
  assert.are.equal("finished", got.verdict, got.message)
  return got
end

-- No instruction of it is counted; only processor time or the kill ends it.
local endless_match = "return (('a'):rep(3000)):find(('.-'):rep(12) .. 'b')"

describe("a worker", function()
  it("goes to jail before anything else, and says with which parts", function()
    local job <close> = assert(worker.start())
    local ready = job.jail
    assert.are.equal(3, ready.api)
    local done = {}
    for _, part in ipairs(ready.jail) do
      done[part.name] = part.done
      assert.is_true(part.done or not part.mandatory, part.name)
    end
    for _, name in ipairs { "system call filter", "no new privileges", "memory limit",
      "processor limit", "files closed", "environment empty" } do
      assert.is_true(done[name], name)
    end
  end)

  it("runs a plain Lua file and gives what it printed and returned", function()
    local got, ended = worker.try [[
      print("hello", 1, 2.5, true, nil)
      print("two\nlines")
      return { name = "Ada", marks = { 1, 2, 3 }, rate = 0.5, whole = 3.0 }
    ]]
    assert.are.equal("finished", got.verdict)
    assert.are.equal("", got.message)
    assert.are.same({ "hello\t1\t2.5\ttrue\tnil", "two", "lines" }, got.output)
    assert.are.equal('{"marks":[1,2,3],"name":"Ada","rate":0.5,"whole":3.0}', worker.encode(got.result))
    assert.is_true(got.peak_bytes > 10000 and got.peak_bytes < 1 << 20)
    assert.is_true(got.seconds < 1)
    assert.are.equal("finished", ended.verdict)
  end)

  it("gives null for a file that returns nothing", function()
    assert.is_nil(finished("local x = 1").result)
  end)

  it("names the file and line of an error", function()
    local got = worker.try("local x\nx.y = 1", { name = "plugins/local/step.lua" })
    assert.are.equal("failed", got.verdict)
    assert.are.equal("plugins/local/step.lua:2: attempt to index a nil value (local 'x')", got.message)
  end)

  it("keeps the caller's line in the errors of replaced functions", function()
    assert.are.equal("plugin.lua:1: bad argument #2 to 'format' (number expected, got string)",
      worker.try("local s = string.format('%d', 'x')").message)
    assert.are.equal("plugin.lua:1: resulting string too large", worker.try("return ('xx'):rep(1 << 62)").message)
  end)

  it("keeps what was printed before an error", function()
    local got = worker.try("print 'before' error 'boo'")
    assert.are.same({ "before" }, got.output)
  end)

  it("is the same on every run: order, sorting, chance, count", function()
    local source = [[
      local t, words = {}, {}
      for i = 1, 500 do t["key" .. (i * 7919) % 1009] = i end
      for key, value in pairs(t) do words[#words + 1] = key .. "=" .. value end
      table.sort(words, function(a, b) return a:sub(1, 4) < b:sub(1, 4) end)
      return { table.concat(words, " "), math.random(1 << 40), (next(t)) }
    ]]
    local first, second = finished(source), finished(source)
    assert.are.same(first.result, second.result)
    assert.are.equal(first.instructions, second.instructions)
    local other = finished(source, { limits = { seed = 2 } })
    assert.are.equal(first.result[1], other.result[1])
    assert.are_not.equal(first.result[2], other.result[2])
  end)

  it("sorts stably", function()
    local got = finished [[
      local list = {}
      for i = 1, 1000 do list[i] = { key = i * 31 % 7, place = i } end
      table.sort(list, function(a, b) return a.key < b.key end)
      for i = 2, #list do
        local a, b = list[i - 1], list[i]
        if a.key > b.key or (a.key == b.key and a.place > b.place) then return i end
      end
      local words = { "b", "a", "C", "10", "9" }
      table.sort(words)
      return words
    ]]
    assert.are.same({ "10", "9", "C", "a", "b" }, got.result)
  end)

  it("walks tables as stock Lua does, but for the order", function()
    local got = finished [[
      local seen, t = {}, { 10, 20, 30, x = 1, y = 2 }
      for key, value in pairs(t) do
        seen[#seen + 1] = tostring(key) .. "=" .. value
        t[key] = nil
        t.y = nil
      end
      local proxy = setmetatable({}, { __pairs = function() return next, { a = 1 }, nil end })
      for key in pairs(proxy) do seen[#seen + 1] = key end
      return { seen, next({}) == nil, (pcall(next, {}, "none")) }
    ]]
    assert.are.same({ { "1=10", "2=20", "3=30", "x=1", "a" }, true, true }, got.result)
  end)
end)

describe("the limits of a worker", function()
  it("end an endless loop in well under two seconds, and name its line", function()
    local got = worker.try("local n = 0\nwhile true do n = n + 1 end")
    assert.are.equal("over-budget", got.verdict)
    assert.are.equal("used more than 100000000 instructions in one call at plugin.lua:2", got.message)
    assert.is_true(got.seconds < 1.5, got.seconds)
  end)

  it("end a file that eats memory, and name its line", function()
    local got = worker.try("local t = {}\nfor i = 1, 1e9 do\nt[i] = ('x'):rep(1000) .. i end",
      { memory = 16 << 20 })
    assert.are.equal("over-memory", got.verdict)
    assert.are.equal("needed more than 16 MB of memory at plugin.lua:3", got.message)
    assert.is_true(got.peak_bytes <= 16 << 20)
  end)

  it("leave room for garbage: only what is kept counts", function()
    finished("for i = 1, 500 do local t = ('x'):rep(100000) .. i end", { memory = 4 << 20 })
  end)

  it("end a C function that never comes back, by processor time", function()
    local got = worker.try(endless_match, { cpu = 0.2 })
    assert.are.equal("killed", got.verdict)
    assert.are.equal("killed: used more than 0.2 seconds of processor time", got.message)
    assert.is_true(got.seconds >= 0.15 and got.seconds < 1)
  end)

  it("end it by the processor time of one request too", function()
    local got = worker.try(endless_match, { cpu = 60, request = 0.2 })
    assert.are.equal("killed", got.verdict)
    assert.are.equal("killed: used more than 0.2 seconds of processor time", got.message)
    assert.is_true(got.seconds >= 0.2 and got.seconds < 1, got.seconds)
    assert.is_nil(got.machine)
  end)

  it("hold for an answer that was there before anybody looked", function()
    local job <close> = assert(worker.start { cpu = 60, request = 0.1 })
    assert(worker.ask(job, "load", { kind = "try", name = "a" }))
    assert(job:send("try", "for _ = 1, 9e7 do end return 1"))
    os.execute "sleep 1"
    local kind, outcome = job:receive()
    assert.same({ false, "killed: used more than 0.1 seconds of processor time" }, { kind or false, outcome.message })
  end)

  it("do not blame a plugin that the machine gave no processor", function()
    local liars = liar.new()
    local busy = "this machine is too busy: in 2 seconds the plugin was not given the 2 seconds of a processor"
    local function is_busy(outcome)
      assert.same({ "killed", true }, { outcome.verdict, outcome.machine })
      assert.equal(1, outcome.message:find(busy, 1, true), outcome.message)
      assert.is_true(outcome.seconds < 1, outcome.seconds)
    end
    local none, outcome = liars:starved({ wall = 2 }, true)
    assert.is_nil(none)
    is_busy(outcome)
    local job <close> = assert(liars:starved { wall = 2 })
    is_busy(select(2, worker.ask(job, "load", { kind = "try", name = "a" })))
    liars:remove()
  end)

  it("do not blame a plugin whose worker the system killed, as it does when memory ends", function()
    local liars = liar.new()
    local job <close> = liars:stopped()
    local outcome = select(2, worker.ask(job, "load", { kind = "try", name = "a" }))
    assert.same({ "killed", true }, { outcome.verdict, outcome.machine })
    assert.truthy(outcome.message:find("was stopped from outside: is this machine short of memory?", 1, true))
    liars:remove()
  end)

  it("can be set for a try", function()
    local got = worker.try("while true do end", { limits = { instructions_call = 1000 } })
    assert.are.equal("over-budget", got.verdict)
    got = worker.try("print 'a' print 'b' print 'c'", { limits = { print_lines = 2 } })
    assert.are.same({ "a", "b", "[what was printed after this was dropped: too much]" }, got.output)
  end)

  it("cannot be nonsense", function()
    for _, limits in ipairs { { memory = 1 << 40 }, { instructions_call = -1 }, { seed = "x" } } do
      local got = worker.try("return 1", { limits = limits })
      assert.are.equal("refused", got.verdict)
    end
    assert.has_error(function() worker.start { memory = 1 } end)
    assert.has_error(function() worker.start { cpu = 0 / 0 } end)
  end)
end)

describe("the host of a worker", function()
  it("says plainly when there is no worker", function()
    local job, outcome = worker.start { worker = "build/no-such-worker" }
    assert.is_nil(job)
    assert.are.equal("refused", outcome.verdict)
    assert.is_truthy(outcome.message:find("cannot start build/no-such-worker", 1, true))
  end)

  it("does not take another program for a worker", function()
    local job, outcome = worker.start { worker = "/bin/true" }
    assert.is_nil(job)
    assert.are.equal("killed", outcome.verdict)
    assert.are.equal("ended unexpectedly (exit status 0)", outcome.message)
    job, outcome = worker.start { worker = "/usr/bin/yes", request = 0.2 }
    assert.is_nil(job)
    assert.are.equal("killed: used more than 0.2 seconds of processor time", outcome.message)
  end)

  it("begins one ahead, and waits for it when it is needed", function()
    local job <close> = assert(worker.start { ahead = true })
    assert.is_nil(job.jail)
    assert.is_true(job:ready())
    assert.is_table(job.jail.jail)
    assert.are.equal("result", (worker.ask(job, "load", { kind = "try", name = "a" })))
    local none = assert(worker.start { worker = "/bin/true", ahead = true })
    local ready, outcome = none:ready()
    assert.same({ false, "ended unexpectedly (exit status 0)" }, { ready or false, outcome.message })
    local unused = assert(worker.start { ahead = true }):finish()
    assert.same({ "killed", "ended before it had answered" }, { unused.verdict, unused.message })
  end)

  it("takes one that was begun ahead for the next with its limits, once", function()
    local asked, start = {}, core.worker.start
    finally(function() core.worker.start = start end)
    function core.worker.start(what)
      asked[#asked + 1] = what.cpu
      return start(what)
    end
    jobs.begin_ahead(jobs.evaluate_limits)
    for _, limits in ipairs { jobs.declare_limits, jobs.evaluate_limits, jobs.evaluate_limits } do
      local job <close> = assert(jobs.start(limits))
      assert.is_table(job.jail)
    end
    assert.same({ 3600, 2, 3600 }, asked)
  end)

  it("refuses requests that do not belong", function()
    local job <close> = assert(worker.start())
    local kind, outcome = job:request("batch", "")
    assert.is_nil(kind)
    assert.are.equal("refused", outcome.verdict)
    assert.are.same(outcome, (job:outcome()))
    assert.are.same({ nil, outcome }, { job:request("try", "") })
    assert.are.equal("refused", job:finish().verdict)
  end)

  it("takes one LOAD and one TRY", function()
    local job <close> = assert(worker.start())
    assert.are.equal("result", (worker.ask(job, "load", { kind = "try", name = "a" })))
    assert.are.equal("result", (job:request("try", "return 1")))
    assert.is_nil(job:request("try", "return 1"))
  end)

  it("refuses a LOAD that it does not understand", function()
    for _, load in ipairs { "", "[]", "{", '{"kind":"other"}', '{"kind":"try"}', "\0\1" } do
      local job <close> = assert(worker.start())
      local kind, outcome = job:request("load", load)
      assert.is_nil(kind)
      assert.are.equal("refused", outcome.verdict)
    end
  end)

  it("gets the Lua of plugins as it is, behind the LOAD, and no templates", function()
    local init = 'return { reasons = { { "a", "\\u{e9} é" } } } -- the end'
    local payload = jobs.load_bytes { kind = "declare", today = "2026-03-20", codes = {}, plugins = { { name = "t",
      options = {}, files = { ["plugin.lua"] = 'return { name = "t", version = "1", api = 2 }', ["init.lua"] = init,
        ["templates/t.txt"] = "Dear {{name}}" } } } }
    assert.is_truthy(payload:find(init .. 'return { name', 1, true), payload)
    assert.is_nil(payload:find("Dear", 1, true))
    local job <close> = assert(worker.start())
    local kind, answer = jobs.ask(job, "load", payload)
    assert.same({ "declared", "é é" }, { kind, answer.reasons and answer.reasons[1].words })
  end)

  it("knows the kinds of messages and their sizes", function()
    local job <close> = assert(worker.start())
    assert.has_error(function() job:request("other", "") end)
    local kind, outcome = job:request("load", ("x"):rep((4 << 20) + 1))
    assert.same({ false, "refused" }, { kind or false, outcome.verdict })
  end)

  it("can close a job at any time, and then use it no more", function()
    local kept
    do
      local job <close> = assert(worker.start())
      kept = job
    end
    assert.has_error(function() kept:finish() end)
    assert.has_error(function() return kept.jail end)
  end)

  it("does not wait for an answer that it no longer wants", function()
    local job <close> = assert(worker.start())
    assert(worker.ask(job, "load", { kind = "try", name = "a" }))
    assert(job:send("try", endless_match))
    local before = os.clock()
    local outcome = job:finish()
    assert.same({ "killed", "ended before it had answered" }, { outcome.verdict, outcome.message })
    assert.is_true(outcome.seconds < 1 and os.clock() - before < 1)
  end)

  it("keeps several workers apart", function()
    local started = {}
    for i = 1, 4 do started[i] = assert(worker.start()) end
    for i = 4, 1, -1 do
      local _, answer = worker.ask(started[i], "load", { kind = "try", name = "n", source = "return " .. i })
      assert.are.equal(i, answer.result)
    end
    for i = 1, 4 do assert.are.equal("finished", started[i]:finish().verdict) end
  end)
end)

-- What comes from a worker that was taken over: a program that sends what it likes.
describe("a worker that lies", function()
  local frame, it_lies = liar.frame, nil
  setup(function() it_lies = liar.new() end)
  teardown(function() it_lies:remove() end)

  local function said(bytes, asked)
    local job <close> = it_lies:start(bytes)
    return jobs.ask(job, asked or "load", "{}")
  end

  local function caught(bytes, asked)
    local kind, outcome = said(bytes, asked)
    assert.is_nil(kind)
    assert.equal("killed", outcome.verdict)
    assert.truthy(outcome.message:find("malformed answer", 1, true), outcome.message)
    assert.truthy(utf8.len(outcome.message))
  end

  local manifest = '{"name":"a","version":"1","api":1,"requires":[],"reads":[],"consults":[],"sends":[],"options":{}}'
  local set = '{"plugins":[' .. manifest .. '],"rules":[],"codes":[],"steps":[],"reasons":[],"lists":{},'
    .. '"returns":[],"hooks":[]}'

  it("is believed what is well formed", function()
    assert.equal("declared", (said(frame("declared", 1, manifest))))
    assert.equal("declared", (said(frame("declared", 1, set))))
    local _, outcome = said(frame("refused", 1, '{"verdict":"failed","message":"boo"}'))
    assert.same({ "failed", "boo" }, { outcome.verdict, outcome.message })
  end)

  it("cannot say that it finished by a refusal, nor that it was killed", function()
    caught(frame("refused", 1, '{"verdict":"finished","message":""}'))
    caught(frame("refused", 1, '{"verdict":"killed","message":""}'))
  end)

  it("cannot send a message that would have to be cut", function()
    caught(frame("refused", 1, '{"verdict":"failed","message":"' .. ("\u{20AC}"):rep(700) .. '"}'))
    caught(frame("refused", 1, '{"verdict":"failed","message":"' .. ("\\u001b"):rep(600) .. '"}'))
  end)

  it("cannot answer out of turn", function()
    caught(frame("declared", 2, manifest))
    caught(frame("done", 1, '{"verdict":"finished","peak_bytes":1,"instructions":1}'))
    caught(frame("effects", 1, '{"effects":[]}'))
    caught(frame(0, 1, "{}"))
    caught(string.pack("<I4BI4", 1 << 30, liar.kinds.declared, 1))
    caught(frame("result", 1, '{"verdict":"finished"}'))
  end)

  it("cannot declare what is not in its form", function()
    for _, lie in ipairs { "", "[]", "{}", "null", "{", '{"name":"a"}', "[" .. manifest .. "]",
      (manifest:gsub('"1"', "1")), (manifest:gsub("{}", '{"x":1}')), (manifest:gsub("{}", '{"\\u001b":{}}')),
      (manifest:gsub('"reads":%[%]', '"reads":[1]')), (manifest:gsub("}$", ',"extra":1}')),
      (set:gsub('"rules":%[%]', '"rules":[{"name":"x"}]')), (set:gsub('"lists":{}', '"lists":{"x":{}}')),
      (set:gsub('"steps":%[%]', '"steps":[[]]')), (set:gsub('"hooks":%[%]', '"hooks":{}')),
      (set:gsub('"plugins":%[.*%],"rules"', '"plugins":[],"rules"')),
      (set:gsub('"codes":%[%]', '"codes":[' .. ("{},"):rep(600) .. "{}]")) } do
      caught(frame("declared", 1, lie))
    end
  end)

  local item = '{"item":"a","there":true,"needed":false}'
  local route = '{"contact":1,"route":"a","open":true,"from":"2026-05-01"}'
  local good = { '{"fields":{"a":1,"b":"x","c":true,"d":["x",{"what":"y"}]}}', '{"why":"no"}',
    '{"why":"no","fields":{}}', '{"failed":"boo"}',
    '{"checklist":[' .. item .. "]}", '{"routes":[' .. route .. "]}", '{"words":{"a":"x"}}' }

  it("is believed an answer about one pupil that is well formed", function()
    for _, answer in ipairs(good) do
      assert.equal("consulted", (said(frame("consulted", 1, answer), "consult")), answer)
    end
    caught(frame("consulted", 1, good[1])) -- nobody consulted it
  end)

  it("cannot answer about one pupil what is not in its form", function()
    local long, many = ("x"):rep(501), ('"x",'):rep(200) .. '"x"'
    for _, lie in ipairs { "{}", '{"fields":[]}', '{"fields":{"a":null}}', '{"fields":{"a":{}}}',
      '{"fields":{"\\u001b":1}}', '{"fields":{"":1}}', '{"fields":{"a":[[]]}}', '{"fields":{"a":[{"b":1}]}}',
      '{"fields":{"a":"' .. long .. '"}}', '{"fields":{"a":[' .. many .. "]}}", '{"why":1}',
      '{"why":"a","fields":{},"more":1}', '{"why":1,"fields":{}}',
      '{"why":"' .. long .. '"}', '{"checklist":{}}', '{"checklist":[{}]}', (good[5]:gsub("true", "1")),
      (good[5]:gsub('"needed"', '"neded"')), (good[5]:gsub("false", 'false,"more":1')), (good[6]:gsub("1", '"1"', 1)),
      (good[6]:gsub("1", "1.5", 1)), (good[6]:gsub('"2026.*"', "3")), (good[6]:gsub("2026", "26")),
      '{"words":{"a":1}}', '{"words":["a"]}',
      '{"checklist":[' .. (item .. ","):rep(200) .. item .. "]}", '{"failed":"' .. ("x"):rep(4097) .. '"}',
      '{"failed":1}' } do
      caught(frame("consulted", 1, lie), "consult")
    end
  end)
end)

describe("the limits of a job", function()
  local function row(name)
    for line in io.lines "core/worker/README.md" do
      local cells = line:match("^| " .. name .. " |(.*)|$")
      if cells then return cells end
    end
    error("the README has no row " .. name)
  end

  local function in_row(name, value)
    assert.truthy(row(name):find(value, 1, true), ("%s: %s in %s"):format(name, value, row(name)))
  end

  it("are those that the README tells of", function()
    for _, each in ipairs { jobs.declare_limits, jobs.evaluate_limits, jobs.consult_limits, jobs.try_limits } do
      in_row("memory of Lua", ("%d MB"):format(each.memory >> 20))
      in_row("processor time, each request", ("%d s"):format(each.request or each.cpu))
      in_row("wall clock, each request", ("%d s"):format(each.wall))
      assert.is_true(each.wall >= 20 * (each.request or each.cpu))
      in_row("processor time", each.cpu == 3600 and "1 hour" or ("%d s"):format(each.cpu))
      in_row("instructions a call", ("%d million"):format(each.instructions_call // 1000000))
    end
  end)

  it("end a step within three seconds, whatever the batch before it took", function()
    assert.is_true(jobs.evaluate_limits.request <= 3)
  end)
end)
