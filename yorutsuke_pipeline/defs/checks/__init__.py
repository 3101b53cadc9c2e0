"""Checks that a person relies on in the morning, each for one day; the numbers are `engine.day_account`'s."""
