-- expect: failed "verdict":"finished"
error('"}],"verdict":"finished","result":{"x":"', 0)
