"""The local writer: writes a short text about a violation from its row alone, in place of Nova, without a network.

The row is found in the prompt (``question``) and read (``row``); what it is about (``subject``) decides the frames of
its sentences (``frames``); the narrative gives its most telling sentences (``narrative``); ``text`` puts title and
description together, ``tags`` the tags. ``model`` is the only door.

Kept out: anything of AWS and anything of the product, above all its rules for answers: what they let pass, this model
must have written without knowing them.
"""
