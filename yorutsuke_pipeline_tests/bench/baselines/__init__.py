"""What the product is measured against. Written as one would find it; not to be improved."""
