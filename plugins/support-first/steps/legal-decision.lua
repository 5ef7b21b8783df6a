-- Deciding on legal intervention: which route, and is everything there? What is there and
-- what is missing, and the routes open for each parent, are worked out in england; a person
-- decides.
local common = require "support-first"
local decision = require "england.decision"
local fields = require "support-first.fields"
local words = require "support-first.words"

local how = { threshold = common.counted() }

-- The last outcome of a notice, when that was not enough improvement.
local function not_improved(case)
  local entries = case:entries "notice-to-improve"
  for i = #entries, 1, -1 do
    if entries[i].outcome then return entries[i].outcome == "not-improved" and entries[i] or nil end
  end
end

-- "; refer by Friday 6 February 2026", of the notice that an outcome is about
local function deadline(case, outcome)
  for _, entry in ipairs(case:entries "notice-to-improve") do
    local by = (entry.fields or {}).refer_by
    if by and (entry.id == outcome.of or entry == outcome) then return "; refer by " .. date.english(by) end
  end
  return ""
end

return step {
  title = "Deciding on legal intervention",
  principle = "enforce",
  about = "Which route is right, if any: all support that was offered, gathered in one chronology.",
  records = fields.join(decision.records, {
    route = { type = "choice", help = "the route that was decided on",
      choices = { "penalty-notice", "prosecution", "supervision-order", "leave-of-absence", "none" } },
    why = { type = "text", help = "why this route, or why none" },
  }),
  documents = { "chronology" },
  outcomes = { "refer", "support-continues", "another-route" },
  checklist = function(pupil, case) return decision.checklist(pupil, case, how) end,
  routes = function(pupil, case) return decision.routes(pupil, case, how) end,
  fills = words.of,

  gate = common.too_early_to_decide,

  suggest = function(pupil, case)
    local outcome = not_improved(case)
    return outcome and common.threshold_because(pupil,
      "the Notice to Improve ended without enough improvement" .. deadline(case, outcome))
  end,
}
