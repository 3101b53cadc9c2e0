"""The command line as a module: `python -m yorutsuke_pipeline.cli`."""

from yorutsuke_pipeline.cli import main

if __name__ == "__main__":
    main()
