"""Questions about settlements. The asker comes first; absent and not yours are the same."""
