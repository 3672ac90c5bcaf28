# dumpsieve. `make demo` sets everything up and finds the account; `make test` runs every test.

SWIFT ?= swift
# As for release, where a module is compiled at once, but with what is internal, and with the faults that tests ask for.
TESTABLE := -c release -Xswiftc -enable-testing -Xswiftc -DDEBUG
# Without debug information it is built a tenth sooner.
TESTED := $(TESTABLE) -Xswiftc -gnone --scratch-path .build-tests
COVERED := $(TESTABLE) --scratch-path .build-coverage --enable-code-coverage \
  -Xswiftc -Xllvm -Xswiftc -runtime-counter-relocation=true -Xcc -mllvm -Xcc -runtime-counter-relocation=true \
  -Xlinker $(CURDIR)/.build-coverage/profile.o
SANITIZER ?= address
SANITIZED := $(TESTABLE) --sanitize=$(SANITIZER) --scratch-path .build-$(SANITIZER)
RELEASED := -c release --static-swift-stdlib -Xswiftc -use-ld=lld --quiet
RELEASE := .build/release
DEMO := .build/demo
PACKAGES := libssl-dev libarchive-dev libpsl-dev libsqlite3-dev pkg-config make python3 python3-jsonschema

.PHONY: deb deb-test image manual demo setup build release test test-build spark-test torture twins properties sanitize lint format docs goldens fuzz bench bench-quick instructions tokenise coverage clean

## The whole road on samples/: key, watchlist, scan, table, findings.json.
demo: setup release
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@$(RELEASE)/dumpsieve key new --partner org-formation-isere --out $(DEMO)/isere.key
	@$(RELEASE)/dumpsieve watchlist make --key-file $(DEMO)/isere.key \
	  --partner org-formation-isere --out $(DEMO)/isere.dsw samples/partner/accounts.csv
	@$(RELEASE)/dumpsieve scan samples/dumps --watchlist $(DEMO)/isere.dsw \
	  --key-file $(DEMO)/isere.key --as-of 2025-07-14T01:30:00Z --out findings.json --verbose; \
	  test $$? -eq 1

## Installs what is missing, if it may; else says what to run.
setup:
	@contrib/setup $(PACKAGES)

build:
	$(SWIFT) build

## With Swift's own libraries in the programs: they start sooner, and run where Swift is not installed.
release:
	@$(SWIFT) build $(RELEASED)

## Every test; the executables are built first, as scenarios run them. No core is dumped into the tree.
## Libraries look up their functions at the start (LD_BIND_NOW): see KeyFileTests. Optimised, as the
## readers are tried on so much that it takes a quarter of an hour else; all checks but `assert` are there all the same.
test: setup test-build
	ulimit -S -c 0 && LD_BIND_NOW=1 $(SWIFT) test --skip-build $(TESTED)

test-build:
	$(SWIFT) build --build-tests $(TESTED)

## Scans while the system fails them: errors of calls, kills, full disks, files that change; some hours. With
## TORTURE=--sample some runs of each kind.
torture: release
	Tests/Torture/torture $(TORTURE)

## Each fast reader against its slow twin, on TWIN_RECORDS generated records: about half an hour for a million.
twins: setup
	DUMPSIEVE_TWIN_RECORDS=$(or $(TWIN_RECORDS),1000000) $(SWIFT) test $(TESTED) --filter FormatsTests.TwinTests

## Each property on PROPERTY_CASES random cases, or those that have PROPERTY in their names.
properties: setup
	$(if $(PROPERTY),DUMPSIEVE_PROPERTY='$(PROPERTY)') DUMPSIEVE_PROPERTY_CASES=$(or $(PROPERTY_CASES),10000) $(SWIFT) test $(TESTED) --filter FormatsTests.PropertyTests

## Scans on Apache Spark, with nodes that die and keys that lack, and by simpler means, against one process; SPARK_LOGS are
## generated (docs/SCALE.md has the figures of 200,000, which take an hour and 8 GB of disk).
spark-test: release
	contrib/spark/setup
	Tests/Spark/spark --logs $(or $(SPARK_LOGS),2000)

## Every test under a sanitizer, SANITIZER=address or thread: a build of its own, and three times as long.
sanitize: setup
	$(SWIFT) build --build-tests $(SANITIZED)
	ulimit -c 0 && LD_BIND_NOW=1 SWIFT_BACKTRACE=enable=no $(SWIFT) test --skip-build $(SANITIZED)

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Benchmarks/Sources Package.swift \
	  Benchmarks/Package.swift
	contrib/check-sources

format:
	$(SWIFT) format --in-place --recursive Sources Tests Benchmarks/Sources Package.swift \
	  Benchmarks/Package.swift

## Generated sources: the tables of Unicode and of code pages.
docs:
	python3 contrib/unicode_tables.py --check
	python3 contrib/code_pages.py --check

## Writes the goldens of samples/ anew; review the difference as code.
goldens:
	UPDATE_GOLDENS=1 $(SWIFT) test $(TESTED) --filter 'FormatsTests|FindingsTests|CatalogueTests'

## Each target for FUZZ_SECONDS.
fuzz:
	Benchmarks/fuzz $(or $(FUZZ_SECONDS),20)

## Every row of docs/PERFORMANCE.md against its gate, into that document: about half an hour, 3 GB of disk.
bench: tokenise
	Benchmarks/speed/speed --write

## The same rows on small corpora in about a minute: to see that all works. Start-up weighs too much to judge by them.
bench-quick: tokenise
	Benchmarks/speed/speed --megabytes 40 --logs 1000 --rounds 3 --report-only

## Instructions of the inner loops against Benchmarks/speed/instructions.json; its `--write` writes them anew.
instructions: tokenise
	Benchmarks/speed/instructions

# The same versions and place as for the release: then nothing that both have is compiled twice.
tokenise: setup release
	@cp -u Package.resolved Benchmarks/
	@$(SWIFT) build $(RELEASED) --package-path Benchmarks --scratch-path .build --product tokenise

## The Debian package, into .build.
deb: setup release
	rm -f .build/dumpsieve_*.deb
	packaging/deb/build $(RELEASE)

## Installs that package in a new Debian, plays nights, upgrades, removes and purges it; as root, with debootstrap.
deb-test: deb
	packaging/deb/test .build/dumpsieve_*.deb

## An image of that package, by podman or buildah.
image: deb
	packaging/image .build/dumpsieve_*.deb

## The manual page, from the program's own help; a test says when it is out of date.
manual: release
	contrib/manual $(RELEASE)/dumpsieve > packaging/dumpsieve.1

## How much of our own sources the tests run; as long as the tests, and a build of its own. What a program has counted
## stands in a file that it maps at its start, as workers may write none and many are killed.
coverage: setup
	rm -rf .build-coverage/programs
	mkdir -p .build-coverage/programs
	echo 'const char __llvm_profile_filename[] = "$(CURDIR)/.build-coverage/programs/%c%4m.profraw";' | \
	  clang -x c -c -o .build-coverage/profile.o -
	$(SWIFT) build --build-tests $(COVERED)
	# Tests of what a program may open or write can fail by that file; that is no matter here.
	-ulimit -c 0 && LD_BIND_NOW=1 $(SWIFT) test --skip-build $(COVERED)
	contrib/coverage

clean:
	rm -rf .build .build-* $(DEMO)
