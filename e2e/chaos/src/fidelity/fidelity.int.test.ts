import { keeps } from "./contract.ts";
import { GRAPH_VISIBILITY } from "./graph-visibility.ts";
import { JOURNAL_RACE } from "./journal-race.ts";
import { LOST_COMMIT } from "./lost-commit.ts";
import { MERGE_RACE } from "./merge-race.ts";
import { withinRealNeo4j } from "./real-neo4j.ts";

keeps("Neo4j: journal race", JOURNAL_RACE, withinRealNeo4j);
keeps("Neo4j: merge race", MERGE_RACE, withinRealNeo4j);
keeps("Neo4j: what transactions see", GRAPH_VISIBILITY, withinRealNeo4j);
keeps("Neo4j: lost commits", LOST_COMMIT, withinRealNeo4j);
