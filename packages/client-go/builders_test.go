package outgraph_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	outgraph "github.com/outgraph/outgraph-go"
	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
)

var allBytes = func() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}()

// The Go value of every golden value.
var goValues = map[string]any{
	"null":                             nil,
	"true":                             true,
	"false":                            false,
	"int64 zero":                       0,
	"int64 least":                      int64(math.MinInt64),
	"int64 greatest":                   uint64(math.MaxInt64),
	"int64 beyond a double":            9007199254740993,
	"double zero":                      0.0,
	"double negative zero":             math.Copysign(0, -1),
	"double NaN":                       math.NaN(),
	"double infinity":                  math.Inf(1),
	"double negative infinity":         math.Inf(-1),
	"double least":                     math.SmallestNonzeroFloat64,
	"double greatest":                  math.MaxFloat64,
	"double whole":                     float32(1),
	"string empty":                     "",
	"string with every width of UTF-8": "a ß 語 𝄞",
	"string with a NUL":                "a\x00b",
	"bytes empty":                      []byte{},
	"bytes all":                        allBytes,
	"date of the epoch":                outgraph.Date{1970, 1, 1},
	"date before 1970":                 outgraph.Date{1969, 12, 31},
	"date in the year 1":               outgraph.Date{1, 1, 1},
	"date in the year 9999":            outgraph.Date{9999, 12, 31},
	"local time of midnight":           outgraph.LocalTime{},
	"local time, last of the day":      outgraph.LocalTime{23, 59, 59, 999_999_999},
	"time east":                        outgraph.OffsetTime{outgraph.LocalTime{Nanosecond: 1}, 64_800},
	"time west":                        outgraph.OffsetTimeOf(time.Date(2026, 1, 1, 12, 0, 0, 0, time.FixedZone("", -12_600))),
	"local date-time before 1970":      outgraph.LocalDateTimeOf(time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC)),
	"local date-time in the year 1":    outgraph.LocalDateTime{outgraph.Date{1, 1, 1}, outgraph.LocalTime{}},
	"local date-time in the year 9999": outgraph.LocalDateTime{outgraph.Date{9999, 12, 31}, outgraph.LocalTime{23, 59, 59, 999_999_999}},
	"date-time in UTC":                 time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC),
	"date-time before 1970":            time.Unix(-1, 1), // in time.Local, whatever that is
	"date-time with an offset":         time.Unix(0, 0).In(time.FixedZone("", -16_200)),
	"date-time in a zone":              outgraph.Zoned{time.Unix(1_793_494_800, 0), "Europe/Berlin"},
	"date-time in the hour that comes twice, second time": outgraph.Zoned{time.Unix(1_792_890_000, 0), "Europe/Berlin"},
	"duration of nothing":      time.Duration(0),
	"duration of all parts":    outgraph.Period{14, 3, 7322, 5},
	"duration below zero":      outgraph.Period{-1, -1, -1, 999_999_999},
	"point WGS 84":             outgraph.WGS84(13.4, 52.5),
	"point WGS 84 3D":          outgraph.WGS843D(-180, -90, 35.5),
	"point Cartesian":          outgraph.Cartesian(-0.5, 1e300),
	"point Cartesian 3D":       outgraph.Cartesian3D(0, 0, 0),
	"list of bools":            []bool{true, false},
	"list of int64s":           []int64{0, math.MinInt64, math.MaxInt64},
	"list of doubles":          []float64{0.1, math.Copysign(0, -1), math.NaN(), math.Inf(-1)},
	"list of strings":          []any{"", "ß", "ss"},
	"list of strings, empty":   []string{},
	"list of int64s, empty":    []int{},
	"list of dates":            []outgraph.Date{{1970, 1, 1}, {1969, 12, 31}},
	"list of local times":      []outgraph.LocalTime{{}, {Nanosecond: 1}},
	"list of times":            []outgraph.OffsetTime{{outgraph.LocalTime{Nanosecond: 1}, 3600}},
	"list of local date-times": []outgraph.LocalDateTime{outgraph.LocalDateTimeOf(time.Unix(-1, 0).UTC())},
	"list of date-times":       []any{time.Unix(0, 0).UTC(), outgraph.Zoned{time.Unix(0, 0), "Asia/Tokyo"}},
	"list of durations":        []outgraph.Period{{Months: 1}},
	"list of points":           []outgraph.Point{outgraph.Cartesian(0, 1), outgraph.Cartesian(2, 3)},
	"float vector":             []float32{0, float32(math.Copysign(0, -1)), 0.1, math.MaxFloat32},
}

func TestEveryGoldenValueIsMadeFromAGoValue(t *testing.T) {
	for _, v := range golden(t, "values.json") {
		value, ok := goValues[v.Name]
		if !ok {
			t.Errorf("%s: this suite lacks it", v.Name)
			continue
		}
		message, err := outgraph.ToValue(value)
		sameBytes(t, v, message, err)
	}
}

func sameBytes(t *testing.T, v vector, message proto.Message, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", v.Name, err)
		return
	}
	want, got := v.bytes(t), canonical.Bytes(message)
	if string(got) != string(want) {
		t.Errorf("%s: %s\n got %x\nwant %x", v.Name, protojson.Format(message), got, want)
	}
}

var (
	file    = outgraph.Node{"File", outgraph.Props{"repo": "r", "path": "src/a.ts"}}
	symbol  = outgraph.Node{"Symbol", outgraph.Props{"id": 7}}
	defines = outgraph.Edge{Type: "DEFINES", From: file, To: symbol}
	calls   = outgraph.Edge{Type: "CALLS", From: symbol, To: symbol, Key: outgraph.Props{"line": 3}}
	inFile  = outgraph.NodeMatch{"Symbol", outgraph.Props{"file": "src/a.ts", "exported": true}}
)

// The Go form of every golden mutation.
var goMutations = map[string]outgraph.Mutation{
	"merge node":            outgraph.MergeNode{Node: file, Set: outgraph.Props{"size": 1, "lang": "ts"}, Unset: []string{"old"}},
	"merge node, bare":      outgraph.MergeNode{Node: symbol},
	"merge node, replacing": outgraph.MergeNode{Node: symbol, Set: outgraph.Props{"name": "f"}, Replace: true},
	"merge node, labels":    outgraph.MergeNode{Node: symbol, AddLabels: []string{"Function"}, RemoveLabels: []string{"Class"}},
	"merge node, null":      outgraph.MergeNode{Node: symbol, Set: outgraph.Props{"doc": (*string)(nil)}},
	"merge node, keys of every type": outgraph.MergeNode{Node: outgraph.Node{"Größe", outgraph.Props{
		"s": "", "i": int64(math.MinInt64), "b": false,
		"d": outgraph.Date{1969, 12, 31},
		"l": outgraph.LocalDateTime{outgraph.Date{1970, 1, 1}, outgraph.LocalTime{Nanosecond: 1}},
	}}},
	"merge node, a name that begins another": outgraph.MergeNode{Node: symbol, Set: outgraph.Props{
		"ab": 1, "a": 2, "abc": 3,
	}},
	"merge node, names in the order of their bytes": outgraph.MergeNode{Node: symbol, Set: outgraph.Props{
		"\U00010400": 1, "\uffdc": 2, "B": 3, "a": 4, "_a": 5,
	}},
	"delete node":            outgraph.DeleteNode{file},
	"merge edge":             outgraph.MergeEdge{Edge: defines, Set: outgraph.Props{"line": 3}, Unset: []string{"old"}},
	"merge edge, keyed":      outgraph.MergeEdge{Edge: outgraph.Edge{"CALLS", symbol, symbol, outgraph.Props{"line": 3, "arm": "left"}}},
	"merge edge, replacing":  outgraph.MergeEdge{Edge: defines, Set: outgraph.Props{"line": 3}, Replace: true},
	"merge edge, stub":       outgraph.MergeEdge{Edge: defines, AbsentEnds: outgraph.AbsentStub},
	"merge edge, require":    outgraph.MergeEdge{Edge: defines, AbsentEnds: outgraph.AbsentRequire},
	"merge edge, if present": outgraph.MergeEdge{Edge: defines, AbsentEnds: outgraph.AbsentIfPresent},
	"create edge":            outgraph.CreateEdge{"SAW", symbol, file, outgraph.Props{"at": 1.5}, outgraph.AbsentRequire},
	"delete edge":            outgraph.DeleteEdge{defines},
	"delete edge, keyed":     outgraph.DeleteEdge{calls},
	"accumulate on a node":   outgraph.Accumulate{On: symbol, Add: outgraph.Props{"calls": 1, "weight": -0.5}},
	"accumulate on an edge": outgraph.Accumulate{
		On:         defines,
		Append:     outgraph.Props{"lines": []int{1, 2}, "notes": []string{}},
		AbsentEnds: outgraph.AbsentIfPresent,
	},
	"update nodes": outgraph.UpdateNodes{Match: inFile, Set: outgraph.Props{"stale": true}, Unset: []string{"seen"}},
	"delete nodes": outgraph.DeleteNodes{outgraph.NodeMatch{Label: "Symbol"}},
	"merge edges": outgraph.MergeEdges{
		Type: "CALLS", From: inFile, To: outgraph.NodeMatch{Label: "Symbol"},
		Key: outgraph.Props{"line": 1}, Set: outgraph.Props{"direct": true}, Unset: []string{"old"},
	},
	"merge edges, replacing": outgraph.MergeEdges{Type: "CALLS", From: inFile, To: inFile, Replace: true},
	"update edges": outgraph.UpdateEdges{
		Match: outgraph.EdgeMatch{"CALLS", &inFile, &inFile, outgraph.Props{"direct": false}},
		Set:   outgraph.Props{"direct": true}, Unset: []string{"old"},
	},
	"delete edges, open ends": outgraph.DeleteEdges{outgraph.EdgeMatch{Type: "CALLS"}},
}

func TestEveryGoldenMutationIsMadeFromItsGoForm(t *testing.T) {
	for _, v := range golden(t, "mutations.json") {
		mutation, ok := goMutations[v.Name]
		if !ok {
			t.Errorf("%s: this suite lacks it", v.Name)
			continue
		}
		message, err := outgraph.ToMutation(mutation)
		sameBytes(t, v, message, err)
	}
}

func TestNamedTypesAndPointersStandForWhatTheyAreBasedOn(t *testing.T) {
	type name string
	type count uint8
	type vector []float32
	text := "x"
	for _, pair := range [][2]any{
		{name("x"), "x"}, {&text, "x"}, {count(3), 3}, {int8(-3), -3}, {[]name{"x"}, []string{"x"}},
		{vector{1}, []float32{1}}, {[]uint16{1}, []int{1}}, {[]*string{&text}, []string{"x"}},
		{time.Second + 1, outgraph.Period{Seconds: 1, Nanoseconds: 1}},
		{-time.Nanosecond, outgraph.Period{Seconds: -1, Nanoseconds: 999_999_999}},
		{[]any{}, []string{}}, {[]time.Time{}, []outgraph.Zoned{}},
	} {
		got, err1 := outgraph.ToValue(pair[0])
		want, err2 := outgraph.ToValue(pair[1])
		if err1 != nil || err2 != nil || !proto.Equal(got, want) {
			t.Errorf("%#v: %v %v, want %v %v", pair[0], got, err1, want, err2)
		}
	}
}

func TestWhatNeo4jCannotStoreIsRefusedWithItsPath(t *testing.T) {
	for name, bad := range map[string]struct {
		value any
		path  string
	}{
		"a map":                     {map[string]any{}, ""},
		"a struct":                  {struct{ A int }{1}, ""},
		"an ObjectID":               {bson.NewObjectID(), ""},
		"an integer beyond 64 bits": {uint64(math.MaxInt64 + 1), ""},
		"text that is not UTF-8":    {"\xff", ""},
		"a mixed list":              {[]any{1, "a"}, "[1]"},
		"integers and floats":       {[]any{1, 1.0}, "[1]"},
		"a list of lists":           {[][]int{{1}}, "[0]"},
		"a list of bytes":           {[][]byte{{1}}, "[0]"},
		"a list with nil":           {[]any{"a", nil}, "[1]"},
		"a list with a wrong item":  {[]any{"a", "\xff"}, "[1]"},
		"February 30":               {outgraph.Date{2026, 2, 30}, ""},
		"a 61st minute":             {outgraph.LocalTime{Minute: 61}, ""},
		"a zone without a name":     {outgraph.Zoned{Time: time.Now()}, ""},
		"a ready value of no kind":  {new(graphv1.Value), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := outgraph.ToEvents([]outgraph.Event{{Type: "a.B"}, {Type: "a.B", Mutations: []outgraph.Mutation{
				outgraph.DeleteNode{file},
				outgraph.MergeNode{Node: file, Set: outgraph.Props{"p": bad.value}},
			}}})
			var failed *outgraph.Error
			want := `events[1].mutations[1].merge_node.set["p"]` + bad.path
			if !errors.As(err, &failed) || !errors.Is(err, outgraph.ErrInvalidArgument) ||
				len(failed.Violations) != 1 || failed.Violations[0].Field != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	_, err := outgraph.ToEvents([]outgraph.Event{{Mutations: []outgraph.Mutation{
		outgraph.DeleteNode{outgraph.Node{"\xff", outgraph.Props{"k": struct{}{}}}},
		nil,
		outgraph.Accumulate{},
	}}})

	for _, path := range []string{
		"events[0].mutations[0].delete_node.node.label",
		`events[0].mutations[0].delete_node.node.key["k"]`,
		"events[0].mutations[1]",
		"events[0].mutations[2].accumulate.target",
	} {
		if !strings.Contains(err.Error(), path+": ") {
			t.Errorf("%v lacks %s", err, path)
		}
	}
}
