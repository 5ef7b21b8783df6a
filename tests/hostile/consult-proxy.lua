-- expect: finished
-- as: consult
-- what: checklist
-- consulted: {"checklist":[]}
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  checklist = function()
    return setmetatable({}, { __index = function() return { item = "x", there = true } end, __len = function() return 9 end })
  end }
