"""Validates YAML files: yaml_files.py SCHEMA FILE... Ends with 77 if a module is missing."""
import json
import sys

try:
    import jsonschema
    import yaml
except ImportError:
    sys.exit(77)


def main(schema_path, *paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for error in validator.iter_errors(yaml.safe_load(file)):
                best = jsonschema.exceptions.best_match([error])
                print(f"{path}: {best.json_path}: {best.message[:200]}")
                faults += 1
    sys.exit(1 if faults else 0)


main(*sys.argv[1:])
