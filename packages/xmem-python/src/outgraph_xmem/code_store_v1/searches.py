"""What the retrieval searches for: by vectors, and by words."""

import re
from collections.abc import Sequence
from typing import Any, Final

from outgraph_xmem.code_store_v1.base import Base, part_of

_LANES: Final = {"summary": "symbol_summary_vec_idx", "code": "symbol_code_vec_idx"}
_FILES: Final = "file_summary_vec_idx"
_WORDS: Final = "symbol_fulltext_idx"

_LUCENE = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/\s]+')
"""What means something in a query of the fulltext index, and what is between words."""

_NEAREST = "CALL db.index.vector.queryNodes($index, $candidates, $vector) YIELD node, score"
_MATCHING = "CALL db.index.fulltext.queryNodes($index, $words) YIELD node, score"
_OF_REPO = "WHERE node.org_id = $org_id AND ($repo IS NULL OR node.repo = $repo)"
_SYMBOL = """
RETURN node.qualified_name AS qualified_name, node.symbol_type AS symbol_type,
       node.signature AS signature, node.docstring AS docstring, node.summary AS summary,
       node.file_path AS file_path, node.repo AS repo, score"""
_FILE = """
RETURN node.file_path AS file_path, node.language AS language, node.summary AS summary,
       node.repo AS repo, score"""
_BEST = "ORDER BY score DESC LIMIT $top_k"


class Searches(Base):
    """The best first, each with its ``score``. Without a repository, all of the organisation's are
    searched. They wait, and are refused, as other reads."""

    def vector_search_symbols(
        self,
        query_vector: Sequence[float],
        lane: str,
        org_id: str,
        repo: str | None = None,
        top_k: int = 10,
    ) -> list[dict[str, Any]]:
        """Symbols whose summary, or source, is nearest to the vector.

        :param lane: ``summary`` or ``code``.
        """
        if lane not in _LANES:
            raise ValueError(f"a lane is summary or code, not {lane!r}")
        return self._nearest(_LANES[lane], _SYMBOL, query_vector, org_id, repo, top_k)

    def vector_search_files(
        self,
        query_vector: Sequence[float],
        org_id: str,
        repo: str | None = None,
        top_k: int = 10,
    ) -> list[dict[str, Any]]:
        """Files whose summary is nearest to the vector."""
        return self._nearest(_FILES, _FILE, query_vector, org_id, repo, top_k)

    def fulltext_search_symbols(
        self, query_text: str, org_id: str, repo: str | None = None, top_k: int = 10
    ) -> list[dict[str, Any]]:
        """Symbols with some of the words in name, signature, source or summary; none for a text
        without words."""
        words = _LUCENE.sub(" ", query_text).strip()
        if not words:
            return []
        query = f"{_MATCHING} {_OF_REPO} {_SYMBOL} {_BEST}"
        return self._search(query, org_id, repo, index=_WORDS, words=words, top_k=top_k)

    def _nearest(
        self,
        index: str,
        answer: str,
        vector: Sequence[float],
        org_id: str,
        repo: str | None,
        top_k: int,
    ) -> list[dict[str, Any]]:
        # The index knows nothing of repositories: there must be enough left of this one.
        candidates = max(4 * top_k, 50)
        return self._search(
            f"{_NEAREST} {_OF_REPO} {answer} {_BEST}",
            org_id,
            repo,
            index=index,
            candidates=candidates,
            vector=list(vector),
            top_k=top_k,
        )

    def _search(
        self, query: str, org_id: str, repo: str | None, **parameters: Any
    ) -> list[dict[str, Any]]:
        part = "" if repo is None else part_of(org_id, repo)
        return self._read(query, part, org_id=org_id, repo=repo, **parameters)
