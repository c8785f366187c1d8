"""The documents of the code store, in units of work and outside."""

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


def symbol(store: CodeStore, name: str, **more: Any) -> str:
    return store.upsert_symbol(*A, name, raw_code=f"def {name}(): ...", **more)


class TestDocuments:
    def test_a_file_keeps_what_is_given_and_has_a_lasting_id(self, store: CodeStore) -> None:
        id = store.upsert_file(*A, raw_content="text", content_hash="h1", anything=[1])
        assert id == sha256("org:repo:src/a.py")
        assert store.get_file_hash(*A) == "h1"

        store.upsert_file(*A, raw_content="text 2")

        [found] = store.files.find()
        assert (found["_id"], found["raw_content"], found["content_hash"], found["anything"]) == (
            *(id, "text 2", "h1"),
            [1],
        )
        assert store.get_file_hash(*R, "src/b.py") is None
        assert store.delete_file(*A) is True
        assert store.delete_file(*A) is False

    def test_symbols_are_found_by_their_file(self, store: CodeStore) -> None:
        assert symbol(store, "f", content_hash="h1") == sha256("org:repo:src/a.py:f")
        symbol(store, "g", content_hash="h2")
        more = [{"file_path": "src/a.py", "symbol_name": name, "raw_code": "…"} for name in "gh"]

        assert store.upsert_symbols_bulk(*R, more) == 2
        assert store.upsert_symbols_bulk(*R, []) == 0
        assert store.get_file_symbol_hashes(*A) == {"f": "h1", "g": "h2", "h": ""}
        assert store.delete_symbol(*A, "f") is True
        assert store.delete_symbol(*A, "f") is False
        assert store.delete_symbols_for_file(*A) == 2

    def test_only_a_completed_scan_moves_the_commit(self, store: CodeStore) -> None:
        store.complete_scan(*R, "c0")
        assert store.scan_runs.find_one() is None

        store.start_scan(*R, "c1")
        assert store.get_last_commit_sha(*R) is None
        store.complete_scan(*R, "c1", stats={"files": 3})
        assert store.get_last_commit_sha(*R) == "c1"
        store.start_scan(*R, "c2")
        store.fail_scan(*R, "no")

        assert store.get_last_commit_sha(*R) == "c1"
        [last] = store.scan_runs.find()
        assert (last["status"], last["error"], last["stats"]) == ("failed", "no", {"files": 3})
        store.start_scan(*R, "c3")
        assert "error" not in store.scan_runs.find_one()

    def test_the_enricher_asks_until_nothing_is_left(self, store: CodeStore) -> None:
        for name in ("main", "f", "g"):
            symbol(store, name)
        store.upsert_file(*A)
        assert store.count_unenriched(*R) == 3

        first, second = (each["symbol_name"] for each in store.get_unenriched_symbols(*R, limit=2))
        assert (first, second) == ("f", "g")
        while found := store.get_unenriched_symbols(*R, limit=2):
            for each in found:
                assert store.update_symbol_summary(each["_id"], "It does.") is True
        for each in store.get_unenriched_files(*R):
            assert store.update_file_summary(each["_id"], "It holds.") is True

        assert store.count_unenriched(*R) == len(store.get_unenriched_files(*R)) == 0
        assert store.update_symbol_summary("nobody", "…") is False

    def test_what_is_upserted_again_is_enriched_again(self, store: CodeStore) -> None:
        store.update_symbol_summary(symbol(store, "f"), "It does.")
        symbol(store, "g", summary_source="llm")
        assert store.count_unenriched(*R) == 0

        symbol(store, "f", content_hash="h2")

        assert [each["symbol_name"] for each in store.get_unenriched_symbols(*R)] == ["f"]

    def test_the_dashboards_documents(self, store: CodeStore) -> None:
        store.upsert_scanner_job("j", status="running", files=3)
        store.upsert_scanner_job("j", status="completed")
        [found] = store.scanner_jobs.find()
        assert (found["status"], found["files"]) == ("completed", 3)

        store.upsert_user_repo_entry("ann", *R, branch="main")
        store.upsert_user_repo_entry("ann", *R)
        [entry] = store.user_repos.find()
        assert entry["branch"] == "main"

        store.set_scanner_index_visibility(*R, "private")
        store.set_scanner_index_visibility(*R, "community")
        [visible] = store.scanner_indexes.find()
        assert visible["visibility"] == "community"

        assert store.set_community_star("ann", *R) == 1
        assert store.set_community_star("ann", *R, True) == 1
        assert store.set_community_star("bob", *R) == 2
        assert store.set_community_star("ann", *R, False) == 1

        symbol(store, "f")
        # The symbol, the star, the entry and the visibility.
        assert store.delete_repo(*R) == 4
        assert store.scanner_jobs.count_documents({}) == 1

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
        database.scanner_jobs.create_index([("updated_at", -1)], name="theirs", sparse=True)

        CodeStore(connection.options.mongodb_uri, database.name)

        assert sorted(database.scanner_jobs.index_information()) == ["_id_", "job_id_1", "theirs"]


class TestUnits:
    def test_a_unit_that_fails_leaves_no_document_and_no_entry(self, store: CodeStore) -> None:
        entries = entry_count()

        with pytest.raises(RuntimeError), unit():
            store.upsert_file(*A, content_hash="h1")
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

        assert store.count_unenriched(*R) == 0

    def test_documents_and_graph_of_a_unit_are_one(
        self, store: CodeStore, graph: Driver, connection: Connection
    ) -> None:
        client = CodeGraphClient("", "", "")
        entries = entry_count()

        with unit():
            store.upsert_file(*A, content_hash="h1")
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
            assert store.count_unenriched(*R) == 1
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
            symbol(store, "f", calls=calls)
            calls.append("h")

        assert store.symbols.find_one()["calls"] == ["g"]

    def test_what_cannot_be_written_raises_at_its_call(self, store: CodeStore) -> None:
        with pytest.raises(UnitFailed), unit():
            symbol(store, "f")
            with pytest.raises(InvalidDocument):
                symbol(store, "g", anything=object())

        assert self.names(store) == []

    def test_what_mongodb_refuses_ends_the_unit(self, store: CodeStore) -> None:
        entries = entry_count()
        with pytest.raises(BulkWriteError), unit():
            symbol(store, "f")
            symbol(store, "g", **{"a.b": 1, "a": 2})

        assert (self.names(store), entry_count()) == ([], entries)
