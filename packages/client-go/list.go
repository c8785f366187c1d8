package outgraph

import (
	"fmt"
	"reflect"

	graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"
)

// list takes the type of the list from its first item, or of an empty one from the slice's type. An
// empty []any becomes a list of texts: Neo4j keeps no type for an empty list, so neither matters.
func (e *encoder) list(path string, items reflect.Value) *graphv1.List {
	if items.Len() == 0 {
		return e.empty(items.Type().Elem())
	}
	values := make([]*graphv1.Value, items.Len())
	before := len(e.violations)
	for i := range values {
		at := fmt.Sprintf("%s[%d]", path, i)
		values[i] = e.value(at, items.Index(i).Interface())
		if len(e.violations) > before {
			return new(graphv1.List)
		}
		first, this := listKind(values[0]), listKind(values[i])
		if this == nil || first != this {
			e.refuse(at, "a list holds values of one kind, and no nulls, bytes, vectors or lists")
			return new(graphv1.List)
		}
	}
	return listOf(values)
}

func (e *encoder) empty(item reflect.Type) *graphv1.List {
	if item.Kind() != reflect.Interface && item.Kind() != reflect.Pointer {
		zero := new(encoder).value("", reflect.Zero(item).Interface())
		if listKind(zero) != nil {
			list := listOf([]*graphv1.Value{zero})
			// The type of the list without its one item.
			message := list.ProtoReflect()
			items := message.Get(message.WhichOneof(message.Descriptor().Oneofs().ByName("items"))).Message()
			items.Clear(items.Descriptor().Fields().ByName("values"))
			return list
		}
	}
	return listOf(nil)
}

// listKind is what the items of one list have in common; nil for what no list holds.
func listKind(value *graphv1.Value) reflect.Type {
	switch kind := value.GetKind().(type) {
	case nil, *graphv1.Value_NullValue, *graphv1.Value_BytesValue, *graphv1.Value_ListValue, *graphv1.Value_Float32VectorValue:
		return nil
	default:
		return reflect.TypeOf(kind)
	}
}

// listOf makes a list of values that are all of one kind.
func listOf(values []*graphv1.Value) *graphv1.List {
	var first *graphv1.Value
	if len(values) > 0 {
		first = values[0]
	}
	switch first.GetKind().(type) {
	case *graphv1.Value_BoolValue:
		return &graphv1.List{Items: &graphv1.List_Bools{Bools: &graphv1.BoolList{Values: each(values, (*graphv1.Value).GetBoolValue)}}}
	case *graphv1.Value_Int64Value:
		return &graphv1.List{Items: &graphv1.List_Int64S{Int64S: &graphv1.Int64List{Values: each(values, (*graphv1.Value).GetInt64Value)}}}
	case *graphv1.Value_DoubleValue:
		return &graphv1.List{Items: &graphv1.List_Doubles{Doubles: &graphv1.DoubleList{Values: each(values, (*graphv1.Value).GetDoubleValue)}}}
	case *graphv1.Value_DateValue:
		return &graphv1.List{Items: &graphv1.List_Dates{Dates: &graphv1.DateList{Values: each(values, (*graphv1.Value).GetDateValue)}}}
	case *graphv1.Value_LocalTimeValue:
		return &graphv1.List{Items: &graphv1.List_LocalTimes{LocalTimes: &graphv1.LocalTimeList{Values: each(values, (*graphv1.Value).GetLocalTimeValue)}}}
	case *graphv1.Value_TimeValue:
		return &graphv1.List{Items: &graphv1.List_Times{Times: &graphv1.TimeList{Values: each(values, (*graphv1.Value).GetTimeValue)}}}
	case *graphv1.Value_LocalDateTimeValue:
		return &graphv1.List{Items: &graphv1.List_LocalDateTimes{LocalDateTimes: &graphv1.LocalDateTimeList{Values: each(values, (*graphv1.Value).GetLocalDateTimeValue)}}}
	case *graphv1.Value_DateTimeValue:
		return &graphv1.List{Items: &graphv1.List_DateTimes{DateTimes: &graphv1.DateTimeList{Values: each(values, (*graphv1.Value).GetDateTimeValue)}}}
	case *graphv1.Value_DurationValue:
		return &graphv1.List{Items: &graphv1.List_Durations{Durations: &graphv1.DurationList{Values: each(values, (*graphv1.Value).GetDurationValue)}}}
	case *graphv1.Value_PointValue:
		return &graphv1.List{Items: &graphv1.List_Points{Points: &graphv1.PointList{Values: each(values, (*graphv1.Value).GetPointValue)}}}
	}
	return &graphv1.List{Items: &graphv1.List_Strings{Strings: &graphv1.StringList{Values: each(values, (*graphv1.Value).GetStringValue)}}}
}

func each[T any](values []*graphv1.Value, get func(*graphv1.Value) T) []T {
	items := make([]T, len(values))
	for i, value := range values {
		items[i] = get(value)
	}
	return items
}
