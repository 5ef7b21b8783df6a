-- expect: failed agreed, item 1.agreed should be a text
-- as: consult
-- what: complete
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  complete = function()
    local t = {}
    t.agreed = { t }
    return t
  end }
