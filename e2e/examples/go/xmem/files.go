package xmem

import (
	outgraph "github.com/outgraph/outgraph-go"

	xmemv1 "example.com/examples/gen/xmem/v1"
)

// ProjectFile says what a file is in the graph: a node of its own, in the repository that it shares
// with others. Nil stands for no file.
func ProjectFile(document *xmemv1.SourceFile) *outgraph.Projection {
	if document == nil {
		return nil
	}
	file := fileNode(document.GetKey())
	repository := outgraph.Node{Label: "Repository", Key: outgraph.Props{
		"org_id": document.GetKey().GetOrgId(), "repo_name": document.GetKey().GetRepo(),
	}}
	set := outgraph.Props{
		"language":    document.GetLanguage(),
		"summary":     document.GetSummary(),
		"total_lines": document.GetTotalLines(),
	}
	return &outgraph.Projection{
		Nodes: []outgraph.ProjectedNode{
			{Node: file, Owner: outgraph.Own, Set: set},
			{Node: repository, Owner: outgraph.Shared},
		},
		Edges: []outgraph.ProjectedEdge{{Edge: outgraph.Edge{Type: "CONTAINS_FILE", From: repository, To: file}}},
	}
}
