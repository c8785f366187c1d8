package outgraph

import (
	"unicode/utf8"

	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
)

// A Mutation is one change to the graph: [MergeNode], [DeleteNode], [MergeEdge], [CreateEdge],
// [DeleteEdge], [Accumulate], one of those by match ([UpdateNodes], …), or a ready [Message].
type Mutation interface {
	mutation(e *encoder, path string) *graphv1.Mutation
}

// ToMutation returns the protobuf form of a mutation. It fails with [ErrInvalidArgument], naming
// every property whose value Neo4j cannot store.
func ToMutation(m Mutation) (*graphv1.Mutation, error) {
	e := new(encoder)
	message := m.mutation(e, "mutation")
	return message, e.err()
}

// A Message is a mutation in its protobuf form.
type Message struct{ *graphv1.Mutation }

// A Node names one node: a label, and the properties that tell its nodes apart. A label has one set
// of key properties, each a string, an integer, a bool, a [Date] or a [LocalDateTime].
type Node struct {
	Label string
	Key   Props
}

// An Edge names one edge: its type, its ends and, where parallel edges of a type are told apart, a key.
type Edge struct {
	Type     string
	From, To Node
	// Key has the key properties. Without any, there is one edge of this type between these ends.
	Key Props
}

// AbsentEnds says what happens to an edge whose ends are not there.
type AbsentEnds int32

const (
	// AbsentStub, the default: the end is made, with its key and a mark that its own MergeNode takes away.
	AbsentStub = AbsentEnds(graphv1.AbsentEnds_ABSENT_ENDS_STUB)
	// AbsentRequire: the entry cannot be applied, and is parked.
	AbsentRequire = AbsentEnds(graphv1.AbsentEnds_ABSENT_ENDS_REQUIRE)
	// AbsentIfPresent: nothing happens.
	AbsentIfPresent = AbsentEnds(graphv1.AbsentEnds_ABSENT_ENDS_IF_PRESENT)
)

// MergeNode makes the node unless it is there, then changes it.
type MergeNode struct {
	Node Node
	// Set has the properties to set; a nil removes the property.
	Set Props
	// Unset names the properties to remove.
	Unset []string
	// Replace removes every property that is neither in Set nor in the key.
	Replace bool
	// AddLabels and RemoveLabels are extra labels, beside the key label.
	AddLabels, RemoveLabels []string
}

// DeleteNode deletes the node with its edges. Nothing happens when it is not there.
type DeleteNode struct{ Node Node }

// MergeEdge makes the edge unless it is there, then changes it.
type MergeEdge struct {
	Edge Edge
	// Set has the properties to set; a nil removes the property.
	Set Props
	// Unset names the properties to remove.
	Unset []string
	// Replace removes every property that is neither in Set nor in the key.
	Replace bool
	// AbsentEnds says what happens when an end is not there. Default [AbsentStub].
	AbsentEnds AbsentEnds
}

// CreateEdge makes one more edge, parallel to those there. Repeating the entry does not repeat it.
type CreateEdge struct {
	Type     string
	From, To Node
	// Set has its properties.
	Set Props
	// AbsentEnds says what happens when an end is not there. Default [AbsentStub].
	AbsentEnds AbsentEnds
}

// DeleteEdge deletes the edges of a type between two ends: with a key, only those that have it.
// Nothing happens when there are none.
type DeleteEdge struct{ Edge Edge }

// Accumulate adds to numbers, or appends to lists. Repeating the entry does not repeat it.
//
// A property that is not there counts as integer 0, or as the empty list; one of another type makes
// the entry impossible to apply. A node that is not there is made as an edge's end would be.
type Accumulate struct {
	// On is what is accumulated on: a Node or an Edge.
	On Target
	// Add has numbers to add; integers stay integers.
	Add Props
	// Append has lists to append.
	Append Props
	// AbsentEnds is for an edge: what happens when an end is not there. Default [AbsentStub].
	AbsentEnds AbsentEnds
}

// A Target is a [Node] or an [Edge].
type Target interface {
	target(e *encoder, path string, on *graphv1.Accumulate)
}

func (m Message) mutation(*encoder, string) *graphv1.Mutation { return m.Mutation }

func (m MergeNode) mutation(e *encoder, path string) *graphv1.Mutation {
	path += ".merge_node"
	return &graphv1.Mutation{Kind: &graphv1.Mutation_MergeNode{MergeNode: &graphv1.MergeNode{
		Node:         m.Node.ref(e, path+".node"),
		Set:          e.props(path+".set", m.Set),
		Unset:        e.names(path+".unset", m.Unset),
		Replace:      m.Replace,
		AddLabels:    e.names(path+".add_labels", m.AddLabels),
		RemoveLabels: e.names(path+".remove_labels", m.RemoveLabels),
	}}}
}

func (m DeleteNode) mutation(e *encoder, path string) *graphv1.Mutation {
	return &graphv1.Mutation{Kind: &graphv1.Mutation_DeleteNode{DeleteNode: &graphv1.DeleteNode{
		Node: m.Node.ref(e, path+".delete_node.node"),
	}}}
}

func (m MergeEdge) mutation(e *encoder, path string) *graphv1.Mutation {
	path += ".merge_edge"
	return &graphv1.Mutation{Kind: &graphv1.Mutation_MergeEdge{MergeEdge: &graphv1.MergeEdge{
		Edge:       m.Edge.ref(e, path+".edge"),
		Set:        e.props(path+".set", m.Set),
		Unset:      e.names(path+".unset", m.Unset),
		Replace:    m.Replace,
		AbsentEnds: graphv1.AbsentEnds(m.AbsentEnds),
	}}}
}

func (m CreateEdge) mutation(e *encoder, path string) *graphv1.Mutation {
	path += ".create_edge"
	return &graphv1.Mutation{Kind: &graphv1.Mutation_CreateEdge{CreateEdge: &graphv1.CreateEdge{
		Type:       e.name(path+".type", m.Type),
		From:       m.From.ref(e, path+".from"),
		To:         m.To.ref(e, path+".to"),
		Set:        e.props(path+".set", m.Set),
		AbsentEnds: graphv1.AbsentEnds(m.AbsentEnds),
	}}}
}

func (m DeleteEdge) mutation(e *encoder, path string) *graphv1.Mutation {
	return &graphv1.Mutation{Kind: &graphv1.Mutation_DeleteEdge{DeleteEdge: &graphv1.DeleteEdge{
		Edge: m.Edge.ref(e, path+".delete_edge.edge"),
	}}}
}

func (m Accumulate) mutation(e *encoder, path string) *graphv1.Mutation {
	path += ".accumulate"
	on := &graphv1.Accumulate{
		Add:        e.props(path+".add", m.Add),
		Append:     e.props(path+".append", m.Append),
		AbsentEnds: graphv1.AbsentEnds(m.AbsentEnds),
	}
	if m.On == nil {
		e.refuse(path+".target", "it must say on what")
	} else {
		m.On.target(e, path, on)
	}
	return &graphv1.Mutation{Kind: &graphv1.Mutation_Accumulate{Accumulate: on}}
}

func (n Node) target(e *encoder, path string, on *graphv1.Accumulate) {
	on.Target = &graphv1.Accumulate_Node{Node: n.ref(e, path+".node")}
}

func (x Edge) target(e *encoder, path string, on *graphv1.Accumulate) {
	on.Target = &graphv1.Accumulate_Edge{Edge: x.ref(e, path+".edge")}
}

func (n Node) ref(e *encoder, path string) *graphv1.NodeRef {
	return &graphv1.NodeRef{Label: e.name(path+".label", n.Label), Key: e.props(path+".key", n.Key)}
}

func (x Edge) ref(e *encoder, path string) *graphv1.EdgeRef {
	return &graphv1.EdgeRef{
		Type: e.name(path+".type", x.Type),
		From: x.From.ref(e, path+".from"),
		To:   x.To.ref(e, path+".to"),
		Key:  e.props(path+".key", x.Key),
	}
}

// name refuses what protobuf could not even carry; what a name may look like is the receiver's rule.
func (e *encoder) name(path, name string) string {
	if !utf8.ValidString(name) {
		e.refuse(path, "not UTF-8")
	}
	return name
}

func (e *encoder) names(path string, names []string) []string {
	for _, name := range names {
		e.name(path, name)
	}
	return names
}
