"""Fuzzing of everything that reads bytes from outside: `python -m yorutsuke_pipeline_tests.fuzz --help`.

Whatever comes in, a parser gives a value that can be stored or a named reject, soon, and the same each time.
"""
