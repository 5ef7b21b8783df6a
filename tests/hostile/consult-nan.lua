-- expect: failed
-- as: consult
-- what: complete
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  complete = function() return { amount = 0 / 0 } end }
