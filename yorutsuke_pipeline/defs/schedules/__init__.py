"""When a day is submitted by itself."""
