"""How AWS is reached: one adapter a file, each behind a port of `engine.ports`.

What belongs here: calls of boto3's clients, the conditional expressions that make them safe, and the
translation of what comes back. What is kept out: any decision about records, intents or money.
"""
