"""Pages about authorisations: `applying` for a new one, `family` for those that run,
`quotas` for what is frozen under one."""
