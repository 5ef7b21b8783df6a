-- expect: failed the step has no checklist
-- as: consult
-- what: checklist
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  about = "asked for what it has not" }
