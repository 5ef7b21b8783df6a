-- expect: failed multiple to-be-closed
local a <close>, b <close> = nil, nil
return a, b
