"""Judgement: heads, calibration, the bundle on disk, and its sums over a batch."""
