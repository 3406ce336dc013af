"""Derives from a schema what yaml-language-server shows at a place of a file: the hover text and the completions.

It follows the rules of yaml-language-server 1.24 (yamlHover.ts and yamlCompletion.ts): every schema that applies to the
place counts; the first description is the hover text; the values of all lists are offered, each with its description.
"""

import jsonschema

PREFIX = "#/definitions/"


class Hints:
    def __init__(self, schema, data, path):
        self.root = schema
        self.found = []
        self._walk(schema, data, list(path))

    @property
    def description(self):
        """The hover text."""
        texts = [schema.get("markdownDescription") or schema.get("description") for schema in self.found]
        return next((text for text in texts if text), None)

    @property
    def values(self):
        """The offered values with their descriptions."""
        offered = {}
        for schema in self.found:
            descriptions = schema.get("enumDescriptions", [])
            for index, value in enumerate(schema.get("enum", [])):
                offered[value] = offered.get(value) or (descriptions[index] if descriptions else "")
        return offered

    @property
    def keys(self):
        """The offered keys with their descriptions."""
        offered = {}
        for schema in self.found:
            for key, value in schema.get("properties", {}).items():
                if not isinstance(value, dict):
                    continue
                value = self._resolved(value)
                text = value.get("markdownDescription") or value.get("description")
                offered[key] = offered.get(key) or text
        return offered

    @property
    def default(self):
        return next((schema["default"] for schema in self.found if "default" in schema), None)

    @property
    def snippets(self):
        return [snippet for schema in self.found for snippet in schema.get("defaultSnippets", [])]

    def _resolved(self, schema):
        if "$ref" not in schema:
            return schema
        return self.root["definitions"][schema["$ref"].removeprefix(PREFIX)]

    def _holds(self, schema, data):
        whole = {"definitions": self.root.get("definitions", {}), "allOf": [schema]}
        return jsonschema.Draft7Validator(whole).is_valid(data)

    def _walk(self, schema, data, path):
        if not isinstance(schema, dict):
            return
        schema = self._resolved(schema)
        if not path:
            self.found.append(schema)
        for part in schema.get("allOf", []):
            self._walk(part, data, path)
        for part in schema.get("anyOf", []) + schema.get("oneOf", []):
            self._walk(part, data, path)
        if "if" in schema:
            branch = "then" if self._holds(schema["if"], data) else "else"
            self._walk(schema.get(branch), data, path)
        if not path:
            return
        key, rest = path[0], path[1:]
        if isinstance(key, int):
            inside = data[key] if isinstance(data, list) and key < len(data) else None
            self._walk(schema.get("items"), inside, rest)
        else:
            inside = data.get(key) if isinstance(data, dict) else None
            if key in schema.get("properties", {}):
                self._walk(schema["properties"][key], inside, rest)
            else:
                self._walk(schema.get("additionalProperties"), inside, rest)
