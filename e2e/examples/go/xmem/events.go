// Package xmem has XMem's typed events and documents, and what they are in the graph.
package xmem

import (
	outgraph "github.com/outgraph/outgraph-go"

	xmemv1 "example.com/examples/gen/xmem/v1"
)

// MemoryEventRecorded is one more event of a user's day, parallel to those there: what is appended
// once is there once.
var MemoryEventRecorded = outgraph.DefineEvent(func(event *xmemv1.MemoryEventRecorded) []outgraph.Mutation {
	user := outgraph.Node{Label: "User", Key: outgraph.Props{"user_id": event.GetUserId()}}
	day := outgraph.Node{Label: "Date", Key: outgraph.Props{"date": event.GetDate()}}
	set := outgraph.Props{
		"event_name":      event.GetEventName(),
		"desc":            event.GetDesc(),
		"year":            event.GetYear(),
		"time":            event.GetTime(),
		"date_expression": event.GetDateExpression(),
	}
	if len(event.GetEmbedding()) > 0 {
		set["embedding"] = event.GetEmbedding()
	}
	return []outgraph.Mutation{
		outgraph.MergeNode{Node: user},
		outgraph.MergeNode{Node: day},
		outgraph.CreateEdge{Type: "HAS_EVENT", From: user, To: day, Set: set},
	}
})

// MemoryEventRemoved is the end of the events of that name on the day; without a name, of all of the
// day's.
var MemoryEventRemoved = outgraph.DefineEvent(func(event *xmemv1.MemoryEventRemoved) []outgraph.Mutation {
	match := outgraph.EdgeMatch{
		Type: "HAS_EVENT",
		From: &outgraph.NodeMatch{Label: "User", Where: outgraph.Props{"user_id": event.GetUserId()}},
		To:   &outgraph.NodeMatch{Label: "Date", Where: outgraph.Props{"date": event.GetDate()}},
	}
	if name := event.GetEventName(); name != "" {
		match.Where = outgraph.Props{"event_name": name}
	}
	return []outgraph.Mutation{outgraph.DeleteEdges{Match: match}}
})

// SymbolIndexed is a symbol in its file. What nobody told is taken away, also from one that is there.
var SymbolIndexed = outgraph.DefineEvent(func(event *xmemv1.SymbolIndexed) []outgraph.Mutation {
	file := fileNode(event.GetFile())
	key := symbolProps(event.GetFile(), event.GetSymbolName())
	key["signature_hash"] = event.GetSignatureHash()
	symbol := outgraph.Node{Label: "Symbol", Key: key}
	set := outgraph.Props{
		"symbol_type": event.GetSymbolType(),
		"signature":   event.GetSignature(),
		"start_line":  event.GetStartLine(),
		"end_line":    event.GetEndLine(),
		"imports":     append([]string{}, event.GetImports()...),
	}
	if event.ParentClass != nil {
		set["parent_class"] = event.GetParentClass()
	}
	if at := event.GetIndexedAt(); at != nil {
		set["indexed_at"] = at.AsTime()
	}
	return []outgraph.Mutation{
		outgraph.MergeNode{Node: file},
		outgraph.MergeNode{Node: symbol, Set: set, Replace: true},
		outgraph.MergeEdge{Edge: outgraph.Edge{Type: "DEFINES", From: file, To: symbol}},
	}
})

// CallFound goes from every version of the caller to every version of the callee; from nothing where
// there is none.
var CallFound = outgraph.DefineEvent(func(event *xmemv1.CallFound) []outgraph.Mutation {
	return []outgraph.Mutation{outgraph.MergeEdges{
		Type: "CALLS",
		From: outgraph.NodeMatch{Label: "Symbol", Where: symbolProps(event.GetCallerFile(), event.GetCallerName())},
		To:   outgraph.NodeMatch{Label: "Symbol", Where: symbolProps(event.GetCalleeFile(), event.GetCalleeName())},
		Set:  outgraph.Props{"call_count": event.GetCallCount()},
	}}
})

// FileRemoved leaves neither the file nor any version of its symbols.
var FileRemoved = outgraph.DefineEvent(func(event *xmemv1.FileRemoved) []outgraph.Mutation {
	return []outgraph.Mutation{
		outgraph.DeleteNodes{Match: outgraph.NodeMatch{Label: "Symbol", Where: fileProps(event.GetFile())}},
		outgraph.DeleteNode{Node: fileNode(event.GetFile())},
	}
})

// fileProps tell a file in the graph, and all its symbols.
func fileProps(file *xmemv1.FileKey) outgraph.Props {
	return outgraph.Props{"org_id": file.GetOrgId(), "repo": file.GetRepo(), "file_path": file.GetFilePath()}
}

func symbolProps(file *xmemv1.FileKey, name string) outgraph.Props {
	props := fileProps(file)
	props["symbol_name"] = name
	return props
}

func fileNode(file *xmemv1.FileKey) outgraph.Node {
	return outgraph.Node{Label: "File", Key: fileProps(file)}
}
