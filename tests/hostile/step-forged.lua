-- expect: failed nil or table expected
-- as: step
-- A table with the mark of a step, and a title that is none.
local mark = getmetatable(step { title = "Visit", principle = "listen" })
return setmetatable({ title = { "Visit" }, principle = "listen", scope = "pupil", suggest = true }, mark)
