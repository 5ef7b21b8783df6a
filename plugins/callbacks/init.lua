-- callbacks: tells the attendance officer which calls home are suggested, in one
-- message a day (DfE, "Working together to improve school attendance": contact on the
-- first day of an absence that nobody explained).

local told_of = {}
for _, step in ipairs(config.steps) do told_of[step] = true end

on("suggestion.made", function(event, pupil)
  if told_of[event.step] then
    return mail {
      to = staff(config.to),
      template = "callbacks",
      data = { pupil = pupil, why = event.evidence, reason = event.reason },
      digest = "callbacks",
      subject = "Calls home to make",
    }
  end
end)
