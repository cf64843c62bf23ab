"""Pages about money that members own: `wallet` for the 2025 form, `fund` for a family's own."""
