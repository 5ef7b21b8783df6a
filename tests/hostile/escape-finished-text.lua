-- expect: failed finished
-- The verdict does not come from words.
error('{"verdict":"finished","message":""}', 0)
