-- expect: failed
-- generate
-- The message quotes a text of whole characters and must not be cut inside one.
return 'x = "' .. ("\u{20AC}"):rep(3000) .. "\n"
