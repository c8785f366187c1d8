package outgraph_test

import (
	"context"
	"testing"
	"time"

	outgraph "github.com/outgraph/outgraph-go"
	"github.com/outgraph/outgraph-go/writer"
)

// What this stores, the relay applies; the repository's own test run compares the graph with what the
// same story, told by the TypeScript writer, makes (test/story.ts).
func TestWhatTheWriterStoresTheRelayApplies(t *testing.T) {
	_, db := withService(t, outgraph.ProtocolConnect)
	w, err := writer.Open(t.Context(), db, writer.Options{Source: "go"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []outgraph.EntryID
	tell := func(mutations ...outgraph.Mutation) {
		t.Helper()
		entry := writer.Entry{ID: outgraph.NewEntryID(), Events: []outgraph.Event{{Type: "story.v1.Told", Mutations: mutations}}}
		for range 2 { // a repeat tells nothing twice
			receipt, err := w.Transact(t.Context(), entry, func(context.Context) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, receipt.EntryID)
		}
	}
	of := func(label, name string) outgraph.Node {
		return outgraph.Node{Label: label, Key: outgraph.Props{"by": "go", "name": name}}
	}
	for _, v := range golden(t, "values.json") {
		tell(outgraph.MergeNode{Node: of("GoStoryValue", v.Name), Set: outgraph.Props{"v": goValues[v.Name]}})
	}
	file, f, g, gone := of("GoStoryFile", "a.ts"), of("GoStorySymbol", "f"), of("GoStorySymbol", "g"), of("GoStorySymbol", "gone")
	defines := outgraph.Edge{Type: "STORY_DEFINES", From: file, To: f}
	tell(
		outgraph.MergeEdge{Edge: defines, Set: outgraph.Props{"line": 3}},
		outgraph.MergeNode{Node: gone, Set: outgraph.Props{"x": 1}},
	)
	tell(
		outgraph.MergeNode{Node: file, Set: outgraph.Props{"size": 1, "ratio": 1.0, "old": true}, AddLabels: []string{"GoStorySource"}},
		outgraph.MergeNode{Node: f, Set: outgraph.Props{"calls": 1, "lines": []int{1}}},
		outgraph.Accumulate{On: f, Add: outgraph.Props{"calls": 2, "weight": 0.5}, Append: outgraph.Props{"lines": []int{2, 3}}},
		outgraph.Accumulate{On: defines, Add: outgraph.Props{"seen": 1}},
	)
	tell(
		outgraph.MergeNode{Node: file, Set: outgraph.Props{"size": 2}, Unset: []string{"old"}},
		outgraph.MergeEdge{Edge: outgraph.Edge{Type: "STORY_CALLS", From: f, To: g, Key: outgraph.Props{"line": 1}}},
		outgraph.MergeEdge{Edge: outgraph.Edge{Type: "STORY_CALLS", From: f, To: g, Key: outgraph.Props{"line": 2}}},
		outgraph.MergeEdge{Edge: outgraph.Edge{Type: "STORY_CALLS", From: f, To: of("GoStorySymbol", "absent")}, AbsentEnds: outgraph.AbsentIfPresent},
		outgraph.DeleteEdge{Edge: outgraph.Edge{Type: "STORY_CALLS", From: f, To: g, Key: outgraph.Props{"line": 2}}},
		outgraph.DeleteNode{Node: gone},
	)
	match := func(label string, where outgraph.Props) outgraph.NodeMatch {
		where["by"] = "go"
		return outgraph.NodeMatch{Label: label, Where: where}
	}
	symbols, files := match("GoStorySymbol", outgraph.Props{}), match("GoStorySource", outgraph.Props{})
	saw := outgraph.CreateEdge{Type: "STORY_SAW", From: f, To: file, Set: outgraph.Props{"at": 1.5}}
	tell(
		saw, saw,
		outgraph.UpdateNodes{Match: symbols, Set: outgraph.Props{"stale": true}, Unset: []string{"weight"}},
		outgraph.MergeEdges{Type: "STORY_IN", From: symbols, To: files, Key: outgraph.Props{"k": 1}, Set: outgraph.Props{"x": 1}},
		outgraph.UpdateEdges{Match: outgraph.EdgeMatch{Type: "STORY_IN", From: &symbols}, Set: outgraph.Props{"x": 2}},
	)
	named := match("GoStorySymbol", outgraph.Props{"name": "g"})
	tell(
		outgraph.DeleteEdges{Match: outgraph.EdgeMatch{Type: "STORY_IN", From: &named, To: &files, Where: outgraph.Props{"x": 2}}},
		outgraph.DeleteNodes{Match: match("GoStoryValue", outgraph.Props{"name": "true"})},
	)

	waited, err := w.WaitApplied(t.Context(), time.Minute, ids...)

	if err != nil || !waited.Applied() {
		t.Errorf("%v %v", waited, err)
	}
}
