-- Deciding on legal intervention: which route, and is everything there? What is there and
-- what is missing, and the routes open for each parent, are worked out in england; a person
-- decides.
local common = require "support-first"
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
  audience = "referral",
  about = "Which route is right, if any: all support that was offered, gathered in one chronology.",
  records = {
    route = { type = "choice", help = "the route that was decided on",
      choices = { "penalty-notice", "prosecution", "supervision-order", "leave-of-absence", "none" } },
    why = { type = "text", help = "why this route, or why none" },
    best_tool = { type = "yes-no", title = "The best tool now",
      help = "is legal intervention the best tool for this family now?" },
    adjustments_considered = { type = "yes-no", help = "adjustments for special needs and medical conditions" },
    supervision_order_considered = { type = "yes-no", help = "an education supervision order, by the authority" },
    social_worker_told = { type = "choice", choices = { "yes", "no", "none" },
      help = "the child's social worker or youth offending worker; none: there is none" },
    no_contract_because = { type = "text", role = "why-no-contract", title = "No contract, because",
      help = "why no attendance contract was made, if none was" },
    parents_checked_on = { type = "date", role = "parents-checked", title = "Parents' details checked on",
      help = "when the parents' names and addresses were last checked" },
  },
  documents = { "chronology" },
  outcomes = { "refer", "support-continues", "another-route" },
  checklist = common.checklist,
  routes = common.routes,
  fills = words.of,

  gate = common.too_early_to_decide,

  when = recorded "notice-to-improve",

  suggest = function(pupil, case)
    local list = notices.not_improved(case)
    local last = list[#list]
    if not last or common.was_recorded_since(case, "legal-decision", last.outcome) then return nil end
    return common.decide_because(pupil, case, not_improved(list),
      ("notice %s not improved"):format(last.outcome.id or last.outcome.on))
  end,
}
