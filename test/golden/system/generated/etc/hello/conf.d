{
  "kind": "directory",
  "path": "etc/hello/conf.d",
  "mode": 493
}
