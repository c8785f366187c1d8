"""The documents of the code store, in units of work and outside."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from code_stores import entry_count, sha256, store
from neo4j import Driver

from outgraph_xmem import CodeGraphClient, CodeStore, Connection, UnitFailed, unit

pytestmark = pytest.mark.servers

__all__ = ["store"]

R = ("org", "repo")
A = (*R, "src/a.py")


def symbol(store: CodeStore, name: str, **more: Any) -> str:
    return store.upsert_symbol(*A, name, "function", "python", f"def {name}(): ...", **more)


class TestDocuments:
    def test_a_file_is_set_whole_and_has_a_lasting_id(self, store: CodeStore) -> None:
        id = store.upsert_file(*A, "python", "text", summary="x", content_hash="h1")
        assert id == sha256("org:repo:src/a.py")
        assert store.get_file_hash(*A) == "h1"
        assert store.get_file_content(*A) == "text"

        store.upsert_file(*A, "python", "text 2")

        [found] = store.files.find()
        assert (found["_id"], found["summary"], found["content_hash"]) == (id, "", "")
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
        assert store.get_symbol_hash(*A, "g") == "h2"
        assert store.get_symbol_code(*A, "g") == "…"
        assert store.get_symbol_code(*A, "x") is None
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
        store.start_scan(*R, "c2")
        store.fail_scan(*R, "no")

        assert store.get_last_commit_sha(*R) == "c1"
        last = store.get_last_scan(*R)
        assert last is not None
        assert (last["status"], last["error"], last["stats"]) == ("failed", "no", {"files": 3})
        assert store.scan_runs.count_documents({}) == 1

    def test_the_enricher_asks_until_nothing_is_left(self, store: CodeStore) -> None:
        for name, lines in (("f", 1), ("g", 9), ("main", 2)):
            symbol(store, name, line_count=lines, is_entrypoint=name == "main")
        store.upsert_file(*A, "python", "…", total_lines=12)
        assert store.count_unenriched(*R) == {"symbols": 3, "files": 1}

        first, second = (each["symbol_name"] for each in store.get_unenriched_symbols(*R, limit=2))
        assert (first, second) == ("main", "g")
        oldest = store.get_unenriched_symbols(*R, prioritize_public=False)
        assert [each["symbol_name"] for each in oldest] == ["f", "g", "main"]
        while found := store.get_unenriched_symbols(*R, limit=2):
            for each in found:
                assert store.update_symbol_summary(each["_id"], "It does.") is True
        for each in store.get_unenriched_files(*R):
            assert store.update_file_summary(each["_id"], "It holds.") is True

        assert store.count_unenriched(*R) == {"symbols": 0, "files": 0}
        assert store.get_repo_stats(*R) == {"symbols": 3, "files": 1}
        assert store.update_symbol_summary("nobody", "…") is False

    def test_the_dashboards_documents(self, store: CodeStore) -> None:
        job = ("j", "ann", "org", "repo", "main", "https://…")
        store.upsert_scanner_job(*job, "running", "waiting", 1.5, phase1_result={"files": 3})
        store.upsert_scanner_job(*job, "done", "done", 1.5)
        [found] = store.scanner_jobs.find()
        assert (found["phase1_status"], found["phase1_result"]) == ("done", {"files": 3})

        store.upsert_user_repo_entry("ann", "org", "repo", "main", "c1")
        store.upsert_user_repo_entry("ann", "org", "repo", "dev")
        [entry] = store.scanner_user_repos.find()
        assert (entry["branch"], entry["last_seen_commit"]) == ("dev", "c1")
        assert entry["created_at"] <= entry["updated_at"]

        assert store.get_scanner_index_visibility(*R) is True
        store.set_scanner_index_visibility(*R, False, "ann")
        assert store.get_scanner_index_visibility(*R) is False

        assert store.set_community_star("ann", *R, True) == 1
        assert store.set_community_star("ann", *R, True) == 1
        assert store.set_community_star("bob", *R, True) == 2
        assert store.set_community_star(" ", *R, True) == 2
        assert store.set_community_star("ann", *R, False) == 1

        symbol(store, "f")
        store.upsert_file(*A, "python", "…")
        assert store.delete_repo(*R) == {"symbols_deleted": 1, "files_deleted": 1}
        assert store.set_community_star("", *R, True) == 0

    def test_eleven_indexes_are_made_once(self, store: CodeStore, connection: Connection) -> None:
        again = CodeStore(connection.options.mongodb_uri, store.symbols.database.name)

        names = again.symbols.database.list_collection_names()
        made = [len(again.symbols.database[name].index_information()) - 1 for name in names]
        assert (len(names), sum(made)) == (7, 11)


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
