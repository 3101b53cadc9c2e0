"""The service as a process that a test can kill: `serve_alone PORT STATE_DIR S3_URL`."""

import asyncio
import sys
from pathlib import Path


async def main() -> None:
    # Imported here: each worker process imports this module again, and has no need of the service.
    from yorutsuke_pipeline_tests.local_aws.bedrock.served import serve_until  # noqa: PLC0415

    port, state_dir, s3 = sys.argv[1:]
    await serve_until(asyncio.Event(), port=int(port), state_dir=Path(state_dir), s3=s3)


if __name__ == "__main__":
    asyncio.run(main())
