-- expect: over-budget hostile.lua:2
while true do end
