.PHONY: build demo test test-frameworks test-faults test-machines test-schemas test-recipes test-address test-thread fuzz bench bench-gate bench-scaling bench-causes bench-kernels bench-tool setup

RELEASE = -c release --static-swift-stdlib
TOOL = .build/release/arbor-ledger

# Checks the shipped ledger, re-runs one small audited toy model live, then shows the merged tree and the disagreements.
demo: build
	$(TOOL) check
	$(TOOL) verify --repeat 'intro-shapes#8'
	$(TOOL) merge
	$(TOOL) conflicts

build: setup
	swift build $(RELEASE) --product arbor-ledger

test:
	@sh Scripts/setup.sh bubblewrap qemu-user
	OPENBLAS_NUM_THREADS=1 swift test

# Runs the hooks under pre-commit, prek and lefthook, which it fetches from PyPI; builds from source twice: many minutes.
test-frameworks: build
	sh Scripts/test-frameworks.sh $(TOOL)

# Makes every change of a file by every command fail, or kills the command there, and looks at what is left; prints a table.
# COMMAND='merge --write' takes one alone.
test-faults:
	@sh Scripts/setup.sh strace
	ARBOR_LEDGER_FAULTS='$(or $(COMMAND),all)' OPENBLAS_NUM_THREADS=1 swift test --filter FaultTests

# What a machine lacks, and older processors: with the program as it is released, in which the compiler shares more code.
test-machines: build
	@sh Scripts/setup.sh bubblewrap qemu-user
	ARBOR_LEDGER_BINARY=$(CURDIR)/$(TOOL) OPENBLAS_NUM_THREADS=1 swift test --filter MachineTests

# Holds the schemas for editors and SARIF against validators of others, and prompts and completions on a terminal.
test-schemas: setup
	swift build --product arbor-ledger
	sh Scripts/test-schemas.sh .build/debug/arbor-ledger

# Applies the recipes of CONTRIBUTING.md to a copy of the tree, builds it, and checks what they add.
test-recipes:
	@sh Scripts/setup.sh rsync
	sh Scripts/test-recipes.sh

# The tests but those of the kernels, which train too slowly under a sanitizer, and of the whole tool.
SANITIZED = --filter '^(GitTests|YAMLTests|LedgerTests|FuzzTests)\.'

test-address: setup
	OPENBLAS_NUM_THREADS=1 ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no \
	swift test --sanitize address --scratch-path .build-address $(SANITIZED)

test-thread: setup
	OPENBLAS_NUM_THREADS=1 SWIFT_BACKTRACE=enable=no TSAN_OPTIONS=suppressions=$(CURDIR)/Scripts/thread-sanitizer.txt \
	swift test --sanitize thread --scratch-path .build-thread $(SANITIZED)

# Hostile input for SECONDS a target, until something breaks.
SECONDS = 60
fuzz: setup
	sh Scripts/fuzz.sh $(SECONDS)

setup:
	@sh Scripts/setup.sh

bench-tool: build
	swift build $(RELEASE) --product arbor-ledger-bench

# Times the tool on made-up ledgers, beside git reading the same blobs.
bench: bench-tool
	.build/release/arbor-ledger-bench run $(TOOL) --output Benchmarks/results.md

# Times the hook and the check beside pre-commit, prek and a plain shell hook, which it fetches from PyPI.
bench-gate: bench-tool
	sh Scripts/bench-gate.sh $(TOOL) .build/release/arbor-ledger-bench Benchmarks/gate.md

# Times merging in memory from a thousand to a million findings, a hostile ledger, and the labelling of attacks.
bench-scaling: bench-tool
	.build/release/arbor-ledger-bench scaling $(TOOL) --output Benchmarks/scaling.md

# Hides causes in made-up quantities and scores how runs find them: the suggested ones, random ones, a decision tree's.
bench-causes: bench-tool
	.build/release/arbor-ledger-bench causes --output Benchmarks/causes.md

# Times each toy model's verification job, beside PyTorch where the interpreter PYTHON has one, and compares its values with
# the reference; KERNEL=othello runs and prints one alone.
bench-kernels: bench-tool
	.build/release/arbor-ledger-bench kernels $(TOOL) $(if $(KERNEL),--only $(KERNEL),--output Benchmarks/kernels.md)
