-- thresholds: tells the attendance officer, in one message a day, which thresholds over school weeks are newly met
-- or undone: of whom, from when to when, by which mark, and with which import it came.

local function tell(what)
  return function(event, pupil)
    return mail {
      to = staff(config.to),
      template = "thresholds",
      data = { pupil = pupil, what = what, rule = event.rule, why = event.why or "since " .. (event.since or "?") },
      digest = "thresholds",
      subject = "Thresholds met or undone",
    }
  end
end

on("threshold.met", tell "met")
on("threshold.undone", tell "no longer met")
