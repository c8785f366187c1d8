"""Properties as messages, without a copy of each."""

from collections.abc import Mapping
from typing import Any

from outgraph import InvalidValue, to_value

_FIELD = {str: "string_value", bool: "bool_value", int: "int64_value", float: "double_value"}


def put_properties(values: Any, properties: Mapping[str, Any]) -> None:
    """Writes the properties into a map of a message.

    :raises outgraph.InvalidValue: for a value that no property can have; says of which.
    """
    for name, value in properties.items():
        field = _FIELD.get(type(value))
        try:
            if field is None:
                values[name].CopyFrom(to_value(value, name))
            else:
                setattr(values[name], field, value)
        except InvalidValue:
            raise
        except (ValueError, TypeError):
            # Says what is wrong with it.
            values[name].CopyFrom(to_value(value, name))
