"""What a person sees of a run."""

from __future__ import annotations

WHOLE = """\
churn: succeeded in 26.0s
run 0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10 on local, 2027-01-15 08:00:01 UTC
with regions=["eu","us","asia"]  threshold=0.8

  ✔ extract  succeeded   3.0s
      n    42
      raw  dataset  v1  sha256:aaaaaaaaaaaa  12.3 kB
  ✔ train    succeeded  11.0s  3 of 3 items
      auc    [0.7, 0.9, 0.8]
      model  3 models
    ✔ [0]      succeeded   3.0s
    ✔ [1]      succeeded   3.0s
    ✔ [2]      succeeded   3.0s
  ✔ pick     succeeded   3.0s
      auc    0.9
      model  model  v1  sha256:cccccccccccc  12.3 kB
  ✔ publish  succeeded   1.0s

on exit
  ✔ report   succeeded   1.0s
"""
