-- expect: finished
-- result: true
-- Texts hold what was put in, never what was in memory before.
local clean = true
for n = 1, 400 do
  if ("ab"):rep(n * 37, "c"):find "[^abc]" then clean = false end
  if #("x"):rep(n * 100) ~= n * 100 then clean = false end
  if table.concat({ ("x"):rep(n), "y" }, "z"):find "[^xyz]" then clean = false end
end
return clean
