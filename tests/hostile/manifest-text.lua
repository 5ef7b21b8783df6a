-- expect: failed
-- as: manifest
return '{"name":"hostile","version":"1","api":1}'
