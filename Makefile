.PHONY: build site demo test test-frameworks test-faults test-machines test-schemas test-agreement test-recipes test-annotation-formats test-atlas test-atlas-ledgers test-site test-export test-external test-exports test-slurm test-address test-thread fuzz release test-release bench bench-gate bench-scaling bench-causes bench-kernels bench-atlas bench-tool setup

RELEASE = -c release --static-swift-stdlib
TOOL = .build/release/arbor-ledger

# Shows on a temporary ledger how two contributors settle a disagreement.
demo: build
	$(TOOL) demo

build: setup
	swift build $(RELEASE) --product arbor-ledger

# Writes the documentation as web pages into .build/site. FILES is the address of the repository's files, as in
# FILES=https://github.com/lab/ledger/blob/main/; ATLAS is an atlas to which the pages link.
site: build
	swift build $(RELEASE) --product arbor-ledger-docs
	$(TOOL) --experimental-dump-help > .build/commands.json
	rm -rf .build/site
	.build/release/arbor-ledger-docs .build/site --commands .build/commands.json $(if $(FILES),--files $(FILES)) $(if $(ATLAS),--atlas $(ATLAS))

test:
	@sh Scripts/setup.sh bubblewrap qemu-user
	OPENBLAS_NUM_THREADS=1 swift test

# Runs the hooks under pre-commit, prek and lefthook from PyPI; builds from source twice, which takes many minutes.
test-frameworks: build
	sh Scripts/test-frameworks.sh $(TOOL)

# Injects a failure or a kill at every file change of every command and checks the result; prints a table.
# COMMAND='merge --write' tests only that command.
test-faults:
	@sh Scripts/setup.sh strace
	ARBOR_LEDGER_FAULTS='$(or $(COMMAND),all)' OPENBLAS_NUM_THREADS=1 swift test --filter FaultTests

# Tests the release build on machines without /proc, OpenBLAS or AVX2. The compiler shares more code in a release build.
test-machines: build
	@sh Scripts/setup.sh bubblewrap qemu-user
	ARBOR_LEDGER_BINARY=$(CURDIR)/$(TOOL) OPENBLAS_NUM_THREADS=1 swift test --filter MachineTests

# Validates editor schemas, SARIF and workflows with third-party validators, tests what editors show, tests prompts and
# completions on a terminal, and runs the jobs of workflows as GitHub and GitLab do.
test-schemas: setup
	swift build --product arbor-ledger
	sh Scripts/test-schemas.sh .build/debug/arbor-ledger

# Computes the recorded agreement of annotators again with packages from PyPI. RECORD=1 writes the record.
test-agreement:
	@sh Scripts/setup.sh python3-venv
	sh Scripts/test-agreement.sh

# Makes the fixtures of the import of annotations again, and reads our exports with other libraries. RECORD=1 writes the
# fixtures.
test-annotation-formats:
	@sh Scripts/setup.sh python3-venv
	sh Scripts/test-annotation-formats.sh

# Applies the recipes of CONTRIBUTING.md to a copy of the tree, builds it, and checks what they add.
test-recipes:
	@sh Scripts/setup.sh rsync
	sh Scripts/test-recipes.sh

# Tests the atlas of this ledger in Chromium: with and without script, by keyboard, with axe, as files and over http.
test-atlas: setup
	swift build --product arbor-ledger
	sh Scripts/test-atlas.sh .build/debug/arbor-ledger

# Does the same with generated ledgers: one with nothing in it, one with names in many scripts, a large one, a hostile one.
# SEED=7 makes other ledgers.
test-atlas-ledgers: build
	sh Scripts/test-atlas.sh $(TOOL) $(or $(SEED),1)

# Tests the documentation as web pages in Chromium: links, layout, axe, search, and reading without script.
test-site: setup
	swift build --product arbor-ledger
	swift build --product arbor-ledger-docs
	sh Scripts/test-site.sh .build/debug/arbor-ledger .build/debug/arbor-ledger-docs

# Exports networks and compares them in PyTorch with the kernels. PYTHON is an interpreter with torch and safetensors.
test-export: build
	sh Scripts/test-export.sh $(TOOL)

# Exports ledgers in all formats, and validates them with packages from PyPI.
test-exports:
	@sh Scripts/setup.sh python3-venv
	swift build --product arbor-ledger
	sh Scripts/test-exports.sh .build/debug/arbor-ledger

# Tests the kernels in Python on tiny models, and the sandbox with a hostile kernel, as this user and as one without rights.
test-external:
	@sh Scripts/setup.sh bubblewrap python3-venv
	swift build --product arbor-ledger
	sh Scripts/test-external.sh .build/debug/arbor-ledger

# Tests runs on clusters: on a Slurm of three nodes on this machine, and under imitations of other schedulers. Needs root.
# SMOKE=1 runs a fast part.
test-slurm:
	@sh Scripts/setup.sh bubblewrap slurmctld slurmd slurm-client munge python3
	swift build --product arbor-ledger
	sh Scripts/test-slurm.sh .build/debug/arbor-ledger $(if $(SMOKE),smoke)

# The tests that run under sanitizers: all except the tests of the kernels, whose training is too slow, and of the whole
# tool.
SANITIZED = --filter '^(GitTests|YAMLTests|LedgerTests|FuzzTests)\.'

test-address: setup
	OPENBLAS_NUM_THREADS=1 ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no \
	swift test --sanitize address --scratch-path .build-address $(SANITIZED)

test-thread: setup
	OPENBLAS_NUM_THREADS=1 SWIFT_BACKTRACE=enable=no TSAN_OPTIONS=suppressions=$(CURDIR)/Scripts/thread-sanitizer.txt \
	swift test --sanitize thread --scratch-path .build-thread $(SANITIZED)

# Fuzzes each target for SECONDS, or until a failure.
SECONDS = 60
fuzz: setup
	sh Scripts/fuzz.sh $(SECONDS)

setup:
	@sh Scripts/setup.sh

# Builds the artefacts of a release from HEAD into .build/dist/artefacts (docs/release.md); 15 minutes on two cores.
DIST = .build/dist
release:
	sh Scripts/release.sh build $(DIST)

# Tries each artefact in a bare Debian without Swift, and the wheel under pre-commit and prek.
test-release: release
	sh Scripts/test-release.sh $(DIST)

bench-tool: build
	swift build $(RELEASE) --product arbor-ledger-bench

# Times the tool on synthetic ledgers, and compares it with git reading the same blobs.
bench: bench-tool
	.build/release/arbor-ledger-bench run $(TOOL) --output Benchmarks/results.md

# Times the hook and `check`, and compares them with pre-commit and prek from PyPI and with a plain shell hook.
bench-gate: bench-tool
	sh Scripts/bench-gate.sh $(TOOL) .build/release/arbor-ledger-bench Benchmarks/gate.md

# Times merges in memory of a thousand to a million findings and of hostile ledgers, and the labelling of attacks.
bench-scaling: bench-tool
	.build/release/arbor-ledger-bench scaling $(TOOL) --output Benchmarks/scaling.md

# Plants causes in synthetic quantities and scores how well suggested runs, random runs and a decision tree find them.
bench-causes: bench-tool
	.build/release/arbor-ledger-bench causes --output Benchmarks/causes.md

# Times each toy model's verification job, and compares it with PyTorch if the interpreter PYTHON has PyTorch. Compares
# the values with the reference. KERNEL=othello runs and prints only that kernel.
bench-kernels: bench-tool
	.build/release/arbor-ledger-bench kernels $(TOOL) $(if $(KERNEL),--only $(KERNEL),--output Benchmarks/kernels.md)

# Measures atlases of 100 to 100,000 made-up findings: building, size, first paint in Chromium, search.
bench-atlas: bench-tool
	sh Scripts/bench-atlas.sh $(TOOL) .build/release/arbor-ledger-bench Benchmarks/atlas.md $(SIZES)
