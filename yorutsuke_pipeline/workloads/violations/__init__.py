"""Rows about regulatory violations become published texts: title, description and tags."""
