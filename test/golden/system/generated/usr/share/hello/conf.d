{
  "kind": "directory",
  "path": "usr/share/hello/conf.d",
  "mode": 493
}
