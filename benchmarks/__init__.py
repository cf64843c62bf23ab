"""What the portal is measured by: `benchmarks/run`."""
