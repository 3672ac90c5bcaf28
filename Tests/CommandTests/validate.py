"""Validates findings documents: validate.py open|strict SCHEMA FILE...

A file that ends in .jsonl is validated line by line. "strict" forbids every member that the schema does not
name, which readers must not do, but which shows that nothing undocumented is written. Ends with 77 if the module
jsonschema is missing.
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

# Within these, "properties" says something of members, not which there are.
CONDITIONS = {"if", "then", "else", "allOf", "dependentSchemas"}


def closed(node):
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: value if key in CONDITIONS else closed(value) for key, value in node.items()}
    if "object" in (node.get("type") or []):
        result["additionalProperties"] = False
    return result


def documents(path, schema):
    with open(path, encoding="ascii") as file:
        text = file.read()
    if not path.endswith(".jsonl"):
        return schema, [json.loads(text)]
    line = {"$schema": schema["$schema"], "$ref": "#/$defs/line", "$defs": schema["$defs"]}
    return line, [json.loads(line) for line in text.splitlines()]


def main(mode, schema_path, *paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    if mode == "strict":
        schema = closed(schema)
    faults = 0
    for path in paths:
        own, values = documents(path, schema)
        for value in values:
            for error in jsonschema.Draft202012Validator(own).iter_errors(value):
                place = "/".join(str(part) for part in error.absolute_path)
                print(f"{path}: {place}: {error.message[:300]}")
                faults += 1
    sys.exit(1 if faults else 0)


main(*sys.argv[1:])
