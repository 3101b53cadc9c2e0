"""The real `dagster dev`, driven over GraphQL, on an embedded AWS of its own."""
