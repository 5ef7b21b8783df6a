-- Deciding on legal intervention: which route, and is everything there? What is there and
-- what is missing, and the routes open for each parent, are worked out in england; a person
-- decides.
local common = require "support-first"
local decision = require "england.decision"
local fields = require "support-first.fields"
local notices = require "england.notices"
local words = require "support-first.words"

-- "the Notice to Improve to Mrs Byron ended without enough improvement; refer by Friday 6
-- February 2026": of each parent's latest notice that did.
local function not_improved(list)
  local texts = {}
  for i, each in ipairs(list) do
    local to = each.parent and " to " .. each.parent or ""
    local by = each.entry and (each.entry.fields or {}).refer_by
    texts[i] = ("the Notice to Improve%s ended without enough improvement%s"):format(to,
      by and "; refer by " .. date.english(by) or "")
  end
  return table.concat(texts, "; ")
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
  checklist = function(pupil, case) return decision.checklist(pupil, case, common.how(pupil.as_of)) end,
  routes = function(pupil, case) return decision.routes(pupil, case, common.how(pupil.as_of)) end,
  fills = words.of,

  gate = common.too_early_to_decide,

  suggest = function(pupil, case)
    local list = notices.not_improved(case)
    local last = list[#list]
    if not last or common.was_recorded_since(case, "legal-decision", last.outcome) then return nil end
    return common.decide_because(pupil, case, not_improved(list),
      ("notice %s not improved"):format(last.outcome.id or last.outcome.on))
  end,
}
