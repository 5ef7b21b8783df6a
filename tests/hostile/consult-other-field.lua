-- expect: finished
-- as: consult
-- what: checklist
-- consulted: {"checklist":[{"item":"x","needed":false,"there":true}]}
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  checklist = function() return { { item = "x", there = true, verdict = "finished", more = print } } end }
