package canonical

import (
	"bytes"
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
)

// full returns a message in which every field down to a depth is set, each oneof by its n-th member.
func full(message protoreflect.Message, depth, n int) protoreflect.Message {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if one := field.ContainingOneof(); one != nil && one.Fields().Get(n%one.Fields().Len()) != field {
			continue
		}
		if depth == 0 && field.Message() != nil {
			continue
		}
		switch {
		case field.IsMap():
			entries := message.Mutable(field).Map()
			for _, name := range []string{"b", "", "\U00010400", "\uffdc", "a"} {
				value := entries.NewValue()
				full(value.Message(), depth-1, n)
				entries.Set(protoreflect.ValueOfString(name).MapKey(), value)
			}
		case field.IsList():
			list := message.Mutable(field).List()
			for range 2 {
				list.Append(some(field, func() protoreflect.Value { return list.NewElement() }, depth, n))
			}
		default:
			message.Set(field, some(field, func() protoreflect.Value { return message.NewField(field) }, depth, n))
		}
	}
	return message
}

func some(field protoreflect.FieldDescriptor, empty func() protoreflect.Value, depth, n int) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(n % 2))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind:
		return protoreflect.ValueOfInt32(int32(-n))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind:
		return protoreflect.ValueOfInt64(math.MinInt64 + int64(n))
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(4326)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(-0.5)
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(math.Copysign(0, -1))
	case protoreflect.StringKind:
		return protoreflect.ValueOfString("ß")
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte{0, 255})
	}
	value := empty()
	full(value.Message(), depth-1, n)
	return value
}

// The library's own deterministic encoding writes the members of a oneof behind all other fields.
func TestEveryFieldOfTheContractIsWrittenInOrderAndReadBack(t *testing.T) {
	for n := range 40 {
		message := full(new(appendv1.AppendRequest).ProtoReflect(), 8, n)
		got := Bytes(message.Interface())
		back := new(appendv1.AppendRequest)
		if err := proto.Unmarshal(got, back); err != nil || !proto.Equal(back, message.Interface()) {
			t.Fatalf("n %d: %v\n got %v\nwant %v", n, err, back, message)
		}
		inOrder(t, message.Descriptor(), got)
	}
}

func inOrder(t *testing.T, message protoreflect.MessageDescriptor, b []byte) {
	t.Helper()
	last := protowire.Number(0)
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if number < last {
			t.Errorf("%s: field %d behind field %d", message.FullName(), number, last)
		}
		last, b = number, b[n:]
		if field := message.Fields().ByNumber(number); field.Message() != nil {
			inner, _ := protowire.ConsumeBytes(b)
			inOrder(t, field.Message(), inner)
		}
		b = b[protowire.ConsumeFieldValue(number, wire, b):]
	}
}

func TestWhatIsUnknownIsLeftOut(t *testing.T) {
	mutation := &graphv1.Mutation{Kind: &graphv1.Mutation_DeleteNode{DeleteNode: &graphv1.DeleteNode{}}}
	known := Bytes(mutation)
	unknown := protowire.AppendVarint(protowire.AppendTag(nil, 100, protowire.VarintType), 1)
	mutation.ProtoReflect().SetUnknown(unknown)
	if got := Bytes(mutation); !bytes.Equal(got, known) {
		t.Errorf("%x, want %x", got, known)
	}
}

func TestAllNaNsSayTheSame(t *testing.T) {
	for _, bits := range []uint64{0x7ff8000000000000, 0x7ff8000000000001, 0xfff8000000000000, 0x7ff0000000000001} {
		value := &graphv1.Value{Kind: &graphv1.Value_DoubleValue{DoubleValue: math.Float64frombits(bits)}}
		if got := Bytes(value); !bytes.Equal(got, []byte{0x21, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f}) {
			t.Errorf("%x: %x", bits, got)
		}
	}
	vector := &graphv1.Float32Vector{Values: []float32{math.Float32frombits(0xffc00001)}}
	if got := Bytes(vector); !bytes.Equal(got, []byte{0x0a, 4, 0, 0, 0xc0, 0x7f}) {
		t.Errorf("%x", got)
	}
}

func TestTakingTheDigestLeavesWhatWasGivenAsItSays(t *testing.T) {
	event := &entryv1.Event{Type: "a.B", OccurredAt: timestamppb.Now()}
	before := proto.CloneOf(event)
	with := Digest([]*entryv1.Event{event}, nil)
	if !proto.Equal(event, before) || with != Digest([]*entryv1.Event{{Type: "a.B"}}, nil) {
		t.Error("the event changed, or its time counts")
	}
	if with == Digest([]*entryv1.Event{event}, []*appendv1.DocumentWrite{{Collection: "c"}}) {
		t.Error("document writes do not count")
	}
}
