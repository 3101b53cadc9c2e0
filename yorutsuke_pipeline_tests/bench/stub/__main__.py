"""Starts the stub."""

import asyncio

from yorutsuke_pipeline_tests.bench.stub.server import serve

asyncio.run(serve())
