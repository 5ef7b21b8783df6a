-- expect: finished
-- as: hook
-- reads: pupil.upn
-- effects: 2
on("entry.recorded", function(event, pupil)
  for _, name in ipairs { "entry", "reason", "evidence", "figures", "upn", "address" } do
    if pcall(function() return event[name] end) then error("was shown " .. name) end
  end
  return note { text = tostring(pupil and "fine") }
end)
