"""The documents of the code store, in units of work and outside."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bson.errors import InvalidDocument
from code_stores import entry_count, sha256, store
from neo4j import Driver
from pymongo.errors import BulkWriteError

from outgraph_xmem import CodeGraphClient, CodeStore, Connection, UnitFailed, unit
from outgraph_xmem.upserts import TOGETHER_MAX

pytestmark = pytest.mark.servers

__all__ = ["store"]

R = ("org", "repo")
A = (*R, "src/a.py")


def symbol(store: CodeStore, name: str, raw_code: Any = "…", **more: Any) -> str:
    return store.upsert_symbol(*A, name, "function", "python", raw_code, **more)


class TestDocuments:
    def test_a_file_is_all_that_its_last_upsert_said(self, store: CodeStore) -> None:
        id = store.upsert_file(*A, "python", "text", "It holds.", "llm", 3, "h1", "c1")
        assert id == sha256("org:repo:src/a.py")
        assert (store.get_file_hash(*A), store.get_file_content(*A)) == ("h1", "text")

        store.upsert_file(*A, "python", "text 2")

        [found] = store.files.find({}, {"indexed_at": 0})
        assert found == {
            **{"_id": id, "org_id": "org", "repo": "repo", "file_path": "src/a.py"},
            **{"language": "python", "raw_content": "text 2", "summary": ""},
            **{"summary_source": "ast", "total_lines": 0, "content_hash": "", "commit_sha": ""},
        }
        assert store.get_file_hash(*R, "src/b.py") is None
        assert store.get_file_content(*R, "src/b.py") is None
        assert store.delete_file(*A) is True
        assert store.delete_file(*A) is False

    def test_a_symbol_is_all_that_its_last_upsert_said(self, store: CodeStore) -> None:
        symbol(store, "K.f", "1", parent_class="K", content_hash="h1", is_public=False)
        id = symbol(store, "K.f", "2")

        [found] = store.symbols.find({}, {"indexed_at": 0})
        assert found == {
            **{"_id": id, "org_id": "org", "repo": "repo", "file_path": "src/a.py"},
            **{"symbol_name": "K.f", "symbol_type": "function", "language": "python"},
            **{"raw_code": "2", "signature": "", "docstring": "", "summary": ""},
            **{"summary_source": "ast", "start_line": 0, "end_line": 0, "line_count": 0},
            **{"parent_class": None, "is_public": True, "is_entrypoint": False},
            **{"complexity_bucket": "medium", "content_hash": "", "commit_sha": ""},
        }

    def test_symbols_are_found_by_their_file(self, store: CodeStore) -> None:
        assert symbol(store, "f", content_hash="h1") == sha256("org:repo:src/a.py:f")
        symbol(store, "g", content_hash="h2")
        more = [
            {"file_path": "src/a.py", "symbol_name": name, "raw_code": "new", "anything": [1]}
            for name in "gh"
        ]

        assert store.upsert_symbols_bulk(*R, more) == 2
        assert store.upsert_symbols_bulk(*R, []) == 0
        assert store.get_file_symbol_hashes(*A) == {"f": "h1", "g": "h2", "h": ""}
        assert store.symbols.find_one({"symbol_name": "g"})["anything"] == [1]
        assert (store.get_symbol_code(*A, "g"), store.get_symbol_hash(*A, "g")) == ("new", "h2")
        assert store.get_symbol_code(*A, "x") is store.get_symbol_hash(*A, "x") is None
        assert store.delete_symbol(*A, "f") is True
        assert store.delete_symbol(*A, "f") is False
        assert store.delete_symbols_for_file(*A) == 2

    def test_only_a_completed_scan_moves_the_commit(self, store: CodeStore) -> None:
        store.complete_scan(*R, "c0", {}, 1.0)
        assert store.get_last_scan(*R) is None

        store.start_scan(*R, "c1")
        assert store.get_last_commit_sha(*R) is None
        store.complete_scan(*R, "c1", {"files": 3}, 1.5)
        assert store.get_last_commit_sha(*R) == "c1"
        [completed] = store.list_completed_scan_pairs()
        assert completed.keys() == {"_id", "org_id", "repo", "completed_at"}
        store.start_scan(*R, "c2")
        store.fail_scan(*R, "no")

        last = store.get_last_scan(*R)
        assert last is not None
        assert (last["last_commit_sha"], last["current_commit_sha"]) == ("c1", "c2")
        assert (last["status"], last["error"]) == ("failed", "no")
        assert (last["stats"], last["duration_seconds"]) == ({"files": 3}, 1.5)
        assert store.list_completed_scan_pairs() == []
        store.start_scan(*R, "c3")
        assert store.scan_runs.find_one()["error"] is None

    def test_the_enricher_asks_until_nothing_is_left(self, store: CodeStore) -> None:
        symbol(store, "short", is_public=False)
        symbol(store, "long", line_count=9)
        symbol(store, "main", is_entrypoint=True)
        store.upsert_file(*A, "python", "…")
        assert store.count_unenriched(*R) == store.get_repo_stats(*R) == {"symbols": 3, "files": 1}

        first = store.get_unenriched_symbols(*R, limit=2)
        assert [each["symbol_name"] for each in first] == ["main", "long"]
        [oldest] = store.get_unenriched_symbols(*R, 1, prioritize_public=False)
        assert oldest["symbol_name"] == "short"
        while found := store.get_unenriched_symbols(*R, limit=2):
            for each in found:
                assert store.update_symbol_summary(each["_id"], "It does.") is True
        for each in store.get_unenriched_files(*R):
            assert store.update_file_summary(each["_id"], "It holds.") is True

        assert store.count_unenriched(*R) == {"symbols": 0, "files": 0}
        assert store.get_unenriched_files(*R) == []
        assert store.update_symbol_summary("nobody", "…") is False

    def test_what_is_upserted_again_is_enriched_again(self, store: CodeStore) -> None:
        store.update_symbol_summary(symbol(store, "f"), "It does.")
        symbol(store, "g", summary_source="llm")
        assert store.count_unenriched(*R)["symbols"] == 0

        symbol(store, "f", content_hash="h2")

        assert [each["symbol_name"] for each in store.get_unenriched_symbols(*R)] == ["f"]

    def test_a_repository_goes_and_its_jobs_and_users_stay(self, store: CodeStore) -> None:
        symbol(store, "f")
        store.upsert_file(*A, "python", "…")
        store.start_scan(*R, "c1")
        store.set_scanner_index_visibility(*R, False, "ann")
        store.set_community_star("ann", *R, True)
        store.upsert_user_repo_entry("ann", *R, "main")
        job(store, "ann", "complete")

        assert store.delete_repo(*R) == {"symbols_deleted": 1, "files_deleted": 1}

        left = {
            name: store.symbols.database[name].count_documents({})
            for name in store.symbols.database.list_collection_names()
        }
        kept = {name for name, count in left.items() if count}
        assert kept == {"scanner_jobs", "scanner_user_repos"}

    def test_eleven_indexes_are_made_once(self, store: CodeStore, connection: Connection) -> None:
        again = CodeStore(connection.options.mongodb_uri, store.symbols.database.name)

        names = again.symbols.database.list_collection_names()
        made = [len(again.symbols.database[name].index_information()) - 1 for name in names]
        assert (len(names), sum(made)) == (7, 11)

    def test_an_index_of_xmems_own_is_left_as_it_is(
        self, store: CodeStore, connection: Connection
    ) -> None:
        database = store.symbols.database
        database.drop_collection("scanner_jobs")
        keys = [("username", 1), ("updated_at", -1)]
        database.scanner_jobs.create_index(keys, name="theirs", sparse=True)

        CodeStore(connection.options.mongodb_uri, database.name)

        assert sorted(database.scanner_jobs.index_information()) == ["_id_", "job_id_1", "theirs"]


def job(store: CodeStore, user: str, phase1: str, repo: str = "repo", **more: Any) -> None:
    store.upsert_scanner_job(
        *(f"{user}:org:{repo}", user, "org", repo, "main", "url", phase1, "not_started"),
        started_at=time.time() - 5,
        **more,
    )


class TestTheDashboard:
    def test_a_job_keeps_results_and_no_error(self, store: CodeStore) -> None:
        job(store, "ann", "failed", error="no", phase1_result={"stats": {"files": 3}})
        job(store, "ann", "complete", phase2_result={"symbols": 1})

        found = store.get_scanner_job("ann:org:repo")
        assert found is not None and found["error"] is None
        assert (found["phase1_result"], found["phase2_result"]) == (
            *({"stats": {"files": 3}},),
            {"symbols": 1},
        )
        assert [each["job_id"] for each in store.list_scanner_jobs_for_user("ann")] == [
            "ann:org:repo"
        ]
        assert store.user_has_completed_scanner_job("ann", *R) is True
        assert store.user_has_completed_scanner_job("bob", *R) is False
        assert store.user_has_completed_scanner_job(" ", *R) is False
        assert store.get_scanner_job("bob:org:repo") is None

    def test_a_users_repositories(self, store: CodeStore) -> None:
        store.upsert_user_repo_entry("ann", *R, "main", last_seen_commit="c1")
        [first] = store.list_user_repos_for_user("ann")
        store.upsert_user_repo_entry("ann", *R, "dev")

        [entry] = store.list_user_repos_for_user("ann")
        assert (entry["github_org"], entry["branch"], entry["last_seen_commit"]) == (
            *("org", "dev"),
            "c1",
        )
        assert entry["created_at"] == first["created_at"] <= entry["updated_at"]

    def test_what_nobody_spoke_of_is_public(self, store: CodeStore) -> None:
        store.set_scanner_index_visibility("org", "mine", False, "ann")
        store.set_scanner_index_visibility("org", "ours", True, "ann")

        pairs = [("org", name) for name in ("mine", "ours", "other")]
        shared = store.get_scanner_index_visibility_batch(pairs)
        assert list(shared.values()) == [False, True, True]
        assert store.get_scanner_index_visibility_batch([]) == {}
        assert [store.get_scanner_index_visibility(*pair) for pair in pairs] == [
            *(False, True),
            True,
        ]
        assert [each["repo"] for each in store.list_public_scanner_indexes()] == ["ours"]

    def test_a_star_counts_once(self, store: CodeStore) -> None:
        other = ("org", "other")
        assert store.set_community_star("ann", *R, True) == 1
        assert store.set_community_star("ann", *R, True) == 1
        assert store.set_community_star("bob", *R, True) == 2
        assert store.set_community_star("ann", *R, False) == 1
        assert store.set_community_star(" ", *R, True) == 1

        assert store.get_community_star_counts_batch([R, other]) == {R: 1, other: 0}
        assert store.user_starred_community_repos_batch("bob", [R, other]) == {R}
        assert store.user_starred_community_repos_batch("ann", [R, other]) == set()

    def test_a_snapshot_is_of_the_nearest_that_there_is(self, store: CodeStore) -> None:
        assert store.get_catalog_repo_snapshot("ann", *R) == {
            **{"status": "ok", "source": "none", "share_index_publicly": True},
            **{"phase1_status": "not_started", "phase2_status": "not_started"},
        }
        store.start_scan(*R, "c1")
        store.complete_scan(*R, "c1", {"files": 3}, 1.0)
        of_scan = store.get_catalog_repo_snapshot("ann", *R)
        assert (of_scan["source"], of_scan["phase2_status"], of_scan["stats"]) == (
            *("scan_runs", "complete"),
            {"files": 3},
        )
        job(store, "bob", "complete", phase1_result={"stats": {"files": 4}})
        job(store, "eve", "running")
        of_others = store.get_catalog_repo_snapshot("ann", *R)
        assert (of_others["source"], of_others["phase1_status"], of_others["stats"]) == (
            *("catalog", "complete"),
            {"files": 4},
        )
        job(store, "ann", "failed", error="no", phase2_result={"symbols": 1})
        own = store.get_catalog_repo_snapshot("ann", *R)
        assert (own["source"], own["error"], own["phase2_stats"]) == (
            *("user_job", "no"),
            {"symbols": 1},
        )
        assert own["elapsed_seconds"] >= 5
        assert "elapsed_seconds" not in of_others

    def test_the_catalog_shows_what_is_public_and_complete(self, store: CodeStore) -> None:
        for name in ("scanned", "hidden"):
            store.start_scan("org", name, "c1")
            store.complete_scan("org", name, "c1", {}, 1.0)
        for name in ("shared", "running"):
            store.set_scanner_index_visibility("org", name, True, "ann")
        store.set_scanner_index_visibility("org", "hidden", False, "ann")
        job(store, "ann", "complete", "shared")
        job(store, "ann", "running", "running")
        store.set_community_star("ann", "org", "shared", True)

        page, total = store.list_community_catalog_page("ann")
        assert (total, [each["repo"] for each in page]) == (2, ["shared", "scanned"])
        assert (page[0]["star_count"], page[0]["starred_by_me"]) == (1, True)
        assert page[1].keys() == {"org", "repo", "star_count", "starred_by_me", "completed_at"}
        rest, _ = store.list_community_catalog_page("bob", limit=1, offset=1)
        assert [(each["repo"], each["starred_by_me"]) for each in rest] == [("scanned", False)]
        assert store.list_community_catalog_page("ann", q=" ORG/SC")[1] == 1
        latest, _ = store.list_community_catalog_page("ann", sort="recent")
        assert latest[0]["completed_at"] >= latest[1]["completed_at"]


class TestUnits:
    def test_a_unit_that_fails_leaves_no_document_and_no_entry(self, store: CodeStore) -> None:
        entries = entry_count()

        with pytest.raises(RuntimeError), unit():
            store.upsert_file(*A, "python", "…", content_hash="h1")
            symbol(store, "f")
            store.start_scan(*R, "c1")
            store.symbols.insert_one({"_id": "direct"})
            CodeGraphClient("", "", "").upsert_file(*A)
            raise RuntimeError("no")

        assert [store.files.find_one(), store.symbols.find_one(), store.scan_runs.find_one()] == [
            *(None, None, None)
        ]
        assert entry_count() == entries

    def test_a_unit_sees_what_it_wrote_and_others_do_not(self, store: CodeStore) -> None:
        symbol(store, "f")
        with ThreadPoolExecutor(1) as other, unit():
            symbol(store, "g", content_hash="h2")
            store.symbols.delete_one({"symbol_name": "f"})

            assert [each["symbol_name"] for each in store.symbols.find()] == ["g"]
            assert store.symbols.find_one({"symbol_name": "g"})["content_hash"] == "h2"
            assert store.symbols.count_documents({}) == 1
            assert store.symbols.distinct("symbol_name") == ["g"]
            assert store.get_file_symbol_hashes(*A) == {"g": "h2"}
            [outside] = other.submit(lambda: list(store.symbols.find())).result()
            assert outside["symbol_name"] == "f"

        assert store.get_file_symbol_hashes(*A) == {"g": "h2"}

    def test_the_enrichers_loop_ends_inside_a_unit_too(self, store: CodeStore) -> None:
        for name in "fgh":
            symbol(store, name)

        with unit():
            while found := store.get_unenriched_symbols(*R, limit=2):
                for each in found:
                    store.update_symbol_summary(each["_id"], "It does.")

        assert store.count_unenriched(*R)["symbols"] == 0

    def test_documents_and_graph_of_a_unit_are_one(
        self, store: CodeStore, graph: Driver, connection: Connection
    ) -> None:
        client = CodeGraphClient("", "", "")
        entries = entry_count()

        with unit():
            store.upsert_file(*A, "python", "…", content_hash="h1")
            client.upsert_file(*A, language="python")
            assert entry_count() == entries

        assert entry_count() == entries + 1
        assert store.get_file_hash(*A) == "h1"

    def test_a_unit_whose_document_write_failed_commits_nothing(self, store: CodeStore) -> None:
        with pytest.raises(UnitFailed), unit():
            symbol(store, "f")
            with pytest.raises(TypeError):
                store.symbols.insert_one("no document")

        assert store.symbols.find_one() is None

    def test_an_argument_that_is_refused_fails_the_unit(self, store: CodeStore) -> None:
        with pytest.raises(UnitFailed), unit():
            symbol(store, "f")
            with pytest.raises(KeyError):
                store.upsert_symbols_bulk(*R, [{"file_path": "src/a.py"}])

        assert store.symbols.find_one() is None


class TestUpsertsOfAUnit:
    """They go to MongoDB together, which nobody must notice."""

    def names(self, store: CodeStore) -> list[str]:
        return sorted(each["symbol_name"] for each in store.symbols.find())

    def test_more_than_are_kept(self, store: CodeStore) -> None:
        names = sorted(f"f{number}" for number in range(TOGETHER_MAX + 2))
        with unit():
            for name in names:
                symbol(store, name, content_hash="h1")
            symbol(store, names[0], content_hash="h2")

            assert store.get_file_symbol_hashes(*A)[names[0]] == "h2"

        assert self.names(store) == names

    def test_every_way_to_read_sees_them(self, store: CodeStore) -> None:
        with unit() as opened:
            symbol(store, "a")
            assert store.count_unenriched(*R)["symbols"] == 1
            symbol(store, "b")
            assert store.symbols.find_one({"symbol_name": "b"}) is not None
            symbol(store, "c")
            assert [store.symbols.count_documents({}), self.names(store)] == [3, ["a", "b", "c"]]
            unread = store.symbols.find()
            session = opened.session
            symbol(store, "d")
            raw = store.symbols._collection
            assert len(list(raw.find(session=session))) == len(list(unread)) == 4

    def test_a_session_taken_before_sees_them(self, store: CodeStore) -> None:
        raw = store.symbols
        with unit() as opened:
            session = opened.session
            symbol(store, "a")

            assert raw.find_one(session=session)["symbol_name"] == "a"

    def test_a_cursor_made_before_sees_them(self, store: CodeStore) -> None:
        with unit():
            unread = store.symbols.find()
            symbol(store, "a")

            assert [each["symbol_name"] for each in unread] == ["a"]

    def test_what_a_caller_changes_later_is_not_written(self, store: CodeStore) -> None:
        calls = ["g"]
        with unit():
            symbol(store, "f", calls)
            calls.append("h")

        assert store.symbols.find_one()["raw_code"] == ["g"]

    def test_what_cannot_be_written_raises_at_its_call(self, store: CodeStore) -> None:
        with pytest.raises(UnitFailed), unit():
            symbol(store, "f")
            with pytest.raises(InvalidDocument):
                symbol(store, "g", object())

        assert self.names(store) == []

    def test_what_mongodb_refuses_ends_the_unit(self, store: CodeStore) -> None:
        key = {"org_id": R[0], "repo": R[1], "file_path": A[2], "symbol_name": "g"}
        store.symbols.insert_one({"_id": "of somebody else", **key})
        entries = entry_count()
        with pytest.raises(BulkWriteError), unit():
            symbol(store, "f")
            symbol(store, "g")

        assert (self.names(store), entry_count()) == (["g"], entries)
