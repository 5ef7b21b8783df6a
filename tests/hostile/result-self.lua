-- expect: failed a function cannot be sent
return _ENV
