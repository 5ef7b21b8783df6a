-- A day to come is refused; a run that was recorded by mistake is withdrawn, and it is as if it had not been.

local workspace = require "tests.support.workspace"

local ada, ben = "A801200005001", "B801200005001"

describe("suggest as of a day to come", function()
  it("is refused, whatever else is asked for, and records nothing", function()
    local w = workspace.new { files = {
      ["pupils.csv"] = "upn,surname,forename,dob\n" .. ada .. ",Byron,Ada,2015-05-05\n",
      ["marks.csv"] = workspace.registers { [ada] = { ["2025-09-08"] = "N N" } } } }
    finally(function() w:remove() end)
    w:ok "import pupils pupils.csv"
    w:ok "--now 2025-09-08T17:00Z import marks marks.csv"
    for _, options in ipairs { "", " --dry-run", " --trace Ada", " --known-at 2025-09-08T16:00Z" } do
      local got = w:expect(1, "--now 2025-09-08T17:00Z suggest --as-of 2026-09-08" .. options)
      assert.are.equal("waymark: 2026-09-08 is still to come (today is 2025-09-08); give a day that was\n", got.err)
    end
    assert.are.equal(0, #w:json "sql 'SELECT id FROM run'")
    assert.is_truthy(w:ok("--now 2025-09-08T17:00Z suggest"):find("1 new suggestion, 0 lapsed", 1, true))
  end)
end)

describe("a run that was recorded by mistake", function()
  local w

  -- Ada is away on Monday; on Tuesday a file of another school's marks comes in as hers, and Ben's.
  setup(function()
    w = workspace.new { files = {
      ["pupils.csv"] = ("upn,surname,forename,dob\n%s,Byron,Ada,2015-05-05\n%s,Hale,Ben,2015-05-06\n"):format(ada, ben),
      ["monday.csv"] = workspace.registers { [ada] = { ["2025-09-08"] = "N N" }, [ben] = { ["2025-09-08"] = "/ \\" } },
      ["wrong.csv"] = workspace.registers { [ada] = workspace.with("2025-09-02", "2025-09-09",
        { ["2025-09-08"] = "I I" }), [ben] = workspace.with("2025-09-02", "2025-09-09",
        { ["2025-09-02"] = "O O", ["2025-09-03"] = "O O", ["2025-09-04"] = "O O", ["2025-09-05"] = "O O",
          ["2025-09-08"] = "N N", ["2025-09-09"] = "N N" }) },
    } }
    w:ok "import pupils pupils.csv"
    w:ok "--now 2025-09-08T17:00Z import marks monday.csv"
    w:ok "--now 2025-09-08T17:10Z suggest"
    w:ok "--now 2025-09-09T17:00Z import marks wrong.csv"
    w:ok "--now 2025-09-09T17:10Z suggest"
    w:ok "--now 2025-09-09T17:20Z record Ben absence-callback --outcome spoke"
  end)

  teardown(function() w:remove() end)

  local function state(of)
    local parts = {}
    local query = [[sql "SELECT step, state FROM suggestions WHERE upn = '%s' ORDER BY 1"]]
    for _, row in ipairs(w:json(query:format(of))) do
      parts[#parts + 1] = row.step .. " " .. row.state
    end
    return table.concat(parts, ", ")
  end

  it("is withdrawn by its number: what it made is gone, what it ended is open, what people answered stays", function()
    assert.is_truthy(state(ada):find("absence-callback lapsed", 1, true))
    local chronology = w:json "--now 2025-09-09T18:00Z chronology Ben"
    assert.is_truthy(state(ben):find("absence-callback answered", 1, true))
    local err = w:expect(1, "suggest --undo 1").err
    assert.is_truthy(err:find("run 1 is not the last one; withdraw run 2 (as of 2025-09-09) first", 1, true), err)

    for options, words in pairs { ["--undo 2 --as-of 2025-09-08"] = "--undo looks at nobody",
      ["--undo 2 --format json"] = "--undo looks at nobody", ["--why x"] = "of a run that is withdrawn",
      ["--by Sam"] = "of a run that is withdrawn" } do
      assert.is_truthy(w:expect(1, "suggest " .. options).err:find(words, 1, true))
    end

    local dry = w:ok "--now 2025-09-09T18:00Z suggest --undo 2 --dry-run"
    assert.is_truthy(dry:find("Would withdraw run 2", 1, true), dry)
    local events = w:json "sql 'SELECT count(*) AS n FROM event'"[1].n
    local out = w:ok '--now 2025-09-09T18:00Z suggest --undo 2 --by "Sam Reed" --why "the marks were of another school"'
    assert.is_truthy(out:find("Withdrawn: run 2, as of Tuesday 9 September 2025", 1, true), out)
    assert.is_truthy(out:find("1 suggestion that it had ended is open again", 1, true), out)
    assert.is_truthy(out:find("since by people", 1, true), out)

    assert.are.equal("absence-callback open", state(ada))
    assert.is_truthy(state(ben):find("absence-callback answered", 1, true))
    assert.is_nil(state(ben):find("open", 1, true))
    assert.is_true(w:json "sql 'SELECT count(*) AS n FROM event'"[1].n > events) -- nothing is removed
    assert.are.same({ { run = 2, by = "Sam Reed", why = "the marks were of another school" } },
      w:json "sql 'SELECT run, by, why FROM withdrawal'")
    w:ok "check"

    local after = w:json "--now 2025-09-09T18:00Z chronology Ben"
    assert.is_true(#after.entries < #chronology.entries)
    for _, each in ipairs(after.entries) do assert.are.equal("recorded", each.kind) end
    err = w:expect(1, "suggest --undo 2").err
    assert.is_truthy(err:find("run 2 was withdrawn already; the last one is 1", 1, true), err)
  end)

  it("leaves days free that it had taken, and thresholds are told anew", function()
    local out = w:ok "--now 2025-09-09T18:10Z suggest --as-of 2025-09-08"
    assert.is_nil(out:find("recorded already", 1, true), out)
    assert.is_truthy(out:find("1 new threshold met", 1, true), out)
    w:ok "check"
  end)
end)
