"""An account examined before its first night: what is there, what is allowed, and what to do about the rest.

Everything here only looks: nothing is written, and no call costs money.
"""
