.PHONY: setup build demo test

setup:
	@sh Scripts/setup.sh

build: setup
	swift build -c release --static-swift-stdlib --product arbor-ledger

demo: build
	.build/release/arbor-ledger check
	.build/release/arbor-ledger merge
	.build/release/arbor-ledger conflicts

test: setup
	swift test
