-- expect: over-budget|killed
while true do pcall(error, {}) end
