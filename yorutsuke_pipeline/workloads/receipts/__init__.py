"""Receipts: photos of receipts become bookkeeping transactions."""
