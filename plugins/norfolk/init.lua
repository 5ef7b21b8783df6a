-- What a school's own plugin sees as parent.module: that of support-first, as it is.
return parent.module
