"""How property tests are run: as long as they need on a busy machine, with nothing left on disk."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("yorutsuke", deadline=None, max_examples=60, database=None)
settings.load_profile("yorutsuke")
