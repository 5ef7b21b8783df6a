-- expect: failed global 'print'
local _ENV = {}
print("gone")
