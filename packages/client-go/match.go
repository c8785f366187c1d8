package outgraph

import graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"

// A NodeMatch is every node of a label, key or extra, whose properties equal the given ones.
type NodeMatch struct {
	Label string
	// Where has what their properties must equal. Without any, every node of the label.
	Where Props
}

// An EdgeMatch is every edge of a type whose properties, and ends, equal the given ones.
type EdgeMatch struct {
	Type string
	// From and To are where they start and end; nil for anywhere.
	From, To *NodeMatch
	// Where has what their properties must equal.
	Where Props
}

// UpdateNodes changes every node that matches.
type UpdateNodes struct {
	Match NodeMatch
	// Set has the properties to set; a nil removes the property.
	Set Props
	// Unset names the properties to remove.
	Unset []string
}

// DeleteNodes deletes every node that matches, with its edges.
type DeleteNodes struct{ Match NodeMatch }

// MergeEdges makes one edge between each pair of nodes that match; none when either side matches
// nothing.
type MergeEdges struct {
	Type     string
	From, To NodeMatch
	// Key has the key properties, as of an [Edge].
	Key Props
	// Set has the properties to set; a nil removes the property.
	Set Props
	// Unset names the properties to remove.
	Unset []string
	// Replace removes every property that is neither in Set nor in the key.
	Replace bool
}

// UpdateEdges changes every edge that matches.
type UpdateEdges struct {
	Match EdgeMatch
	// Set has the properties to set; a nil removes the property.
	Set Props
	// Unset names the properties to remove.
	Unset []string
}

// DeleteEdges deletes every edge that matches.
type DeleteEdges struct{ Match EdgeMatch }

func (m UpdateNodes) mutation(e *encoder, path string) *graphv1.Mutation {
	path += ".update_nodes"
	return &graphv1.Mutation{Kind: &graphv1.Mutation_UpdateNodes{UpdateNodes: &graphv1.UpdateNodes{
		Match: m.Match.message(e, path+".match"),
		Set:   e.props(path+".set", m.Set),
		Unset: e.names(path+".unset", m.Unset),
	}}}
}

func (m DeleteNodes) mutation(e *encoder, path string) *graphv1.Mutation {
	return &graphv1.Mutation{Kind: &graphv1.Mutation_DeleteNodes{DeleteNodes: &graphv1.DeleteNodes{
		Match: m.Match.message(e, path+".delete_nodes.match"),
	}}}
}

func (m MergeEdges) mutation(e *encoder, path string) *graphv1.Mutation {
	path += ".merge_edges"
	return &graphv1.Mutation{Kind: &graphv1.Mutation_MergeEdges{MergeEdges: &graphv1.MergeEdges{
		Type:    e.name(path+".type", m.Type),
		From:    m.From.message(e, path+".from"),
		To:      m.To.message(e, path+".to"),
		Key:     e.props(path+".key", m.Key),
		Set:     e.props(path+".set", m.Set),
		Unset:   e.names(path+".unset", m.Unset),
		Replace: m.Replace,
	}}}
}

func (m UpdateEdges) mutation(e *encoder, path string) *graphv1.Mutation {
	path += ".update_edges"
	return &graphv1.Mutation{Kind: &graphv1.Mutation_UpdateEdges{UpdateEdges: &graphv1.UpdateEdges{
		Match: m.Match.message(e, path+".match"),
		Set:   e.props(path+".set", m.Set),
		Unset: e.names(path+".unset", m.Unset),
	}}}
}

func (m DeleteEdges) mutation(e *encoder, path string) *graphv1.Mutation {
	return &graphv1.Mutation{Kind: &graphv1.Mutation_DeleteEdges{DeleteEdges: &graphv1.DeleteEdges{
		Match: m.Match.message(e, path+".delete_edges.match"),
	}}}
}

func (m NodeMatch) message(e *encoder, path string) *graphv1.NodeMatch {
	return &graphv1.NodeMatch{Label: e.name(path+".label", m.Label), Where: e.props(path+".where", m.Where)}
}

func (m EdgeMatch) message(e *encoder, path string) *graphv1.EdgeMatch {
	match := &graphv1.EdgeMatch{Type: e.name(path+".type", m.Type), Where: e.props(path+".where", m.Where)}
	if m.From != nil {
		match.From = m.From.message(e, path+".from")
	}
	if m.To != nil {
		match.To = m.To.message(e, path+".to")
	}
	return match
}
