"""The generated sample receipts."""
