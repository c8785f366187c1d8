"""The ids of documents: made from what they are about, so a repeated upsert meets its document."""

import hashlib


def file_id(org_id: str, repo: str, file_path: str) -> str:
    return document_id(org_id, repo, file_path)


def symbol_id(org_id: str, repo: str, file_path: str, symbol_name: str) -> str:
    return document_id(org_id, repo, file_path, symbol_name)


def document_id(*parts: str) -> str:
    """The SHA-256 of the parts with colons between them, in hexadecimal digits."""
    return hashlib.sha256(":".join(parts).encode("utf8")).hexdigest()
