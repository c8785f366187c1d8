package outgraph

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	appendv1 "github.com/outgraph/outgraph-go/gen/outgraph/append/v1"
)

// ExtendedJSON is a document as MongoDB Extended JSON v2, canonical or relaxed, wherever a document
// is given. The service reads it; a text that is none is refused there.
type ExtendedJSON string

// document encodes a document as the MongoDB driver would, but maps in the order of their keys: a
// Go map has another order each time, and a repeated append must say the same.
func (e *encoder) document(path string, document any) *appendv1.Document {
	switch d := document.(type) {
	case nil:
		e.refuse(path, "no document")
		return nil
	case *appendv1.Document:
		return d
	case ExtendedJSON:
		return &appendv1.Document{Format: &appendv1.Document_ExtendedJson{ExtendedJson: e.name(path+".extended_json", string(d))}}
	}
	encoded, err := encodeDocument(document)
	if err != nil {
		e.refuse(path, "cannot be stored: %v", err)
	}
	return &appendv1.Document{Format: &appendv1.Document_Bson{Bson: encoded}}
}

func (e *encoder) documents(path string, documents []any) []*appendv1.Document {
	messages := make([]*appendv1.Document, len(documents))
	for i, document := range documents {
		messages[i] = e.document(fmt.Sprintf("%s[%d]", path, i), document)
	}
	return messages
}

func (e *encoder) documentOrNone(path string, document any) *appendv1.Document {
	if document == nil {
		return nil
	}
	return e.document(path, document)
}

func encodeDocument(document any) ([]byte, error) {
	var out bytes.Buffer
	encoder := bson.NewEncoder(bson.NewDocumentWriter(&out))
	encoder.SetRegistry(registry)
	err := encoder.Encode(document)
	return out.Bytes(), err
}

var (
	plain    = bson.NewRegistry()
	registry = newRegistry()
)

func newRegistry() *bson.Registry {
	r := bson.NewRegistry()
	r.RegisterKindEncoder(reflect.Map, bson.ValueEncoderFunc(encodeMap))
	return r
}

// encodeMap lets the driver encode the map and puts the elements in order.
func encodeMap(ec bson.EncodeContext, vw bson.ValueWriter, value reflect.Value) error {
	encoder, err := plain.LookupEncoder(value.Type())
	if err != nil {
		return err
	}
	if value.Len() < 2 {
		return encoder.EncodeValue(ec, vw, value)
	}
	var out bytes.Buffer
	if err := encoder.EncodeValue(ec, bson.NewDocumentWriter(&out), value); err != nil {
		return err
	}
	elements, err := bson.Raw(out.Bytes()).Elements()
	if err != nil {
		return err
	}
	slices.SortFunc(elements, func(a, b bson.RawElement) int { return strings.Compare(a.Key(), b.Key()) })
	document, err := vw.WriteDocument()
	if err != nil {
		return err
	}
	for _, element := range elements {
		writer, err := document.WriteDocumentElement(element.Key())
		if err != nil {
			return err
		}
		raw := reflect.ValueOf(element.Value())
		rawEncoder, err := plain.LookupEncoder(raw.Type())
		if err != nil {
			return err
		}
		if err := rawEncoder.EncodeValue(ec, writer, raw); err != nil {
			return err
		}
	}
	return document.WriteDocumentEnd()
}
