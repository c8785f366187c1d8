package outgraph

import (
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
)

func person(id string) Node { return Node{"Person", Props{"id": id}} }
func tag(id string) Node    { return Node{"Tag", Props{"id": id}} }

func diffed(t *testing.T, before, after *Projection) []Mutation {
	t.Helper()
	mutations, err := ProjectionDiff(before, after)
	if err != nil {
		t.Fatal(err)
	}
	return mutations
}

func kinds(mutations []Mutation) []string {
	var names []string
	for _, mutation := range mutations {
		names = append(names, reflect.TypeOf(mutation).Name())
	}
	return names
}

func TestEqualProjectionsDifferByNothingNaNAndDatesIncluded(t *testing.T) {
	make := func() *Projection {
		set := Props{"x": math.NaN(), "at": time.Unix(0, 0), "tags": []string{"t"}, "none": nil}
		return &Projection{
			Nodes: []ProjectedNode{{Node: person("a"), Owner: Own, Set: set, Labels: []string{"Author"}}},
			Edges: []ProjectedEdge{{Edge: Edge{Type: "HAS", From: person("a"), To: tag("t")}, Set: Props{"n": 1}}},
		}
	}
	if mutations := diffed(t, make(), make()); len(mutations) > 0 {
		t.Errorf("%v", mutations)
	}
}

func TestAChangeNamesTheChangedPropertiesAlone(t *testing.T) {
	with := func(set Props) *Projection {
		return &Projection{Nodes: []ProjectedNode{{Node: person("a"), Owner: Own, Set: set}}}
	}
	mutations := diffed(t, with(Props{"a": 1, "b": 2, "c": 3}), with(Props{"a": 1, "b": 5}))

	got, _ := ToEvents([]Event{{Mutations: mutations}})
	want, _ := ToMutation(MergeNode{Node: person("a"), Set: Props{"b": 5}, Unset: []string{"c"}})
	if len(mutations) != 1 || !proto.Equal(got[0].GetMutations()[0], want) {
		t.Errorf("%v", got)
	}
}

func TestWhatIsRemovedIsNamedOnceAndInOneOrder(t *testing.T) {
	before := &Projection{Nodes: []ProjectedNode{{
		Node: person("a"), Owner: Own, Set: Props{"c": 1, "ab": 1, "a": 1}, Labels: []string{"Y", "X", "X"},
	}}}
	after := &Projection{Nodes: []ProjectedNode{{Node: person("a"), Owner: Own, Labels: []string{"Z", "Z"}}}}

	merge := diffed(t, before, after)[0].(MergeNode)

	if !slices.Equal(merge.Unset, []string{"a", "ab", "c"}) || !slices.Equal(merge.AddLabels, []string{"Z"}) ||
		!slices.Equal(merge.RemoveLabels, []string{"Y", "X"}) {
		t.Errorf("%v", merge)
	}
}

func TestADeletedDocumentTakesItsOwnNodesAlongAndLeavesTheSharedOnes(t *testing.T) {
	document := &Projection{
		Nodes: []ProjectedNode{{Node: person("a"), Owner: Own}, {Node: tag("t"), Owner: Shared}},
		Edges: []ProjectedEdge{{Edge: Edge{Type: "HAS", From: person("a"), To: tag("t")}}},
	}
	if got := kinds(diffed(t, document, nil)); !slices.Equal(got, []string{"DeleteNode"}) { // the edge goes with its end
		t.Errorf("%v", got)
	}
	if got := kinds(diffed(t, nil, document)); !slices.Equal(got, []string{"MergeNode", "MergeNode", "MergeEdge"}) {
		t.Errorf("%v", got)
	}
}

func TestAnEdgeToANodeThatIsNoLongerProjectedIsMadeAgainToAStub(t *testing.T) {
	edges := []ProjectedEdge{{Edge: Edge{Type: "KNOWS", From: person("a"), To: person("b")}}}
	before := &Projection{Nodes: []ProjectedNode{{Node: person("b"), Owner: Own}}, Edges: edges}

	if got := kinds(diffed(t, before, &Projection{Edges: edges})); !slices.Equal(got, []string{"DeleteNode", "MergeEdge"}) {
		t.Errorf("%v", got)
	}
}

func TestAProjectionThatSaysTooLittleOrTooMuchIsRefusedWithItsPath(t *testing.T) {
	edge := ProjectedEdge{Edge: Edge{Type: "T", From: person("a"), To: person("a")}}
	_, err := ProjectionDiff(
		&Projection{Nodes: []ProjectedNode{{Node: person("a")}}},
		&Projection{
			Nodes: []ProjectedNode{{Node: person("a"), Owner: Own, Set: Props{"x": struct{}{}}}, {Node: person("a"), Owner: Shared}},
			Edges: []ProjectedEdge{edge, edge},
		})

	var failed *Error
	if !errors.As(err, &failed) || failed.Code != InvalidArgument {
		t.Fatal(err)
	}
	var fields []string
	for _, violation := range failed.Violations {
		fields = append(fields, violation.Field)
	}
	want := []string{"before.nodes[0].owner", `after.nodes[0].set["x"]`, "after.nodes[1]", "after.edges[1]"}
	if !slices.Equal(fields, want) {
		t.Errorf("%v", failed.Violations)
	}
}

// A model is nodes and edges by name, as far as the diff's four kinds of mutation make them.
type model struct{ nodes, edges map[string]*row }

type row struct {
	ends       []string
	labels     map[string]bool
	properties map[string]string
}

func newModel() *model { return &model{map[string]*row{}, map[string]*row{}} }

func at(rows map[string]*row, name string, ends ...string) *row {
	if rows[name] == nil {
		rows[name] = &row{ends, map[string]bool{}, map[string]string{}}
	}
	return rows[name]
}

func (m *model) apply(t *testing.T, mutations []Mutation) *model {
	t.Helper()
	for _, mutation := range mutations {
		message, err := ToMutation(mutation)
		if err != nil {
			t.Fatal(err)
		}
		switch kind := message.GetKind().(type) {
		case *graphv1.Mutation_DeleteEdge:
			delete(m.edges, string(canonical.Bytes(kind.DeleteEdge.GetEdge())))
		case *graphv1.Mutation_DeleteNode:
			name := string(canonical.Bytes(kind.DeleteNode.GetNode()))
			delete(m.nodes, name)
			maps.DeleteFunc(m.edges, func(_ string, edge *row) bool { return slices.Contains(edge.ends, name) })
		case *graphv1.Mutation_MergeNode:
			node := at(m.nodes, string(canonical.Bytes(kind.MergeNode.GetNode())))
			for _, label := range kind.MergeNode.GetAddLabels() {
				node.labels[label] = true
			}
			for _, label := range kind.MergeNode.GetRemoveLabels() {
				delete(node.labels, label)
			}
			node.write(kind.MergeNode.GetSet(), kind.MergeNode.GetUnset())
		case *graphv1.Mutation_MergeEdge:
			edge := kind.MergeEdge.GetEdge()
			from, to := string(canonical.Bytes(edge.GetFrom())), string(canonical.Bytes(edge.GetTo()))
			at(m.nodes, from)
			at(m.nodes, to)
			at(m.edges, string(canonical.Bytes(edge)), from, to).write(kind.MergeEdge.GetSet(), kind.MergeEdge.GetUnset())
		default:
			t.Fatalf("a diff makes no %T", kind)
		}
	}
	return m
}

func (r *row) write(set map[string]*graphv1.Value, unset []string) {
	for name, value := range set {
		r.properties[name] = string(canonical.Bytes(value))
	}
	for _, name := range unset {
		delete(r.properties, name)
	}
}

func randomProjection(random *rand.Rand) *Projection {
	props := func() Props {
		values := []any{0, 1, nil, "x", math.Copysign(0, -1), 0.0, math.NaN()}
		set := Props{}
		for _, name := range []string{"a", "b", "c"} {
			if random.IntN(2) == 0 {
				set[name] = values[random.IntN(len(values))]
			}
		}
		return set
	}
	p := new(Projection)
	for _, id := range []string{"1", "2", "3"} {
		for _, node := range []ProjectedNode{{Node: person(id), Owner: Own}, {Node: tag(id), Owner: Shared}} {
			if random.IntN(2) == 0 {
				continue
			}
			node.Set = props()
			for _, label := range []string{"X", "Y"} {
				if random.IntN(2) == 0 {
					node.Labels = append(node.Labels, label)
				}
			}
			p.Nodes = append(p.Nodes, node)
		}
		for _, to := range []Node{person("1"), person("2"), person("3"), tag("1"), tag("2")} {
			if random.IntN(3) == 0 {
				p.Edges = append(p.Edges, ProjectedEdge{Edge: Edge{Type: "T", From: person(id), To: to}, Set: props()})
			}
		}
	}
	return p
}

func TestTheDifferenceTurnsOneIntoTheOtherButForSharedNodesAndStubsThatStay(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 0))
		before, after := randomProjection(random), randomProjection(random)
		wanted := newModel().apply(t, diffed(t, nil, after))

		graph := newModel().apply(t, diffed(t, nil, before)).apply(t, diffed(t, before, after))

		if !reflect.DeepEqual(graph.edges, wanted.edges) {
			t.Fatalf("seed %d: edges %v, wanted %v", seed, graph.edges, wanted.edges)
		}
		for name := range wanted.nodes {
			if graph.nodes[name] == nil {
				t.Fatalf("seed %d: no %q", seed, name)
			}
		}
		for _, one := range after.Nodes {
			name := string(canonical.Bytes(one.Node.ref(new(encoder), "")))
			if !reflect.DeepEqual(graph.nodes[name], wanted.nodes[name]) {
				t.Fatalf("seed %d: %v, wanted %v", seed, graph.nodes[name], wanted.nodes[name])
			}
		}
		if again := diffed(t, after, after); len(again) > 0 {
			t.Fatalf("seed %d: %v", seed, again)
		}
	}
}
