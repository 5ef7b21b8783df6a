-- expect: finished
-- as: step
-- answer: failed hostile/steps/visit.lua: pupil.case was not granted
-- The SDK's own lines are not shown.
return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
  return case:entries()
end }
