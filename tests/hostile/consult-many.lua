-- expect: failed checklist gives 201 items; at most 200
-- as: consult
-- what: checklist
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  checklist = function()
    local list = {}
    for i = 1, 201 do list[i] = { item = "x", there = true } end
    return list
  end }
