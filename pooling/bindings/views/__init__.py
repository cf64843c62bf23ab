"""Pages about authorisations: `applying` for a new one, `family` for those that run."""
