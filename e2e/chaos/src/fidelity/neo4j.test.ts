import { keeps } from "./contract.ts";
import { GRAPH_VISIBILITY } from "./graph-visibility.ts";
import { JOURNAL_RACE } from "./journal-race.ts";
import { LOST_COMMIT } from "./lost-commit.ts";
import { MERGE_RACE } from "./merge-race.ts";
import { withinSimulatedNeo4j } from "./simulated-neo4j.ts";

keeps("journal race", JOURNAL_RACE, withinSimulatedNeo4j);
keeps("merge race", MERGE_RACE, withinSimulatedNeo4j);
keeps("what transactions see", GRAPH_VISIBILITY, withinSimulatedNeo4j);
keeps("lost commits", LOST_COMMIT, withinSimulatedNeo4j);
