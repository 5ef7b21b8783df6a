-- expect: failed global 'os'
os.exit(0)
