"""Points in Neo4j's four coordinate systems."""

from dataclasses import dataclass

from outgraph.graph.v1 import value_pb2 as pb


@dataclass(frozen=True)
class Point:
    """A point; ``wgs84`` and ``cartesian`` make one."""

    srid: int
    """4326 WGS 84, 4979 WGS 84 3D, 7203 Cartesian, 9157 Cartesian 3D."""
    x: float
    """Longitude in degrees, or x."""
    y: float
    """Latitude in degrees, or y."""
    z: float | None = None
    """Height in metres, or z."""

    @classmethod
    def wgs84(cls, longitude: float, latitude: float, height: float | None = None) -> "Point":
        """A place on Earth: degrees, and metres."""
        return cls(4326 if height is None else 4979, longitude, latitude, height)

    @classmethod
    def cartesian(cls, x: float, y: float, z: float | None = None) -> "Point":
        """A point in the plane, or in space."""
        return cls(7203 if z is None else 9157, x, y, z)

    def to_message(self) -> pb.Point:
        return pb.Point(srid=self.srid, x=self.x, y=self.y, z=self.z)
