"""Judges what `dumpsieve export` writes, by the library of each standard: exports.py FORMAT FILE...

Prints a line for each fault. Ends with 77 if the library is missing; without a file that is all it says.
"""
import csv
import importlib.util
import json
import sys

MISSING = 77


NEEDS = {"misp": "pymisp", "stix": "stix2", "ocsf": "ocsf_json_schema"}


def misp(text):
    """pymisp, strict: an attribute that the object's template does not have, or one that it demands, is a fault."""
    import pymisp
    event = pymisp.MISPEvent(strict_validation=True)
    given = json.loads(text)
    # It takes what it loads apart.
    event.load(json.loads(text))
    for written in given["Event"]["Object"]:
        checked = pymisp.MISPObject(written["name"], strict=True)
        if (checked.template_uuid, str(checked.template_version)) != (
            written["template_uuid"], written["template_version"]
        ):
            yield f"{written['name']}: the template is of {checked.template_version}"
        for attribute in written["Attribute"]:
            made = checked.add_attribute(attribute["object_relation"], attribute["value"])
            if made.type != attribute["type"]:
                yield f"{attribute['object_relation']} is of type {made.type}"
            if attribute["object_relation"] in ("password", "cookie-value"):
                yield "a secret has no place here"
        checked.to_json()
    known = {thing.uuid for thing in event.objects}
    for thing in event.objects:
        for reference in thing.references:
            if reference.referenced_uuid not in known:
                yield f"{reference.referenced_uuid} is not there"
    uuids = [thing.uuid for thing in event.objects]
    uuids += [attribute.uuid for thing in event.objects for attribute in thing.attributes]
    if len(set(uuids)) < len(uuids):
        yield "a uuid stands there twice"


def stix(text):
    """stix2, without custom properties; and references within the bundle lead somewhere."""
    import stix2
    bundle = stix2.parse(text, allow_custom=False, version="2.1")
    ids = [item["id"] for item in bundle.objects]
    if len(set(ids)) < len(ids):
        yield "an id stands there twice"
    for item in bundle.objects:
        for name, value in item.items():
            references = value if name.endswith("_refs") else [value] if name.endswith("_ref") else []
            for reference in references:
                if str(reference) not in ids:
                    yield f"{item['id']}: {name} leads to {reference}, which is not there"
        if "credential" in item:
            yield "a secret has no place here"
        if item["type"] in ("user-account", "domain-name", "ipv4-addr"):
            # The library makes the id of what the standard says; ours must be that.
            own = {name: item[name] for name in item if name not in ("id", "object_marking_refs")}
            if stix2.parse(own, version="2.1")["id"] != item["id"]:
                yield f"{item['id']} is not the id that follows from what it holds"


def ocsf(text):
    """The JSON Schema of the class, made of the published schema, without anything that it does not name."""
    import jsonschema
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.8.0"))
    rules = schema.get_class_schema(class_name="detection_finding", profiles=[])
    validator = jsonschema.Draft202012Validator(rules)
    for line in text.splitlines():
        for error in validator.iter_errors(json.loads(line)):
            yield "/".join(map(str, error.absolute_path)) + ": " + error.message[:300]


# Of the Elastic Common Schema, version 9.0, what the export uses: there is no library that knows it. Flattened names and
# their types, after https://www.elastic.co/docs/reference/ecs/ecs-field-reference
ECS = {
    "@timestamp": "date", "message": "text", "ecs.version": "keyword", "event.kind": ["alert"],
    "event.category": ["threat"], "event.type": ["indicator"], "event.module": "keyword",
    "event.dataset": "keyword", "event.provider": "keyword", "event.id": "keyword",
    "event.severity": "long", "event.risk_score": "float", "event.start": "date",
    "event.created": "date", "event.reason": "keyword", "event.action": "keyword",
    "rule.id": "keyword", "organization.id": "keyword", "user.id": "keyword",
    "user.domain": "keyword", "related.user": "keyword", "related.hosts": "keyword",
    "service.name": "keyword", "url.domain": "keyword", "url.registered_domain": "keyword",
    "host.id": "keyword", "host.os.full": "keyword", "host.geo.country_iso_code": "keyword",
    "threat.framework": "keyword", "threat.technique.id": "keyword",
    "threat.software.name": "keyword", "threat.software.type": ["Malware", "Tool"],
}
REQUIRED = {"@timestamp", "ecs.version", "event.kind", "event.id"}


def flat(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for inner in value:
            yield name, inner
    else:
        yield name, value


def ecs(text):
    from datetime import datetime
    for number, line in enumerate(text.splitlines()):
        fields = list(flat(json.loads(line)))
        for name in REQUIRED - {name for name, _ in fields}:
            yield f"{number}: {name} is missing"
        for name, value in fields:
            kind = "keyword" if name.startswith("labels.") and name.count(".") == 1 else ECS.get(name)
            if kind is None:
                yield f"{number}: {name} is no field that we know"
            elif isinstance(kind, list):
                if value not in kind:
                    yield f"{number}: {name} is {value}"
            elif kind in ("keyword", "text"):
                if not isinstance(value, str):
                    yield f"{number}: {name} is no text"
            elif kind == "date":
                datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
            elif not isinstance(value, int) or isinstance(value, bool):
                yield f"{number}: {name} is no number"


# What DefectDojo's parser of "Generic Findings Import" takes; whatever else stands there, it refuses.
DEFECTDOJO = {
    "title", "severity", "description", "severity_justification", "date", "mitigation", "impact",
    "references", "active", "verified", "false_p", "static_finding", "dynamic_finding",
    "unique_id_from_tool", "vuln_id_from_tool", "service", "nb_occurences", "endpoints", "tags",
    "is_mitigated", "risk_accepted", "planned_remediation_date", "publish_date",
}


def defectdojo(text):
    from datetime import date
    document = json.loads(text)
    seen = set()
    for finding in document["findings"]:
        for name in set(finding) - DEFECTDOJO:
            yield f"{name} is refused there"
        for name in {"title", "severity", "description", "unique_id_from_tool"} - set(finding):
            yield f"{name} is missing"
        if finding["severity"] not in ("Info", "Low", "Medium", "High", "Critical"):
            yield f"the severity is {finding['severity']}"
        if len(finding["title"]) > 511:
            yield "the title is too long"
        date.fromisoformat(finding["date"])
        if finding["unique_id_from_tool"] in seen:
            yield "an id stands there twice"
        seen.add(finding["unique_id_from_tool"])


def table(text):
    rows = list(csv.reader(text.splitlines(), strict=True))
    for row in rows:
        if len(row) != len(rows[0]):
            yield f"a row has {len(row)} cells, not {len(rows[0])}"
        for cell in row:
            bare = cell.lstrip(" \u00a0'\"")
            number = cell.lstrip("-").isdigit()
            if bare[:1] in tuple("=+-@|%\t\r＝＋－＠") and bare and not cell.startswith("'") and not number:
                yield f"a cell is a formula: {cell[:80]}"


JUDGES = {"misp": misp, "stix": stix, "ocsf": ocsf, "ecs": ecs, "defectdojo": defectdojo, "csv": table}


def main(name, *paths):
    if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
        sys.exit(MISSING)
    faults = 0
    for path in paths:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        if name != "csv" and not text.isascii():
            print(f"{path} is not ASCII")
            faults += 1
        for fault in JUDGES[name](text):
            print(f"{path}: {fault}")
            faults += 1
    sys.exit(1 if faults else 0)


main(*sys.argv[1:])
