"""The sizes that the contract allows."""

from typing import Final

ENTRY_BYTES_MAX: Final = 8 * 1024 * 1024
"""Most bytes of one encoded entry."""

REQUEST_BYTES_MAX: Final = 16 * 1024 * 1024
"""Most bytes of one encoded request."""

APPENDS_MAX: Final = 1_000
"""Most appends in one ``AppendMany``."""

WAIT_IDS_MAX: Final = 1_000
"""Most ids in one ``WaitApplied``."""
