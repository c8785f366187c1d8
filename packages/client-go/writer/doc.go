// Package writer appends graph changes inside your own MongoDB transactions, without a service.
//
// An entry commits with the documents of its transaction or not at all; the relay carries it to the
// graph then. [Writer.Append] works in a transaction that is under way, the one of the session in
// the context. [Writer.Transact] and [Writer.Collect] run the transaction too: they look for the id
// first, repeat what may pass, and look again after any failure, so that an error never hides a
// success and a repeat never writes twice.
//
// Every error is an [*outgraph.Error] with the same codes as the append service's. Why in
// particular is told by the sentinels of this package, for errors.Is.
package writer
