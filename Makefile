.PHONY: build demo test bench setup

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

test: setup
	OPENBLAS_NUM_THREADS=1 swift test

setup:
	@sh Scripts/setup.sh

# Times the tool on made-up ledgers, beside git reading the same blobs, and the kernels beside their PyTorch figures.
bench: build
	swift build $(RELEASE) --product arbor-ledger-bench
	.build/release/arbor-ledger-bench run $(TOOL) --output Benchmarks/results.md
