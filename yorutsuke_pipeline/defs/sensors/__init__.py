"""What is watched while nothing runs: the jobs at the service, and runs whose process has vanished."""
