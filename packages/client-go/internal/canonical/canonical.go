// Package canonical gives messages the one encoding by which appends are compared.
//
// The protobuf library's deterministic encoding will not do: it is not promised to stay the same
// across versions, while a digest outlives them all; and it writes the members of a oneof behind all
// other fields. So this is an encoder of its own: fields by ascending number, map entries by the
// bytes of their keys, defaults and unknown fields left out, one NaN for all.
package canonical

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
)

// Digest returns the SHA-256 of an append's content, the same in every language. Two appends with
// one digest say the same.
//
// It is taken over the canonical encoding of an AppendRequest that holds the writes and an entry
// with nothing but the events, each without occurred_at.
func Digest(events []*entryv1.Event, writes []*appendv1.DocumentWrite) [32]byte {
	said := make([]*entryv1.Event, len(events))
	for i, event := range events {
		said[i] = &entryv1.Event{Type: event.GetType(), Mutations: event.GetMutations(), Payload: event.GetPayload()}
	}
	return sha256.Sum256(Bytes(&appendv1.AppendRequest{Entry: &entryv1.Entry{Events: said}, Writes: writes}))
}

// Bytes returns the canonical encoding of a message.
func Bytes(message proto.Message) []byte { return appendMessage(nil, message.ProtoReflect()) }

func appendMessage(b []byte, message protoreflect.Message) []byte {
	for _, field := range fieldsOf(message.Descriptor()) {
		if !message.Has(field) {
			continue
		}
		value := message.Get(field)
		switch {
		case field.IsMap():
			b = appendMap(b, field, value.Map())
		case field.IsList():
			b = appendList(b, field, value.List())
		default:
			b = appendField(b, field, value)
		}
	}
	return b
}

var sorted sync.Map // protoreflect.MessageDescriptor → []protoreflect.FieldDescriptor

// fieldsOf returns the fields by ascending number, which need not be the order of the schema's text.
func fieldsOf(message protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	if found, ok := sorted.Load(message); ok {
		return found.([]protoreflect.FieldDescriptor)
	}
	declared := message.Fields()
	fields := make([]protoreflect.FieldDescriptor, declared.Len())
	for i := range fields {
		fields[i] = declared.Get(i)
	}
	slices.SortFunc(fields, func(a, b protoreflect.FieldDescriptor) int { return int(a.Number()) - int(b.Number()) })
	sorted.Store(message, fields)
	return fields
}

// appendMap writes the entries by the bytes of their keys, which is the order of Go's strings. A key
// or value is written even when it is its type's default: so protobuf encoders do.
func appendMap(b []byte, field protoreflect.FieldDescriptor, entries protoreflect.Map) []byte {
	names := make([]string, 0, entries.Len())
	entries.Range(func(key protoreflect.MapKey, _ protoreflect.Value) bool {
		names = append(names, key.String())
		return true
	})
	slices.Sort(names)
	for _, name := range names {
		key := protoreflect.ValueOfString(name)
		entry := appendField(nil, field.MapKey(), key)
		entry = appendField(entry, field.MapValue(), entries.Get(key.MapKey()))
		b = protowire.AppendTag(b, field.Number(), protowire.BytesType)
		b = protowire.AppendBytes(b, entry)
	}
	return b
}

func appendList(b []byte, field protoreflect.FieldDescriptor, list protoreflect.List) []byte {
	if !field.IsPacked() {
		for i := range list.Len() {
			b = appendField(b, field, list.Get(i))
		}
		return b
	}
	var packed []byte
	for i := range list.Len() {
		packed = appendScalar(packed, field, list.Get(i))
	}
	b = protowire.AppendTag(b, field.Number(), protowire.BytesType)
	return protowire.AppendBytes(b, packed)
}

func appendField(b []byte, field protoreflect.FieldDescriptor, value protoreflect.Value) []byte {
	b = protowire.AppendTag(b, field.Number(), wireType(field))
	return appendScalar(b, field, value)
}

func appendScalar(b []byte, field protoreflect.FieldDescriptor, value protoreflect.Value) []byte {
	switch field.Kind() {
	case protoreflect.BoolKind:
		return protowire.AppendVarint(b, protowire.EncodeBool(value.Bool()))
	case protoreflect.EnumKind:
		return protowire.AppendVarint(b, uint64(value.Enum()))
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return protowire.AppendVarint(b, uint64(value.Int()))
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return protowire.AppendVarint(b, protowire.EncodeZigZag(value.Int()))
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind:
		return protowire.AppendVarint(b, value.Uint())
	case protoreflect.FloatKind:
		if math.IsNaN(value.Float()) {
			return protowire.AppendFixed32(b, nan32)
		}
		return protowire.AppendFixed32(b, math.Float32bits(float32(value.Float())))
	case protoreflect.DoubleKind:
		return protowire.AppendFixed64(b, math.Float64bits(NaN(value.Float())))
	case protoreflect.StringKind:
		return protowire.AppendString(b, value.String())
	case protoreflect.BytesKind:
		return protowire.AppendBytes(b, value.Bytes())
	case protoreflect.MessageKind:
		return protowire.AppendBytes(b, appendMessage(nil, value.Message()))
	}
	panic(fmt.Sprintf("the contract has no fields of kind %s", field.Kind())) // a test walks all of it
}

// There are many NaNs, and they all say the same. Go's own, math.NaN, is not the one that other
// languages write, which is this: quiet, and nothing else.
const (
	nan32 = 0x7fc00000
	nan64 = 0x7ff8000000000000
)

// NaN returns the number, and of all NaNs the one that every language writes.
func NaN(number float64) float64 {
	if math.IsNaN(number) {
		return math.Float64frombits(nan64)
	}
	return number
}

func wireType(field protoreflect.FieldDescriptor) protowire.Type {
	switch field.Kind() {
	case protoreflect.FloatKind:
		return protowire.Fixed32Type
	case protoreflect.DoubleKind:
		return protowire.Fixed64Type
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return protowire.BytesType
	}
	return protowire.VarintType
}
