"""The local reader: a small model that really reads receipts, in place of Nova, without a network.

A picture becomes text boxes (``recognition``), the boxes become lines (``text_lines``), the lines are put into
one spelling (``spelling``), and one rule per noun finds what a bookkeeper wants: ``amount``, ``purchase_date``,
``merchant``, ``currency``, ``direction``, ``category``. ``model`` is the only door.

Kept out: anything of AWS and anything of the product. The embedded service calls :func:`model.answer` in a
worker process and puts the text into Nova's output form itself.
"""
