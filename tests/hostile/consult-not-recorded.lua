-- expect: failed complete gives "amoun", which the step does not record; did you mean "amount"?
-- as: consult
-- what: complete
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  complete = function() return { amoun = 1 } end }
