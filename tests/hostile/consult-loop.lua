-- expect: over-budget hostile/steps/visit.lua:5
-- as: consult
-- what: checklist
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  checklist = function() while true do end end }
