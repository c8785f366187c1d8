package outgraph

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
)

// An Owner says whose a projected node is.
type Owner int

const (
	// Own: the document's alone; it goes when the document does.
	Own Owner = iota + 1
	// Shared: a hub that others need too, such as a tag; a diff never deletes it.
	Shared
)

// A ProjectedNode is a node that a document stands for, or needs.
type ProjectedNode struct {
	Node Node
	// Owner must be said: [Own] or [Shared].
	Owner Owner
	Set   Props
	// Labels are extra labels.
	Labels []string
}

// A ProjectedEdge is an edge that a document stands for. It goes when the document does.
type ProjectedEdge struct {
	Edge Edge
	Set  Props
	// AbsentEnds says what happens when an end is not there. Default [AbsentStub].
	AbsentEnds AbsentEnds
}

// A Projection is what a document is in the graph.
type Projection struct {
	Nodes []ProjectedNode
	Edges []ProjectedEdge
}

// ProjectionDiff returns the smallest mutations that turn what before projects to into what after
// does, in an order that is safe to apply. Nil stands for no document: before it was inserted, or
// after it was deleted.
//
// Only what both name is compared; what others wrote to the same nodes stays. An own node that is no
// longer projected is deleted with all its edges, those of others included; a shared one stays, and
// so do its properties.
//
// It fails with [ErrInvalidArgument] when a projection names a node or an edge twice, has a node
// without an owner, or a value that Neo4j cannot store; the violations say where.
func ProjectionDiff(before, after *Projection) ([]Mutation, error) {
	e := new(encoder)
	was, is := e.projection("before", before), e.projection("after", after)
	if err := e.err(); err != nil {
		return nil, err
	}
	goesWithAnEnd := func(edge projectedEdge) bool { return was.loses(edge.from, is) || was.loses(edge.to, is) }

	var edgeDeletes, nodeDeletes, nodeMerges, edgeMerges []Mutation
	for _, edge := range was.edges {
		if _, stays := is.edge[edge.id]; !stays && !goesWithAnEnd(edge) {
			edgeDeletes = append(edgeDeletes, DeleteEdge{edge.Edge})
		}
	}
	for _, node := range was.nodes {
		if was.loses(node.id, is) {
			nodeDeletes = append(nodeDeletes, DeleteNode{node.Node})
		}
	}
	for _, node := range is.nodes {
		old, there := was.node[node.id]
		set, unset := changed(old.values, node.values)
		add, remove := without(node.Labels, old.Labels), without(old.Labels, node.Labels)
		if !there || len(set)+len(unset)+len(add)+len(remove) > 0 {
			nodeMerges = append(nodeMerges, MergeNode{Node: node.Node, Set: set, Unset: unset, AddLabels: add, RemoveLabels: remove})
		}
	}
	for _, edge := range is.edges {
		old, there := was.edge[edge.id]
		if goesWithAnEnd(edge) { // and so has to be made again
			old, there = projectedEdge{}, false
		}
		set, unset := changed(old.values, edge.values)
		if !there || len(set)+len(unset) > 0 {
			edgeMerges = append(edgeMerges, MergeEdge{Edge: edge.Edge, Set: set, Unset: unset, AbsentEnds: edge.AbsentEnds})
		}
	}
	return slices.Concat(edgeDeletes, nodeDeletes, nodeMerges, edgeMerges), nil
}

// A projected is a projection by the canonical bytes of its parts, which equal names have alone.
type projected struct {
	nodes []projectedNode // in the projection's order, as the edges are
	edges []projectedEdge
	node  map[string]projectedNode
	edge  map[string]projectedEdge
}

type projectedNode struct {
	ProjectedNode
	id     string
	values map[string]*graphv1.Value // nulls left out
}

type projectedEdge struct {
	ProjectedEdge
	id, from, to string
	values       map[string]*graphv1.Value
}

// loses reports whether the node is the document's own and no longer there.
func (p projected) loses(node string, after projected) bool {
	old, there := p.node[node]
	_, stays := after.node[node]
	return there && !stays && old.Owner == Own
}

func (e *encoder) projection(path string, given *Projection) projected {
	p := projected{node: map[string]projectedNode{}, edge: map[string]projectedEdge{}}
	if given == nil {
		return p
	}
	for i, node := range given.Nodes {
		at := fmt.Sprintf("%s.nodes[%d]", path, i)
		one := projectedNode{node, string(canonical.Bytes(node.Node.ref(e, at+".node"))), e.present(at, node.Set)}
		if _, twice := p.node[one.id]; twice {
			e.refuse(at, "the node is named twice")
		}
		if node.Owner != Own && node.Owner != Shared {
			e.refuse(at+".owner", "it must be Own or Shared")
		}
		p.nodes, p.node[one.id] = append(p.nodes, one), one
	}
	for i, edge := range given.Edges {
		at := fmt.Sprintf("%s.edges[%d]", path, i)
		ref := edge.Edge.ref(e, at+".edge")
		one := projectedEdge{
			edge, string(canonical.Bytes(ref)), string(canonical.Bytes(ref.GetFrom())), string(canonical.Bytes(ref.GetTo())),
			e.present(at, edge.Set),
		}
		if _, twice := p.edge[one.id]; twice {
			e.refuse(at, "the edge is named twice")
		}
		p.edges, p.edge[one.id] = append(p.edges, one), one
	}
	return p
}

// present are the properties that a node or edge has then: a null is none.
func (e *encoder) present(path string, set Props) map[string]*graphv1.Value {
	values := e.props(path+".set", set)
	maps.DeleteFunc(values, func(_ string, value *graphv1.Value) bool {
		_, null := value.GetKind().(*graphv1.Value_NullValue)
		return null
	})
	return values
}

// changed says what to set and to unset. Values are compared by their bytes, so that NaN equals itself
// and -0 is not 0.
func changed(before, after map[string]*graphv1.Value) (set Props, unset []string) {
	for name, value := range after {
		old, there := before[name]
		if !there || !bytes.Equal(canonical.Bytes(old), canonical.Bytes(value)) {
			if set == nil {
				set = Props{}
			}
			set[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) { // one order, so that a repeat is the same
		if _, stays := after[name]; !stays {
			unset = append(unset, name)
		}
	}
	return set, unset
}

// without are the names that others lacks, each once.
func without(names, others []string) []string {
	var left []string
	for _, name := range names {
		if !slices.Contains(others, name) && !slices.Contains(left, name) {
			left = append(left, name)
		}
	}
	return left
}
