"""The benchmark: every figure beside its baseline, measured in the same run, alternating (`make bench`)."""
