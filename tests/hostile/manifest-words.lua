-- expect: finished
-- as: manifest
-- The manifest is read with no more words than a plain file has.
for _, name in ipairs { "require", "step", "on", "rate", "count", "codes", "mail", "config", "today", "parent" } do
  if rawget(_ENV, name) ~= nil then error("reached " .. name) end
end
return { name = "hostile", version = "1", api = 1 }
