"""Verbs about people: `members` (registry), `users` (sign-in and staff), `clients` (machines)."""
