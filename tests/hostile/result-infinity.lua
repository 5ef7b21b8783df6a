-- expect: failed not a number
return { x = math.huge }
