-- expect: failed complete should return fields
-- as: consult
-- what: complete
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  complete = function() return print end }
