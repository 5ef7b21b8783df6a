-- What a worker answers is read like something from the network: against a closed
-- form, with nothing believed. The worker here is a table that says what it likes.

local jobs = require "waymark.jobs"

describe("an answer of a worker", function()
  local declared = { steps_by_name = { visit = {}, tea = {} }, rules_by_name = { away = {}, late = {} } }

  local function read(payload, kind)
    local worker = { request = function() return kind or "suggested", payload end }
    return jobs.evaluate(worker, "bytes", 2, declared)
  end

  local function answers(text) return read('{"answers":[' .. text .. "]}") end

  local good = '{"record":1,"step":"visit","verdict":"suggest","words":"x","rules":[{"rule":"away"}]}'

  it("is taken when it is well formed", function()
    assert.equal(0, #answers "")
    local list = assert(answers(good .. ',{"record":1,"step":"tea","verdict":"gated","words":"no"},'
      .. '{"record":2,"step":"visit","verdict":"suggest","words":"x","concern":"c","rules":'
      .. '[{"rule":"away","from":"2026-01-05","to":"2026-03-20"},{"rule":"late"}]},'
      .. '{"record":2,"step":"tea","verdict":"failed","words":"boo"}'))
    assert.equal(4, #list)
  end)

  local function refused(list, outcome)
    assert(list == nil, "it was taken")
    assert.equal("failed", outcome.verdict)
    assert.truthy(outcome.message:find("malformed", 1, true), outcome.message)
  end

  -- The good answer with one field in another way.
  local wrong = {
    { '"record":1', '"record":0', '"record":3', '"record":1.5', '"record":"1"', '"record":-1', '"record":null' },
    { '"step":"visit"', '"step":"vist"', '"step":1', '"step":["visit"]', '"step":null' },
    { '"verdict":"suggest"', '"verdict":"enforce"', '"verdict":true', '"verdict":null' },
    { '"words":"x"', '"words":1', '"words":null', '"words":{}', '"words":"' .. ("x"):rep(501) .. '"' },
    { '"rules":[{"rule":"away"}]', '"rules":[]', '"rules":null', '"rules":7', '"rules":"away"',
      '"rules":{"rule":"away"}',
      '"rules":["away"]', '"rules":[{}]', '"rules":[{"rule":"made-up"}]', '"rules":[{"rule":7}]',
      '"rules":[' .. ('{"rule":"away"},'):rep(50) .. '{"rule":"away"}]' },
    { '{"rule":"away"}', '{"rule":"away","from":"yesterday"}', '{"rule":"away","to":"2026-02-30"}',
      '{"rule":"away","from":20260105}', '{"rule":"away","from":"2026-01-05T00:00"}', '{"rule":"away","met":true}' },
    { '"record":1', '"record":1,"concern":7', '"record":1,"concern":"' .. ("c"):rep(65) .. '"',
      '"record":1,"consulted":7', '"record":1,"consulted":[{"rule":"made-up"}]', '"record":1,"gate":7',
      '"record":1,"gate":{}', '"record":1,"figures":{"count":99}' },
  }
  for _, row in ipairs(wrong) do
    for i = 2, #row do
      it("is refused with " .. row[i]:sub(1, 60), function()
        local at, to = good:find(row[1], 1, true)
        refused(answers(good:sub(1, at - 1) .. row[i] .. good:sub(to + 1)))
      end)
    end
  end

  for _, text in ipairs { "1", '"visit"', "[]", "null" } do
    it("is refused as a list of " .. text, function() refused(answers(text)) end)
  end

  it("is refused when one step answers twice for a pupil", function() refused(answers(good .. "," .. good)) end)

  for _, payload in ipairs { "", "{", "[]", "{}", "null", "7", '{"answers":7}', '{"answers":null}',
    '{"answers":"x"}', "\0", '{"answers":[{"record":1}', '{"answers":["\255"]}' } do
    it("is refused as " .. ("%q"):format(payload), function() refused(read(payload)) end)
  end

  it("is refused out of turn", function()
    refused(read('{"answers":[]}', "declared"))
    refused(read('{"answers":[]}', "done"))
  end)

  it("may be the worker's own refusal", function()
    local list, outcome = read('{"verdict":"over-budget","message":"too long"}', "refused")
    assert(list == nil)
    assert.same({ verdict = "over-budget", message = "too long" }, outcome)
  end)

  it("may be the host's verdict, when there is none", function()
    local worker = { request = function() return nil, { verdict = "killed", message = "crashed" } end }
    local list, outcome = jobs.evaluate(worker, "bytes", 2, declared)
    assert(list == nil)
    assert.equal("killed", outcome.verdict)
  end)

  it("is at most 200 for each pupil", function()
    local many = {}
    for i = 1, 401 do many[i] = good end
    refused(answers(table.concat(many, ",")))
  end)
end)
