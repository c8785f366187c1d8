package outgraph

import (
	"fmt"
	"math"
	"reflect"
	"time"
	"unicode/utf8"

	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
	"github.com/outgraph/outgraph-go/internal/canonical"
)

// Props are properties by name.
//
// A value may be
//   - nil, which removes the property, or a nil pointer; other pointers stand for what they point to;
//   - a bool, a string, a []byte;
//   - any integer type, which stays an integer up to Neo4j, or a float64 or float32, which stays a
//     float, also when it is whole;
//   - a time.Time, which becomes an instant shown at its own offset from UTC; but at UTC when its zone
//     is time.Local, since what a machine's zone happens to be is no part of what is said;
//   - a [Zoned] instant, a [Date], [LocalTime], [OffsetTime], [LocalDateTime], a [Period] or
//     time.Duration, a [Point];
//   - a slice of one of these, []byte and nil apart, or a []any whose items are all of one kind;
//   - a []float32, which becomes a vector for a vector index (a []float64 is a list);
//   - a ready *graphv1.Value;
//   - a value whose type is based on a bool, string or number.
//
// Nothing else can be stored as a property, and is refused where it is appended, with its path.
type Props map[string]any

// ToValue returns the protobuf form of a property value; see [Props].
//
// It fails with [ErrInvalidArgument] when Neo4j cannot store such a value.
func ToValue(value any) (*graphv1.Value, error) {
	e := new(encoder)
	encoded := e.value("value", value)
	return encoded, e.err()
}

// An encoder turns what callers give into the contract's messages, and collects what cannot be.
type encoder struct{ violations []Violation }

func (e *encoder) refuse(path, format string, args ...any) {
	e.violations = append(e.violations, Violation{path, fmt.Sprintf(format, args...)})
}

func (e *encoder) err() error {
	if len(e.violations) == 0 {
		return nil
	}
	return &Error{Code: InvalidArgument, Message: "not sent", Violations: e.violations}
}

func (e *encoder) props(path string, props Props) map[string]*graphv1.Value {
	if len(props) == 0 {
		return nil
	}
	values := make(map[string]*graphv1.Value, len(props))
	for name, value := range props {
		at := fmt.Sprintf("%s[%q]", path, name)
		if !utf8.ValidString(name) {
			e.refuse(at, "the name is not UTF-8")
			continue
		}
		values[name] = e.value(at, value)
	}
	return values
}

// value never returns nil: what was refused stands as an empty Value, which nobody gets to see.
func (e *encoder) value(path string, value any) *graphv1.Value {
	switch v := value.(type) {
	case nil:
		return &graphv1.Value{Kind: &graphv1.Value_NullValue{}}
	case *graphv1.Value:
		if v.GetKind() == nil {
			e.refuse(path, "a Value of no kind")
		}
		return v
	case bool:
		return &graphv1.Value{Kind: &graphv1.Value_BoolValue{BoolValue: v}}
	case string:
		return e.text(path, v)
	case []byte:
		if v == nil {
			v = []byte{}
		}
		return &graphv1.Value{Kind: &graphv1.Value_BytesValue{BytesValue: v}}
	case int:
		return integer(int64(v))
	case int64:
		return integer(v)
	case float64:
		return float(v)
	case []float32:
		vector := make([]float32, len(v))
		for i, component := range v {
			vector[i] = float32(canonical.NaN(float64(component)))
		}
		return &graphv1.Value{Kind: &graphv1.Value_Float32VectorValue{
			Float32VectorValue: &graphv1.Float32Vector{Values: vector},
		}}
	case time.Time:
		at := e.instant(path, v)
		return &graphv1.Value{Kind: &graphv1.Value_DateTimeValue{DateTimeValue: at}}
	case time.Duration:
		return &graphv1.Value{Kind: &graphv1.Value_DurationValue{DurationValue: elapsed(v)}}
	case temporal:
		return v.value(e, path)
	case Point:
		return &graphv1.Value{Kind: &graphv1.Value_PointValue{PointValue: v.message()}}
	}
	return e.byKind(path, reflect.ValueOf(value))
}

// byKind takes types that are based on others.
func (e *encoder) byKind(path string, value reflect.Value) *graphv1.Value {
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return e.value(path, nil)
		}
		return e.value(path, value.Elem().Interface())
	case reflect.Bool:
		return e.value(path, value.Bool())
	case reflect.String:
		return e.text(path, value.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return integer(value.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if value.Uint() > math.MaxInt64 {
			e.refuse(path, "%d does not fit into 64 bits with a sign", value.Uint())
		}
		return integer(int64(value.Uint()))
	case reflect.Float32, reflect.Float64:
		return float(value.Float())
	case reflect.Slice:
		switch value.Type().Elem().Kind() {
		case reflect.Uint8:
			return e.value(path, value.Bytes())
		case reflect.Float32:
			return e.value(path, value.Convert(reflect.TypeFor[[]float32]()).Interface())
		}
		return &graphv1.Value{Kind: &graphv1.Value_ListValue{ListValue: e.list(path, value)}}
	}
	e.refuse(path, "a %s cannot be stored as a property", value.Type())
	return new(graphv1.Value)
}

func (e *encoder) text(path, text string) *graphv1.Value {
	if !utf8.ValidString(text) {
		e.refuse(path, "the text is not UTF-8; give bytes as []byte")
	}
	return &graphv1.Value{Kind: &graphv1.Value_StringValue{StringValue: text}}
}

func integer(v int64) *graphv1.Value {
	return &graphv1.Value{Kind: &graphv1.Value_Int64Value{Int64Value: v}}
}

func float(v float64) *graphv1.Value {
	return &graphv1.Value{Kind: &graphv1.Value_DoubleValue{DoubleValue: canonical.NaN(v)}}
}
