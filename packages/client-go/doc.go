// Package outgraph writes documents and graph changes as one: documents in MongoDB, graph in Neo4j,
// never out of step. It is the client of Outgraph's append service; package writer does the same
// inside your own MongoDB transactions, without a service.
//
// # What it promises
//
// [Client.Append] commits document writes and an entry, which says what they change in the graph, in
// one MongoDB transaction: both or neither. A relay carries each entry to Neo4j, once in effect and in
// order; [Client.WaitApplied] waits for that.
//
// An append has an id. A repeat with the same id and content returns the first outcome and writes
// nothing, whoever repeats it and however late; with other content it is refused. The client repeats
// by itself what may pass, with the same id, until the time of the context is up. Give an id of your
// own ([EntryIDFor]: a job's creation time and name) to make repeats by another process harmless too.
//
// Concurrent appends of one client share calls: whatever came in while the last call was under way
// goes in the next. Each keeps its own result and error.
//
// # What it is given
//
// [Node], [Edge] and the mutations ([MergeNode], [MergeEdge], …) are plain values, and so are document
// writes ([InsertOne], [UpdateOne], …). Property values are Go's own (see [Props]): integers stay
// integers and floats stay floats up to Neo4j. What Neo4j cannot store is refused where it is appended,
// with the path of every field at fault.
//
// # How it fails
//
// Every error is an [*Error]: errors.Is with a sentinel of this package ([ErrAlreadyExists], …) asks
// why; errors.As gives field paths, the delay the service asks for and the entry id to repeat with.
// After [ErrDeadlineExceeded] and [ErrCancelled] the outcome is unknown: repeat with the same id.
package outgraph
