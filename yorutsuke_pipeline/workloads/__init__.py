"""What is asked of the model: one folder a workload. Pure, and knows only the engine."""
