"""What it was measured on, and how busy that was meanwhile: other figures than these are to be expected elsewhere."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any


def machine() -> dict[str, Any]:
    """Return the machine's cores, load and versions, and the date."""
    return {
        "cores": os.cpu_count(),
        "load": [round(each, 1) for each in os.getloadavg()],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "botocore": version("botocore"),
        "pydantic": version("pydantic"),
        "date": datetime.now(tz=timezone.utc).isoformat(timespec="minutes"),
    }
