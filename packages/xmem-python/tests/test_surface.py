"""The four classes take what XMem's take: each method, its parameters by place and by name, and
their defaults, at XMem's commit 7512003. More keyword parameters with defaults hurt nobody."""

import ast
import inspect

import pytest

import outgraph_xmem

SURFACE = """
Neo4jClient
  __init__(uri, username, password, *, embedding_fn=None)
  connect()
  close()
  initialize_date_nodes()
  create_user_node(user_id)
  create_event(user_id, date_str, event_data)
  update_event(user_id, date_str, event_data)
  delete_event(user_id, date_str, event_name=None)
  search_events_by_embedding(user_id, query_text, top_k=1, similarity_threshold=0.3)
  search_events_by_name(event_name, user_id, top_k=1)
  get_all_events_for_user(user_id)
  clear_user_events(user_id)
CodeGraphClient
  __init__(uri, username, password, *, embedding_fn=None)
  connect()
  close()
  setup()
  upsert_repository(org_id, repo_name)
  upsert_directory(org_id, repo, dir_path, summary='', languages=None, file_count=0,
      total_symbols=0)
  upsert_file(org_id, repo, file_path, language='', summary='', symbol_count=0,
      symbol_names=None, total_lines=0, commit_sha='')
  upsert_symbol(org_id, repo, file_path, symbol_name, symbol_type, summary='', signature='',
      docstring='', start_line=0, end_line=0, commit_sha='', branch='main', parent_class=None,
      imports=None, signature_hash='', is_public=True, is_entrypoint=False,
      complexity_bucket='medium', line_count=0, language='')
  add_calls_edge(org_id, repo, caller_name, caller_file, callee_name, callee_file, call_count=1,
      is_direct=True)
  add_imports_edge(org_id, repo, importer_file, imported_file, import_type='direct')
  add_inherits_edge(org_id, repo, child_name, child_file, parent_name, parent_file)
  add_implements_edge(org_id, repo, implementor_name, implementor_file, interface_name,
      interface_file)
  create_annotation(org_id, content, annotation_type='explanation', severity=None,
      author_id=None, author_name=None, repo=None, target_file=None, target_symbol=None,
      status='active')
  update_annotation_status(annotation_id, status, resolved_by=None)
  get_annotations_for_symbol(org_id, repo, symbol_name, status='active')
  get_annotations_for_file(org_id, repo, file_path, status='active')
  get_callers(org_id, repo, symbol_name, depth=1)
  get_callees(org_id, repo, symbol_name, depth=1)
  get_inheritance_chain(org_id, repo, symbol_name)
  get_file_imports(org_id, repo, file_path)
  get_symbol_details(org_id, repo, symbol_name)
  get_file_symbols(org_id, repo, file_path)
  impact_analysis(org_id, repo, symbol_name, depth=2)
  delete_repository(org_id, repo)
  get_repo_stats(org_id, repo)
CodeStore
  __init__(uri='mongodb://localhost:27017', database='xmem')
  upsert_scanner_job(job_id, username, org, repo, branch, url, phase1_status, phase2_status,
      started_at, error=None, phase1_result=None, phase2_result=None)
  get_scanner_job(job_id)
  list_scanner_jobs_for_user(username)
  upsert_user_repo_entry(username, github_org, repo, branch, last_seen_commit=None)
  list_user_repos_for_user(username)
  get_scanner_index_visibility(org_id, repo)
  get_scanner_index_visibility_batch(pairs)
  set_scanner_index_visibility(org_id, repo, share_index_publicly, set_by_username)
  list_public_scanner_indexes(limit=200)
  user_has_completed_scanner_job(username, org_id, repo)
  set_community_star(username, org_id, repo, starred)
  get_community_star_count(org_id, repo)
  get_community_star_counts_batch(pairs)
  user_starred_community_repos_batch(username, pairs)
  list_completed_scan_pairs(max_docs=8000)
  list_scanner_jobs_for_org_repo(org_id, repo, limit=30)
  get_catalog_repo_snapshot(username, org_id, repo)
  list_community_catalog_page(username, q='', sort='stars', limit=50, offset=0,
      max_scan_pool=5000)
  upsert_symbol(org_id, repo, file_path, symbol_name, symbol_type, language, raw_code,
      signature='', docstring='', summary='', summary_source='ast', start_line=0, end_line=0,
      line_count=0, parent_class=None, is_public=True, is_entrypoint=False,
      complexity_bucket='medium', content_hash='', commit_sha='')
  upsert_symbols_bulk(org_id, repo, symbols)
  get_symbol_code(org_id, repo, file_path, symbol_name)
  get_symbol_hash(org_id, repo, file_path, symbol_name)
  get_file_symbol_hashes(org_id, repo, file_path)
  delete_symbols_for_file(org_id, repo, file_path)
  delete_symbol(org_id, repo, file_path, symbol_name)
  upsert_file(org_id, repo, file_path, language, raw_content, summary='', summary_source='ast',
      total_lines=0, content_hash='', commit_sha='')
  get_file_content(org_id, repo, file_path)
  get_file_hash(org_id, repo, file_path)
  delete_file(org_id, repo, file_path)
  get_last_scan(org_id, repo)
  get_last_commit_sha(org_id, repo)
  start_scan(org_id, repo, commit_sha)
  complete_scan(org_id, repo, commit_sha, stats, duration_seconds)
  fail_scan(org_id, repo, error)
  get_unenriched_symbols(org_id, repo, limit=100, prioritize_public=True)
  get_unenriched_files(org_id, repo, limit=50)
  update_symbol_summary(doc_id, summary, summary_source='llm')
  update_file_summary(doc_id, summary, summary_source='llm')
  count_unenriched(org_id, repo)
  get_repo_stats(org_id, repo)
  delete_repo(org_id, repo)
  close()
CodeStoreV1
  __init__(uri, username, password, database=None, embedding_dimension=384)
  connect()
  close()
  setup_schema()
  upsert_repository(org_id, repo, branch='main')
  upsert_directory(org_id, repo, dir_path, languages=None, file_count=0, total_symbols=0,
      summary='')
  upsert_file(org_id, repo, file_path, language, raw_content, summary, summary_source,
      summary_embedding, total_lines, symbol_count, symbol_names, content_hash, commit_sha)
  upsert_files_batch(rows)
  get_file_hash(org_id, repo, file_path)
  get_file_content(org_id, repo, file_path)
  upsert_symbol(org_id, repo, file_path, symbol, embedding, commit_sha)
  upsert_symbols_batch(rows)
  get_file_symbol_hashes(org_id, repo, file_path)
  get_symbol_code(org_id, repo, file_path, symbol_name)
  update_symbol_summary(org_id, repo, file_path, symbol_name, summary, summary_source,
      summary_embedding)
  update_file_summary(org_id, repo, file_path, summary, summary_source, summary_embedding)
  update_directory_summary(org_id, repo, dir_path, summary, summary_source)
  delete_symbol(org_id, repo, file_path, symbol_name)
  delete_file(org_id, repo, file_path)
  delete_repository(org_id, repo)
  add_calls_edge(org_id, repo, caller_file, caller_qname, callee_file, callee_qname,
      is_direct=True, is_ambiguous=False)
  add_calls_edges_batch(rows)
  add_imports_edge(org_id, repo, importer_file, imported_file, import_type='module')
  add_imports_edges_batch(rows)
  start_scan(org_id, repo, commit_sha)
  complete_scan(org_id, repo, scan_id, commit_sha, stats, duration_seconds)
  fail_scan(org_id, repo, scan_id, error_message)
  get_last_commit_sha(org_id, repo)
  vector_search_symbols(query_vector, lane, org_id, repo=None, top_k=10)
  vector_search_files(query_vector, org_id, repo=None, top_k=10)
  fulltext_search_symbols(query_text, org_id, repo=None, top_k=10)
  get_repo_directories(org_id, repo=None)
"""


def methods() -> list[tuple[str, str]]:
    """The class and the signature of each."""
    found: list[tuple[str, str]] = []
    owner = ""
    for line in SURFACE.strip().splitlines():
        if line.startswith("      "):
            owner, begun = found.pop()
            found.append((owner, f"{begun} {line.strip()}"))
        elif line.startswith("  "):
            found.append((owner, line.strip()))
        else:
            owner = line
    return found


@pytest.mark.parametrize(("owner", "signature"), methods())
def test_a_call_of_xmems_is_one_of_ours(owner: str, signature: str) -> None:
    written = ast.parse(f"def {signature}: ...").body[0]
    assert isinstance(written, ast.FunctionDef)
    taken = inspect.signature(getattr(getattr(outgraph_xmem, owner), written.name)).parameters

    by_place = [each.name for each in taken.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert by_place == ["self", *(each.arg for each in written.args.args)]
    optional = written.args.args[len(written.args.args) - len(written.args.defaults) :]
    defaults = dict(zip((each.arg for each in optional), written.args.defaults, strict=True))
    for name, value in zip(written.args.kwonlyargs, written.args.kw_defaults, strict=True):
        assert value is not None
        defaults[name.arg] = value
    told = {name: ast.literal_eval(value) for name, value in defaults.items()}
    ours = {name: each.default for name, each in taken.items() if each.default is not each.empty}
    assert {name: ours[name] for name in told} == told
    assert {taken[name].kind for name in ours.keys() - told.keys()} <= {
        inspect.Parameter.KEYWORD_ONLY
    }
