"""What deploy/ and infra/ecs.yaml say, tried without a cluster: what would be launched, with which rights."""
