"""The same work shared by GNU parallel, a Slurm array, a Kubernetes Indexed Job; and how long merging takes."""

import json
import os
import shutil
import subprocess
import sys
import time

from place import AS_OF, REPOSITORY, SPARK, findings, must, must_be_same, say

DUMPS = REPOSITORY / "samples/dumps"
SLURM = REPOSITORY / "contrib/cluster/slurm-array"
JOB = REPOSITORY / "contrib/cluster/kubernetes-job.yaml"


def test(place, _options):
    place.make_list(REPOSITORY / "samples/partner/accounts.csv")
    single, _ = place.single(DUMPS)
    for name, means in (("parallel", parallel), ("units", units), ("slurm", slurm), ("kubernetes", kubernetes)):
        folder = place.folder / name
        folder.mkdir()
        if said := means(place, folder):
            say(f"{name}: SKIPPED: {said}")
            continue
        parts = sorted(folder.glob("*.json"))
        must(len(parts) > 1, f"{name} has made no parts")
        place.dumpsieve("merge", *parts, "--out", folder / "merged", "--fail-on", "none", good=(0, 3))
        must_be_same(single, folder / "merged")
        say(f"{name}: {len(parts)} parts, the same bytes")


def listed(place):
    return [*place.scan_options, "--key-file", str(place.key), "--as-of", AS_OF]


def parallel(place, folder):
    """As docs/SCALE.md has it. A first pass is killed, and --resume-failed does what is missing."""
    if shutil.which("parallel") is None:
        return "GNU parallel is not installed"
    scan = f"{place.program} scan {DUMPS} {' '.join(listed(place))} --fail-on none --quiet --stateless"
    # A document without gaps ends with 0, one with gaps with 3: neither is a reason to run again.
    command = f"{scan} --shard {{}}/4 --out {folder}/{{}}.json; s=$?; [ $s = 0 ] || [ $s = 3 ]"
    log = folder / "jobs"
    words = ["parallel", "--will-cite", "--joblog", str(log), "--retries", "3", "--jobs", "2"]
    first = subprocess.run([*words, command, ":::", "1", "2"], check=False, capture_output=True, text=True)
    must(first.returncode == 0, f"parallel ended with {first.returncode}: {first.stderr}")
    # One of the jobs is noted as failed, as by a host that was lost; its part goes.
    rows = log.read_text().splitlines()
    fields = rows[1].split("\t")
    fields[6] = "137"
    log.write_text("\n".join([rows[0], "\t".join(fields), *rows[2:]]) + "\n")
    (folder / f"{fields[0]}.json").unlink()
    again = [*words, "--resume-failed", command, ":::", "1", "2", "3", "4"]
    second = subprocess.run(again, check=False, capture_output=True, text=True)
    must(second.returncode == 0, f"parallel ended with {second.returncode}: {second.stderr}")
    runs = [row.split("\t")[0] for row in log.read_text().splitlines()[1:]]
    must(sorted(set(runs)) == ["1", "2", "3", "4"], f"the job log has {runs}")
    return None


def units(place, folder):
    """A list of units, cut by split, each piece a run: ranges are spread, too."""
    lines = place.dumpsieve("units", DUMPS, "--range-size", "500").stdout.splitlines(keepends=True)
    ranges = [line for line in lines if line.startswith("range\t")]
    must(len(ranges) > 3, "no file of the sample is cut")
    read = ""
    for share in (ranges[0::2], ranges[1::2]):
        options = ["scan", "--units", "-", "--read-ranges", *listed(place)]
        read += place.dumpsieve(*options, input="".join(share)).stdout
    others = [line for line in lines if not line.startswith("range\t")]
    for number, share in enumerate((read, "".join(others[0::2]), "".join(others[1::2]))):
        options = ["scan", "--units", "-", "--fail-on", "none", *listed(place), "--out", folder / f"{number}.json"]
        place.dumpsieve(*options, input=share, good=(0, 3))
    return None


def slurm(place, folder):
    """The script, with the variables that Slurm sets, as jobs 3 to 6 of an array."""
    config = folder / "config.yaml"
    config.write_text(f"watchlists: [{place.list}]\nkey_files: [{place.key}]\n")
    variables = {
        **os.environ,
        "DUMPSIEVE": str(place.program),
        "DUMPSIEVE_CONFIG": str(config),
        "AS_OF": AS_OF,
        "PARTS": str(folder),
        "SLURM_ARRAY_TASK_MIN": "3",
        "SLURM_ARRAY_TASK_MAX": "6",
    }
    for index in range(3, 7):
        place.run("bash", SLURM, DUMPS, env={**variables, "SLURM_ARRAY_TASK_ID": str(index)})
    config.write_text(f"watchlists: [{place.list}]\nkey_files: [/nowhere/x.key]\n")
    place.run("bash", SLURM, DUMPS, env={**variables, "SLURM_ARRAY_TASK_ID": "3"}, good=(78,))
    del variables["AS_OF"]
    place.run("bash", SLURM, DUMPS, env={**variables, "SLURM_ARRAY_TASK_ID": "3"}, good=(1,))
    return None


def kubernetes(place, folder):
    """The manifest against the schema of Kubernetes, and its command as its pods run it: as another user than root,
    with the owner and mode of a Secret's file."""
    sys.path.insert(0, str(next(SPARK.glob("lib/python3*/site-packages"))))
    import kubernetes_validate  # noqa: PLC0415 (of the environment that `contrib/spark/setup` makes)
    import yaml  # noqa: PLC0415

    job = yaml.safe_load(JOB.read_text())
    kubernetes_validate.validate(job, "1.33", strict=True)
    broken = json.loads(json.dumps(job))
    broken["spec"]["completionMod"] = "Indexed"
    try:
        kubernetes_validate.validate(broken, "1.33", strict=True)
        must(False, "the schema takes a member that is none")
    except kubernetes_validate.ValidationError:
        pass
    if os.geteuid() != 0:
        return "the command is run as another user, which root alone can; the manifest is valid"
    spec = job["spec"]["template"]["spec"]
    container = spec["containers"][0]
    keys = folder / "keys"
    mounted = next(mount for mount in container["volumeMounts"] if mount["name"] == "keys")
    secret = next(volume["secret"] for volume in spec["volumes"] if volume["name"] == "keys")
    must(mounted["mountPath"] == f"/keys/{mounted['subPath']}", "the key is mounted as a symbolic link")
    keys.mkdir()
    (keys / mounted["subPath"]).write_bytes(place.key.read_bytes())
    (keys / mounted["subPath"]).chmod(secret["defaultMode"])
    parts = folder / "parts"
    parts.mkdir()
    parts.chmod(0o777)
    for readable in (place.folder, folder, place.list):
        readable.chmod(readable.stat().st_mode | 0o055)
    script = container["command"][2].replace("dumpsieve scan", f"{place.program} scan")
    paths = {"/dumps ": f"{DUMPS} ", "/lists/PARTNER.dsw": str(place.list), "/parts/": f"{parts}/"}
    for inside, outside in paths.items():
        must(inside in script, f"the command does not name {inside}")
        script = script.replace(inside, outside)
    variables = {entry["name"]: entry["value"] for entry in container["env"]}
    variables.update(SHARDS="3", CREDENTIALS_DIRECTORY=str(keys), PATH=os.environ["PATH"])
    user = spec["securityContext"]["runAsUser"], spec["securityContext"]["runAsGroup"]
    for index in range(3):
        variables["JOB_COMPLETION_INDEX"] = str(index)
        words = ["setpriv", f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups", "/bin/sh", "-c", script]
        place.run(*words, env=variables)
        (folder / f"{index}.json").write_bytes((parts / f"{index}.json").read_bytes())
    return None


# Merging


def merging(place, _options):
    """The time for 100, 200 … parts with 100 findings each: it must grow as they do, and not as their square."""
    csv = "login,ref\n" + "".join(f"user{number}@formation-isere.example,R-{number}\n" for number in range(100))
    (place.folder / "accounts.csv").write_text(csv)
    place.make_list(place.folder / "accounts.csv")
    lines = "".join(f"https://s.example/:user{number}@formation-isere.example:CANARY\n" for number in range(100))
    dumps = place.folder / "dumps"
    dumps.mkdir()
    (dumps / "a.txt").write_text(lines)
    single, _ = place.single(dumps)
    document = single.read_text()
    own = json.loads(document)["run"]["id"]
    must(len(json.loads(document)["findings"]) == 100, "the part has not 100 findings")
    parts = []
    for number in range(1600):
        parts.append(place.folder / f"{number}.json")
        parts[-1].write_text(document.replace(own, f"{number:032x}"))
    seconds = {}
    for count in (100, 200, 400, 800, 1600):
        started = time.monotonic()
        place.dumpsieve("merge", *parts[:count], "--out", place.folder / "merged", "--fail-on", "none")
        seconds[count] = time.monotonic() - started
        say(f"merge of {count} parts, {len(document) >> 10} KiB each: {seconds[count]:.2f} s")
    total = sum(finding["sightings_total"] for finding in json.loads((place.folder / "merged").read_text())["findings"])
    must(total == 160_000, f"the sums are wrong: {total}")
    must(findings(place.folder / "merged") != findings(single), "nothing was merged")
    must(seconds[1600] < 8 * seconds[400], "the time grows faster than the parts")


__all__ = ["merging", "test"]
