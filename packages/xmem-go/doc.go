// Package xmem is XMem's temporal store over Outgraph: users, the days of a year, and the events
// between them.
//
// [Store] has the methods of XMem's TemporalStore. What changes the graph is appended to the outbox,
// with the documents that belong to it where there are any, and the relay brings it to Neo4j: once,
// in order, however often a job is run again. What reads goes to Neo4j, and first waits until what
// this store wrote is there.
package xmem
