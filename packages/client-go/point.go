package outgraph

import graphv1 "github.com/outgraph/outgraph-go/gen/outgraph/graph/v1"

// A Point lies in one of Neo4j's four coordinate systems; [WGS84], [WGS843D], [Cartesian] and
// [Cartesian3D] make one.
type Point struct {
	// SRID is 4326 for WGS 84, 4979 for WGS 84 with a height, 7203 for Cartesian, 9157 for Cartesian 3D.
	SRID uint32
	// X is the longitude in degrees, or x. Y is the latitude in degrees, or y.
	X, Y float64
	// Z is the height in metres, or z; nil in the flat systems.
	Z *float64
}

// WGS84 returns a place on the Earth, in degrees.
func WGS84(longitude, latitude float64) Point { return Point{SRID: 4326, X: longitude, Y: latitude} }

// WGS843D returns a place above the Earth, in degrees and metres.
func WGS843D(longitude, latitude, height float64) Point {
	return Point{SRID: 4979, X: longitude, Y: latitude, Z: &height}
}

// Cartesian returns a point in a plane.
func Cartesian(x, y float64) Point { return Point{SRID: 7203, X: x, Y: y} }

// Cartesian3D returns a point in space.
func Cartesian3D(x, y, z float64) Point { return Point{SRID: 9157, X: x, Y: y, Z: &z} }

func (p Point) message() *graphv1.Point {
	return &graphv1.Point{Srid: p.SRID, X: p.X, Y: p.Y, Z: p.Z}
}
