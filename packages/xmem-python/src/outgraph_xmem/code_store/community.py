"""Whose index anybody may see, and the stars that users give."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from outgraph_xmem.code_store.collections import Collections
from outgraph_xmem.code_store.now import now
from outgraph_xmem.unit import all_or_nothing

Pair: TypeAlias = tuple[str, str]
"""An organisation and a repository."""


class Community(Collections):
    """A repository of which nobody said who may see it is public."""

    @all_or_nothing
    def set_scanner_index_visibility(
        self, org_id: str, repo: str, share_index_publicly: bool, set_by_username: str
    ) -> None:
        """Says whether everybody may see a repository's index, and who said so."""
        whose = {"org_id": org_id, "repo": repo}
        fields = {
            **whose,
            "share_index_publicly": share_index_publicly,
            "updated_at": now(),
            "updated_by_username": set_by_username,
        }
        self.scanner_index_visibility.update_one(whose, {"$set": fields}, upsert=True)

    def get_scanner_index_visibility(self, org_id: str, repo: str) -> bool:
        """Whether everybody may see it."""
        pair = (org_id, repo)
        return self.get_scanner_index_visibility_batch([pair])[pair]

    def get_scanner_index_visibility_batch(self, pairs: Sequence[Pair]) -> dict[Pair, bool]:
        """Of each pair, as ``get_scanner_index_visibility``."""
        if not pairs:
            return {}
        said = {
            (each["org_id"], each["repo"]): bool(each.get("share_index_publicly", True))
            for each in self.scanner_index_visibility.find(_any_of(pairs))
        }
        return {pair: said.get(pair, True) for pair in pairs}

    def list_public_scanner_indexes(self, limit: int = 200) -> list[dict[str, Any]]:
        """``org_id``, ``repo`` and ``updated_at`` of those that somebody made public, the latest
        first."""
        found = self.scanner_index_visibility.find(
            {"share_index_publicly": True}, {"org_id": 1, "repo": 1, "updated_at": 1}
        )
        return list(found.sort("updated_at", -1).limit(limit))

    @all_or_nothing
    def set_community_star(self, username: str, org_id: str, repo: str, starred: bool) -> int:
        """Gives a user's star to a repository, or takes it away; nothing for a blank user. Returns
        how many it has then: they are counted, never kept as a number, so no repeat adds one."""
        star = {"username": username, "org_id": org_id, "repo": repo}
        if username and username.strip():
            if starred:
                changes = {"$set": {**star, "created_at": now()}}
                self.scanner_community_stars.update_one(star, changes, upsert=True)
            else:
                self.scanner_community_stars.delete_one(star)
        return self.get_community_star_count(org_id, repo)

    def get_community_star_count(self, org_id: str, repo: str) -> int:
        whose = {"org_id": org_id, "repo": repo}
        return int(self.scanner_community_stars.count_documents(whose))

    def get_community_star_counts_batch(self, pairs: Sequence[Pair]) -> dict[Pair, int]:
        """How many stars each pair has."""
        if not pairs:
            return {}
        by_pair = {"_id": {"org": "$org_id", "repo": "$repo"}, "stars": {"$sum": 1}}
        stages = [{"$match": _any_of(pairs)}, {"$group": by_pair}]
        counted = {
            (each["_id"]["org"], each["_id"]["repo"]): int(each["stars"])
            for each in self.scanner_community_stars.aggregate(stages)
        }
        return {pair: counted.get(pair, 0) for pair in pairs}

    def user_starred_community_repos_batch(self, username: str, pairs: Sequence[Pair]) -> set[Pair]:
        """Those of the pairs that have the user's star."""
        if not pairs or not (username and username.strip()):
            return set()
        found = self.scanner_community_stars.find({"username": username, **_any_of(pairs)})
        return {(each["org_id"], each["repo"]) for each in found}


def _any_of(pairs: Iterable[Pair]) -> dict[str, Any]:
    return {"$or": [{"org_id": org_id, "repo": repo} for org_id, repo in pairs]}
