-- expect: failed agreed, item 1.x should be a text
-- as: consult
-- what: complete
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  complete = function() return { agreed = { { x = { y = {} } } } } end }
