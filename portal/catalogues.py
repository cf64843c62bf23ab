"""Translations ready to be read, also where gettext is not installed."""

import os
from pathlib import Path

import polib


def compile_stale(folders: list[Path]) -> int:
    """Compile every catalogue that is newer than its compiled form; return how many."""
    done = 0
    for text in (path for folder in folders for path in Path(folder).glob("*/LC_MESSAGES/*.po")):
        compiled = text.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < text.stat().st_mtime:
            # Aside and renamed: another process may be reading, or doing the same.
            fresh = compiled.with_suffix(f".{os.getpid()}")
            polib.pofile(str(text)).save_as_mofile(str(fresh))
            fresh.replace(compiled)
            done += 1
    return done
