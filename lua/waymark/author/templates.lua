-- author/templates: the files of a new plugin, by kind. In the texts NAME is the
-- plugin's name, and PARENT the plugin that it extends or stands beside.

local templates = {}

templates.about = {
  ["road-map"] = "a road map of its own, with one step",
  step = "a step more on another plugin's road map",
  hook = "told of what happened; asks for a note in the case",
}

local function readme(what, use)
  return ([[
# NAME

%s

    waymark plugin check NAME      what is wrong with it
    waymark plugin test NAME       its specs
    waymark plugin info NAME       what it may see and ask for

To use it, put into `waymark.lua`:

    %s
]]):format(what, use)
end

local keep_in_touch = [[
-- A friendly call to a family whose child has been ill for days.
local ill = streak { name = "ill-now", codes = "I", at_least = config.ill_sessions }

return step {
  title = "Keep in touch",
  principle = "listen",
  about = "A friendly call to a family whose child has been ill for days.",
  outcomes = { "spoke", "no-answer" },
  attempts = { "no-answer" },

  when = ill, -- of whom it is asked
  suggest = function(pupil)
    return pupil:streak(ill):because "ill for days: ask how things are, and what would help"
  end,
}
]]

local options = [[
  options = {
    ill_sessions = { default = 6, type = "integer", least = 2, most = 40,
      help = "half days of illness in a row before we keep in touch" },
  },
}
]]

local step_spec = [[
local kit = require "waymark.kit"

describe("keep in touch", function()
  local school

  setup(function()
    school = kit.school {
      use = 'USE',
      kit.pupil "Ada" { "2025-09-08: // // II II II" },
      kit.pupil "Ben" { "2025-09-08: // // /I II II" },
    }
  end)

  teardown(function() school:close() end)

  local function is_suggested(who)
    for _, step in ipairs(school:on "2025-09-12":steps(who)) do
      if step == "keep-in-touch" then return true end
    end
    return false
  end

  it("is suggested after three days of illness", function() assert.is_true(is_suggested "Ada") end)

  it("is not suggested after two and a half", function() assert.is_false(is_suggested "Ben") end)
end)
]]

local function with_use(text, use) return (text:gsub("USE", function() return use end)) end

templates["road-map"] = {
  ["plugin.lua"] = [[
return {
  name = "NAME",
  version = "0.1",
  api = 3,
  title = "The road map of NAME",
  requires = { "england" },
  reads = { "registers" },
]] .. options,
  ["init.lua"] = [[
-- The steps in order; each is a file of steps/.
return { road_map = { "keep-in-touch" } }
]],
  ["steps/keep-in-touch.lua"] = keep_in_touch,
  ["spec/keep_in_touch_spec.lua"] = with_use(step_spec, 'use "england" use "NAME"'),
  ["README.md"] = readme("A road map: which steps there are, in which order, and when each is suggested.",
    'use "england"\n    use "NAME"'),
}

templates.step = {
  ["plugin.lua"] = [[
return {
  name = "NAME",
  version = "0.1",
  api = 3,
  title = "What our school does besides PARENT",
  extends = "PARENT",
  GRANTS
]] .. options,
  ["init.lua"] = [[
-- The road map of PARENT with one step more.
return { road_map = parent.road_map:insert_after("AFTER", "keep-in-touch") }
]],
  ["steps/keep-in-touch.lua"] = keep_in_touch,
  ["spec/keep_in_touch_spec.lua"] = with_use(step_spec, 'use "NAME"'),
  ["README.md"] = readme("The road map of PARENT with one step more.", 'use "NAME"') .. [[

`waymark plugin diff NAME` says what it changes of PARENT.
]],
}

templates.hook = {
  ["plugin.lua"] = [[
return {
  name = "NAME",
  version = "0.1",
  api = 3,
  title = "A note in the case when a suggestion no longer holds",
  reads = { "registers" },
  sends = { "note" },
}
]],
  ["init.lua"] = [[
-- Told when a suggestion no longer holds; the note is for staff, in the pupil's case.
on("suggestion.lapsed", function(event)
  return note { text = ("%s is no longer suggested: %s"):format(event.title or event.step, event.why) }
end)
]],
  ["spec/note_spec.lua"] = [[
local kit = require "waymark.kit"

describe("the note", function()
  local school

  setup(function()
    school = kit.school {
      use = 'use "PARENT" use "NAME"',
      kit.pupil "Ada" { "2025-09-08: NN //" },
    }
    school:on "2025-09-08":suggest()
  end)

  teardown(function() school:close() end)

  it("is written when the reason for an absence became known", function()
    school:on "2025-09-09":mark("Ada", "2025-09-08: II"):suggest()
    local effects = school:effects()
    assert.are.equal(1, #effects)
    assert.are.equal("note", effects[1].kind)
    assert.are.equal("Ada", effects[1].pupil)
    assert.is_truthy(effects[1].text:find("is no longer suggested: ", 1, true))
  end)
end)
]],
  ["README.md"] = readme("Writes a note into a pupil's case when a suggestion no longer holds.", 'use "NAME"'),
}

return templates
