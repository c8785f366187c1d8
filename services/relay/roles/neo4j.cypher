// The least that a relay needs in Neo4j Enterprise or Aura, for the database neo4j. Run it in the
// database system. Community has no roles: there every user may do everything, so give the relay a
// user of its own, and a server or a database of its own to keep it away from other data.
CREATE ROLE outgraph_relay IF NOT EXISTS;
GRANT ACCESS ON DATABASE neo4j TO outgraph_relay;
GRANT MATCH {*} ON GRAPH neo4j TO outgraph_relay;
GRANT WRITE ON GRAPH neo4j TO outgraph_relay;
GRANT NAME MANAGEMENT ON DATABASE neo4j TO outgraph_relay;
// With --schema ensure:
GRANT CONSTRAINT MANAGEMENT ON DATABASE neo4j TO outgraph_relay;
GRANT INDEX MANAGEMENT ON DATABASE neo4j TO outgraph_relay;
// With --schema require instead, these are enough:
// GRANT SHOW CONSTRAINT ON DATABASE neo4j TO outgraph_relay;
// GRANT SHOW INDEX ON DATABASE neo4j TO outgraph_relay;
CREATE USER outgraph_relay IF NOT EXISTS SET PASSWORD $password CHANGE NOT REQUIRED;
GRANT ROLE outgraph_relay TO outgraph_relay;
