"""Reconciliation: whether intents, jobs, records, results, dead letters and objects tell one story.

What belongs here: the rules that find a contradiction, one noun a file, and the few that mend one safely:
nothing is paid, nothing is deleted whose copy is not verified, every write has its condition. What a running
pipeline can explain is no contradiction. `reconciler.py` puts the rules together.
"""
