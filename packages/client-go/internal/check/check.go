// Package check says what of a message the contract refuses.
//
// It stands apart from the client, which leaves checking to the service: only those who write
// without a service carry the rule engine in their program.
package check

import (
	"errors"
	"fmt"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	entryv1 "github.com/outgraph/outgraph-go/gen/outgraph/entry/v1"
)

// A Violation is one rule that a message breaks.
type Violation struct {
	// Field is where, such as `events[0].mutations[2].merge_node.set["size"]`.
	Field string
	// Message is what is wrong with it.
	Message string
	// Rule is the rule's id, such as `string.pattern`.
	Rule string
}

// Supported names the mutations that the relay of this version applies, by their fields.
var Supported = map[protoreflect.Name]bool{
	"merge_node":   true,
	"delete_node":  true,
	"merge_edge":   true,
	"create_edge":  true,
	"delete_edge":  true,
	"accumulate":   true,
	"update_nodes": true,
	"delete_nodes": true,
	"merge_edges":  true,
	"update_edges": true,
	"delete_edges": true,
}

// Violations returns the rules of the schema that the message breaks; none when it keeps them all.
// It fails when a rule itself cannot be evaluated, which is a bug of the schema.
func Violations(message proto.Message) ([]Violation, error) {
	err := protovalidate.Validate(message)
	if err == nil {
		return nil, nil
	}
	var invalid *protovalidate.ValidationError
	if !errors.As(err, &invalid) {
		return nil, err
	}
	found := make([]Violation, len(invalid.Violations))
	for i, violation := range invalid.Violations {
		found[i] = Violation{
			Field:   protovalidate.FieldPathString(violation.Proto.GetField()),
			Message: violation.Proto.GetMessage(),
			Rule:    violation.Proto.GetRuleId(),
		}
	}
	return found, nil
}

// Unsupported returns where the entry holds mutations outside Supported, those of newer versions
// included; an empty Mutation counts too. Such an entry is refused, never applied in part.
func Unsupported(entry *entryv1.Entry) []Violation {
	var found []Violation
	for e, event := range entry.GetEvents() {
		for m, mutation := range event.GetMutations() {
			field := fmt.Sprintf("events[%d].mutations[%d]", e, m)
			message := mutation.ProtoReflect()
			kind := message.WhichOneof(message.Descriptor().Oneofs().ByName("kind"))
			switch {
			case kind == nil:
				found = append(found, Violation{field, "no mutation that this version knows", "mutation.unknown"})
			case !Supported[kind.Name()]:
				field = fmt.Sprintf("%s.%s", field, kind.Name())
				found = append(found, Violation{field, "this version does not apply such mutations yet", "mutation.unsupported"})
			}
		}
	}
	return found
}
