#!/bin/sh
# Tests the documentation as web pages in Chromium; installs what it needs.
# Usage: test-site.sh TOOL BUILDER
set -eu
cd "$(dirname "$0")/.."
. Scripts/atlas-venv.sh
exec "$python" Tests/site/test_site.py "$1" "$2" . .build/site-shots
