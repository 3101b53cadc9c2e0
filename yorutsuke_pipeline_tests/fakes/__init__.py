"""In-memory stand-ins for the ports, set by their constructors; the contract suite holds them to the adapters."""
