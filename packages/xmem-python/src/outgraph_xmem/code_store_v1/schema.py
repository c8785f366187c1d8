"""The graph's schema: constraints behind the keys, indexes behind the searches."""

from collections.abc import Iterator

from outgraph_xmem.code_store_v1.labels import (
    FULLTEXT_ANALYZER,
    FULLTEXT_INDEXES,
    KEYS,
    VECTOR_INDEXES,
)


def schema_cypher(dimension: int) -> Iterator[str]:
    """Statements that each make something unless it is there: 5 constraints, 3 vector indexes over
    ``dimension`` components, 2 fulltext indexes."""
    for label, keys in KEYS.items():
        key = ", ".join(f"n.{name}" for name in keys)
        yield f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE ({key}) IS UNIQUE"
    for name, (label, embedding) in VECTOR_INDEXES.items():
        yield (
            f"CREATE VECTOR INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{embedding}) "
            f"OPTIONS {{indexConfig: {{`vector.dimensions`: {dimension:d}, "
            "`vector.similarity_function`: 'cosine'}}"
        )
    for name, (label, texts) in FULLTEXT_INDEXES.items():
        listed = ", ".join(f"n.{text}" for text in texts)
        yield (
            f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS FOR (n:{label}) ON EACH [{listed}] "
            f"OPTIONS {{indexConfig: {{`fulltext.analyzer`: '{FULLTEXT_ANALYZER}'}}}}"
        )
