"""AWS as a stopwatch needs it: answers after a set time, keeps what the benchmarks look at, costs little.

It checks nothing that is not measured: conditions hold, signatures are right. Correctness is proved elsewhere,
on services that do check.
"""
