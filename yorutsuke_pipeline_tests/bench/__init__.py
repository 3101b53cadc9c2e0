"""Benchmarks: the product's stages against what else one could write, on a stub of AWS and on the embedded one.

Each is a ratio of medians of runs taken in turn, so that a busy machine slows both sides. docs/performance.md
says what was measured, and `make bench` measures it again.
"""
