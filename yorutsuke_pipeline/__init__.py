"""Receipt photos of the day become bookkeeping transactions overnight, at batch price."""
